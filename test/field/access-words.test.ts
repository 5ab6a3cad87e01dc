/** What keeps us from a cluster is told in the words of the place where the way to it is written. */

import { refusalError } from '../../providers/clusters/api/status';
import { wayTo } from '../../providers/clusters/api/way';
import {
  type AccessSource,
  sourceOfArgoSecret,
  sourceOfContext,
  sourceOfProviderBlock,
  sourceOfSecretKubeconfig,
  sourceOfTokenSecret,
} from '../../providers/clusters/auth/access-source';
import { redacting } from '../../providers/clusters/auth/redaction';
import { brokenBy, lateError } from '../../providers/clusters/http/unreachable';
import { givenAccess } from '../../providers/terraform/resources/provider-clusters';

const codes = [
  ...['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ...['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'ERR_OSSL_X', 'EPROTO'],
];
const proxy = { url: new URL('http://proxy.example:3128'), from: 'proxy-url' as const };
const address = 'fra.example:6443';

/** Every remedy about the way to a cluster whose access is written there. */
function remedies(source: AccessSource): readonly string[] {
  const broken = codes.flatMap((code) => {
    const error = Object.assign(new Error(code), { code });
    const ways = [undefined, proxy].map((one) => brokenBy(error, { address, source, proxy: one }));
    return ways.map(({ remedy }) => remedy);
  });
  const description = { cluster: 'fra', verb: 'read', subject: 'x', kind: 'Pod', apiVersion: 'v1' };
  const redact = redacting(() => []);
  const refused = refusalError({ httpStatus: 401, status: {}, description, redact, source });
  return [...broken, lateError({ name: 'fra', source }, 'x', 1).remedy, refused.message];
}

const given = { clusters: { fra: { host: 'https://fra.example', token: 'secret' } } };
const providerBlock = (() => {
  const context = givenAccess(given as never, '/work')('fra');
  if (typeof context !== 'object') throw new Error('the provider block says how fra is reached');
  return context;
})();

it.each([
  ['the provider block', providerBlock.source],
  ['a Secret with a token', sourceOfTokenSecret('hub/fra')],
  ['a Secret of Argo CD', sourceOfArgoSecret('argocd/fra')],
])('nobody is sent to a kubeconfig whose access is in %s', (_what, source) => {
  for (const remedy of remedies(source)) expect(remedy).not.toMatch(/kubeconfig|context/);
});

it.each([
  ['a kubeconfig', sourceOfContext('fra'), 'server of the cluster in the kubeconfig'],
  [
    'a kubeconfig in a Secret',
    sourceOfSecretKubeconfig('hub/fra'),
    'server of the cluster in the kubeconfig in the Secret hub/fra',
  ],
  [
    'the provider block',
    sourceOfProviderBlock('fra'),
    'host in clusters.fra of the provider block',
  ],
  ['a Secret of Argo CD', sourceOfArgoSecret('argocd/fra'), 'server in the Secret argocd/fra'],
])('a name that nobody knows is corrected in %s', (_what, source, place) => {
  const error = Object.assign(new Error('x'), { code: 'ENOTFOUND' });
  expect(brokenBy(error, { address, source }).remedy).toContain(`Correct ${place}`);
});

it('an address of the provider block that is none is told with its name there', async () => {
  const context = { ...providerBlock, cluster: { server: 'ftp://fra.example' } };
  const way = wayTo({ name: 'fra' }, { folder: '/', given: () => context }, () => {
    throw new Error('there is no hub');
  });
  await expect(way).rejects.toThrow(/Correct host in clusters\.fra of the provider block/);
});
