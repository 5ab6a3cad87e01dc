/** Secrets of a hub as ways to a cluster: what they may say, and what no hub may make this machine do. */
import { contextOfSecret } from '../../../providers/clusters/auth/secret-context';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const planted = 'planted-token-of-the-secret';
const read = (data: Readonly<Record<string, string>>, server?: string) =>
  contextOfSecret({
    ...{ name: 'fra', secret: 'argocd/cluster-fra', server },
    data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])),
  });
const kubeconfig = (user: object, cluster: object = {}) =>
  JSON.stringify({
    'current-context': 'b',
    contexts: [
      { name: 'a', context: { cluster: 'none' } },
      { name: 'b', context: { cluster: 'c', user: 'u' } },
    ],
    clusters: [{ name: 'c', cluster: { server: 'https://1.2.3.4', ...cluster } }],
    users: [{ name: 'u', user }],
  });

it.each([
  ['a kubeconfig of Cluster API', { value: kubeconfig({ token: planted }) }],
  ['a kubeconfig under its own name', { kubeconfig: kubeconfig({ token: planted }) }],
  [
    'a cluster Secret of Argo CD',
    { server: 'https://1.2.3.4', config: JSON.stringify({ bearerToken: planted }) },
  ],
])('reads %s', (_, data) => {
  expect(read(data)).toMatchObject({
    name: 'fra',
    cluster: { server: 'https://1.2.3.4' },
    user: { token: planted },
  });
});

it('reads a token with its authority, for the address that the inventory has', () => {
  const found = read({ token: planted, caBundle: 'PEM' }, 'https://1.2.3.4');
  expect(found.user.token).toBe(planted);
  expect(found.cluster).toEqual({
    server: 'https://1.2.3.4',
    'certificate-authority-data': base64('PEM'),
  });
});

it('reads certificates, a name for TLS and a proxy from Argo CD', () => {
  const tlsClientConfig = { caData: 'Y2E=', certData: 'YQ==', keyData: 'Yg==', serverName: 'api' };
  const config = JSON.stringify({ tlsClientConfig, proxyUrl: 'http://proxy:3128' });
  expect(read({ server: 'https://1.2.3.4', config })).toMatchObject({
    cluster: {
      'certificate-authority-data': 'Y2E=',
      'tls-server-name': 'api',
      'proxy-url': 'http://proxy:3128',
    },
    user: { 'client-certificate-data': 'YQ==', 'client-key-data': 'Yg==' },
  });
});

it.each<[string, Readonly<Record<string, string>>, RegExp]>([
  [
    'a program',
    { value: kubeconfig({ exec: { apiVersion: 'v1', command: 'sh' } }) },
    /runs sh; programs that a hub names/,
  ],
  [
    'an auth-provider',
    { value: kubeconfig({ 'auth-provider': { name: 'gcp' } }) },
    /asks the auth-provider gcp/,
  ],
  [
    'a program of Argo CD',
    { server: 'https://x', config: '{"execProviderConfig":{"command":"sh"}}' },
    /execProviderConfig/,
  ],
  [
    'a program for AWS',
    { server: 'https://x', config: '{"awsAuthConfig":{"clusterName":"x"}}' },
    /awsAuthConfig/,
  ],
  [
    'a file with a token',
    { value: kubeconfig({ tokenFile: '/etc/shadow' }) },
    /names a file \(tokenFile\)/,
  ],
  [
    'a file with a key',
    { value: kubeconfig({ 'client-key': '/root/.ssh/id' }) },
    /names a file \(client-key\)/,
  ],
  [
    'a file with an authority',
    { value: kubeconfig({}, { 'certificate-authority': '/x' }) },
    /names a file \(certificate-authority\)/,
  ],
  [
    'no context that is current',
    { value: JSON.stringify({ contexts: [] }) },
    /without a context that is current/,
  ],
  ['no kubeconfig', { value: `- ${planted}` }, /no kubeconfig that can be read/],
  ['nothing known', { password: planted }, /none of the keys value, kubeconfig, config and token/],
  ['a token and no address', { token: planted }, /holds a token and no address/],
  [
    'a broken config of Argo CD',
    { server: 'https://x', config: `{${planted}` },
    /no cluster Secret of Argo CD/,
  ],
])('refuses %s, with the Secret and the remedy and none of its content', (_, data, words) => {
  const thrown = (() => {
    try {
      read(data);
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  })();
  expect(thrown.message).toMatch(words);
  expect(thrown.message).toMatch(/Secret argocd\/cluster-fra, by which fra is reached/);
  expect(thrown.message).toMatch(/Write access: \{kubeconfig: \.\.\., context: \.\.\.\} for fra/);
  expect(thrown.message).not.toContain(planted);
});
