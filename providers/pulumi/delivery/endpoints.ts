/** Endpoints: where an app answers in each cluster, as far as its objects say. */
import { render } from '../../../constructs';
import type { Bundle } from '../../../constructs/model/app/bundle';
import type { Manifest } from '../../../constructs/model/app/workload';
import { byCodeUnits } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Fleet } from '../../../constructs/model/fleet';

/** By cluster: hosts of Ingresses as URLs, and Services as `web.shop.svc:8080`. */
export function endpointsOf(
  bundle: Bundle,
  decision: PlacementDecision,
  fleet: Fleet,
): Readonly<Record<string, readonly string[]>> {
  const app = decision.apps.find((one) => one.app === bundle.app);
  const found = (app?.clusters ?? []).map((placed) => {
    const cluster = fleet.clusters.find(({ name }) => name === placed.name);
    const options = { decisionDigest: decision.digest, ...(cluster ? { cluster } : {}) };
    const manifests = render(bundle, placed, options);
    return [placed.name, manifests.flatMap(addressesOf).sort(byCodeUnits)];
  });
  return Object.fromEntries(found);
}

interface Addressed {
  readonly ports?: readonly { readonly port?: number }[];
  readonly rules?: readonly { readonly host?: string }[];
  readonly tls?: readonly { readonly hosts?: readonly string[] }[];
}

function addressesOf({ kind, metadata, spec }: Manifest): readonly string[] {
  const { ports = [], rules = [], tls = [] } = (spec ?? {}) as Addressed;
  if (kind === 'Service') {
    return ports.map(({ port }) => `${metadata.name}.${metadata.namespace}.svc:${port}`);
  }
  if (kind !== 'Ingress') return [];
  const secure = new Set(tls.flatMap(({ hosts = [] }) => hosts));
  return rules.flatMap(({ host }) => {
    return host === undefined ? [] : [`${secure.has(host) ? 'https' : 'http'}://${host}`];
  });
}
