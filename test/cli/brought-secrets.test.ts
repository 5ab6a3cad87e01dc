/** A certificate that is issued once is brought to every chosen cluster, and stands in no plan. */

import { parseFleet } from '../../constructs';
import { synth } from '../../constructs/kubernetes/synth';
import type { Manifest } from '../../constructs/model/app/workload';
import { edgeErrorsOf } from '../../constructs/parsing';
import { parseEdgeApp } from '../../constructs/policy';
import { broughtSecrets } from '../../providers/cli/input/brought-secrets';
import { Clusters } from '../resources/cluster-double';

const hub = { name: 'hub', latitude: 1, longitude: 1, region: 'europe', country: 'DE' };
const fleet = parseFleet({ clusters: [hub, { ...hub, name: 'fra' }] });
const app = (tls: object) =>
  parseEdgeApp({
    name: 'shop',
    workload: {
      image: 'shop:1',
      port: 8080,
      resources: { cpuMillicores: 100, memoryMebibytes: 128 },
      requestsPerSecondPerReplica: 50,
    },
    exposure: {
      hosts: ['shop.example.com'],
      dns: { system: 'powerdns-lua' },
      gateway: { class: 'edge' },
      tls,
    },
  });
const issued: Manifest = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'shop', namespace: 'issued' },
  type: 'kubernetes.io/tls',
  data: { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5', 'ca.crt': 'Y2E=' },
};
const from = { cluster: 'hub', namespace: 'issued' };

async function bring(tls: object, secrets: readonly Manifest[] = [issued]) {
  const clusters = new Clusters();
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'issued' } };
  for (const one of [namespace, ...secrets]) clusters.named('hub').apply('cert-manager', one);
  try {
    const found = await broughtSecrets([{ app: app(tls) }], fleet, '/', async ({ name }) =>
      clusters.named(name).client(),
    );
    return { brought: found.get('shop') ?? [], reasons: '' };
  } catch (thrown) {
    const reasons = (edgeErrorsOf(thrown) ?? []).map(({ summary }) => summary).join('; ');
    return { brought: [], reasons };
  }
}

describe('a certificate that is issued once', () => {
  it('is brought with its key to the namespace of the app, and nothing else of its Secret', async () => {
    const { brought } = await bring({ secret: 'shop', from });
    expect(brought).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        metadata: { name: 'shop', namespace: 'shop' },
        data: { 'tls.crt': 'Y2VydA==', 'tls.key': 'a2V5' },
      },
    ]);
    const { manifests: _, ...props } = app({ secret: 'shop', from });
    const bundle = synth(props, fleet, brought);
    const at = bundle.objects.findIndex(({ manifest }) => manifest.kind === 'Secret');
    expect(bundle.common).toContain(at);
    expect(synth(props, fleet).objects).toHaveLength(bundle.objects.length - 1);
  });

  it('is brought by nobody where nothing says so', async () => {
    expect(await bring({ secret: 'shop' })).toEqual({ brought: [], reasons: '' });
    expect(await bring({ issuer: { name: 'ca' } })).toEqual({ brought: [], reasons: '' });
  });

  it('has to be there, in a cluster of the fleet, and not where it is brought to', async () => {
    expect((await bring({ secret: 'shop', from }, [])).reasons).toBe(
      'the Secret shop is not in issued of hub',
    );
    const elsewhere = { secret: 'shop', from: { ...from, cluster: 'hup' } };
    expect((await bring(elsewhere)).reasons).toMatch(/cluster hup, which the fleet does not have/);
    const same = { secret: 'shop', from: { ...from, namespace: 'shop' } };
    expect((await bring(same)).reasons).toMatch(/namespace shop of the app itself/);
    expect(() => app({ from })).toThrow(/got from without a secret/);
  });
});
