/** Accesses in the provider block: how clusters of the same configuration are reached, and what is said about mistakes. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterError } from '../../providers/clusters/errors';
import {
  type Context,
  type Fields,
  unknown,
  type Value,
} from '../../providers/terraform/protocol/provider';
import { worldOf } from '../../providers/terraform/resources/release/inputs';
import { settingsMistakes } from '../../providers/terraform/resources/settings';
import {
  type FakeServer,
  makeGround,
  removeGround,
  startFake,
  writeKubeconfig,
} from '../clusters/fake-server';

const ground = makeGround();
const read = (path: string) => readFileSync(path, 'utf8');
const ca = read(ground.certificates.ca);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
let fake: FakeServer;
beforeAll(async () => {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', uid: 'u' } };
  fake = await startFake(ground, () => ({ body }));
});
afterAll(async () => {
  await fake.stop();
  removeGround(ground);
});

/** The last request that came after reaching the cluster `fra` by this provider block. */
async function reachedBy(clusters: Value, access?: object) {
  const settings: Fields = { base_directory: ground.folder, request_timeout_seconds: 5, clusters };
  const context: Context = { signal: new AbortController().signal, log: () => {}, settings };
  const fra = { name: 'fra', ...(access === undefined ? {} : { access }) };
  const client = await worldOf(context).connect(fra, 5);
  try {
    await client.get(ref);
  } finally {
    await client.close();
  }
  return fake.seen.at(-1);
}

it.each([ca, base64(ca)])('reaches a cluster that no kubeconfig has, with a token', async (pem) => {
  const fra = { host: fake.url, cluster_ca_certificate: pem, token: 'psst-token' };
  const seen = await reachedBy({ fra });
  expect(seen?.headers.authorization).toBe('Bearer psst-token');
});

it('reaches it with a client certificate', async () => {
  const { clientCert, clientKey } = ground.certificates;
  const pair = { client_certificate: read(clientCert), client_key: base64(read(clientKey)) };
  const seen = await reachedBy({ fra: { host: fake.url, cluster_ca_certificate: ca, ...pair } });
  expect(seen?.certificate).toBe(true);
});

it('reaches it with what a program says', async () => {
  const file = join(ground.folder, 'login');
  const said = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' };
  const script = `#!/bin/sh\necho '${JSON.stringify(said).slice(0, -1)},"status":{"token":"'$ONE-$1'"}}'\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  const exec = { command: file, args: ['two'], env: { ONE: 'one' } };
  const seen = await reachedBy({ fra: { host: fake.url, cluster_ca_certificate: ca, exec } });
  expect(seen?.headers.authorization).toBe('Bearer one-two');
});

it('goes before the access of the fleet, and leaves other clusters to that', async () => {
  writeKubeconfig(ground, fake.url);
  const access = { kubeconfig: 'kubeconfig', context: 'none' };
  const fra = { host: fake.url, cluster_ca_certificate: ca, token: 'psst-token' };
  expect((await reachedBy({ fra }, access))?.headers.authorization).toBe('Bearer psst-token');
  await expect(reachedBy({ iad: fra }, access)).rejects.toThrow(/has no context "none"/);
  await expect(reachedBy(null)).rejects.toThrow(/nothing says how to reach fra/);
});

it.each<[string, Value]>([
  ['as a whole', unknown],
  ['of the cluster', { fra: unknown }],
  ['in its token', { fra: { host: 'https://127.0.0.1:1', token: unknown } }],
])('counts a cluster as silent whose access is unknown %s', async (_, clusters) => {
  const error = await reachedBy(clusters).catch((thrown: ClusterError) => thrown);
  expect(error).toMatchObject({
    unreachable: true,
    summary: expect.stringMatching(/^fra cannot be reached yet/),
  });
});

it.each<[Value, RegExp]>([
  [{ fra: { host: 'https://a', tokn: 'x' } }, /got the key "tokn".*Write token/i],
  [{ fra: { token: 'psst' } }, /got no host/i],
  [{ fra: { host: 'not an address' } }, /expected an address/],
  [{ fra: { host: 'https://a', cluster_ca_certificate: 'psst' } }, /neither PEM nor PEM in base64/],
  [{ fra: { host: 'https://a', client_key: ca } }, /got client_key without client_certificate/i],
  [{ fra: { host: 'https://a', exec: { args: ['psst'] } } }, /got no command/i],
  [{ fra: 'psst' }, /got no object/i],
  ['psst', /got no map of clusters/i],
])('says what is wrong, and no value of it', (clusters, words) => {
  const said = settingsMistakes({ clusters }).map(({ summary, detail }) => `${summary} ${detail}`);
  expect(said.join(' ')).toMatch(words);
  expect(said.join(' ')).not.toContain('psst');
});

it('finds nothing wrong with what is not known yet', () => {
  const exec = { command: unknown, args: unknown };
  const fra = { host: unknown, cluster_ca_certificate: unknown, token: unknown, exec };
  for (const clusters of [null, unknown, { fra: unknown }, { fra }, {}])
    expect(settingsMistakes({ clusters })).toEqual([]);
});
