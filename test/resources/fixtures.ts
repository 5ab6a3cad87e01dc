/** What the tests of releases release: a small app on a fleet of letters, and worlds made of clusters in memory. */

import type { Bundle } from '../../constructs/model/app/bundle';
import { sealBundle } from '../../constructs/model/app/bundle';
import type { Manifest } from '../../constructs/model/app/workload';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { API_VERSION } from '../../constructs/parsing/document';
import {
  basisOf,
  carryOut,
  type ObservedPlan,
  observeAndPlan,
  parseRelease,
  type ReleaseEvent,
  type ReleaseProps,
  type ReleaseState,
  type World,
} from '../../providers/resources/release/index';
import type { Clusters } from './cluster-double';

export const password = 'correct-horse-battery';
const encoded = Buffer.from(password).toString('base64');

export const namespace: Manifest = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels: { 'app.kubernetes.io/managed-by': 'littoral' } },
};
export const settings = (data: Readonly<Record<string, string>>, name = 'settings'): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
export const secret = (value = encoded): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys', namespace: 'shop' },
  type: 'Opaque',
  data: { password: value },
});
export const web = (image: string, replicas = 2): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replicas, template: { spec: { containers: [{ name: 'web', image }] } } },
});

/** The same objects for every cluster. */
export function bundleOf(...manifests: readonly Manifest[]): Bundle {
  return sealBundle({
    apiVersion: API_VERSION,
    kind: 'Bundle',
    app: 'shop',
    namespace: 'shop',
    objects: manifests.map((manifest) => ({ manifest })),
    common: manifests.map((_, index) => index),
    overrides: [],
    variants: [{ objects: [], overrides: [] }],
    warnings: [],
  });
}

/** A decision for these clusters; 10 requests/s more on each. */
export function decisionFor(chosen: readonly string[], dropped: readonly string[] = []) {
  const numbers = { value: 0, bound: 0, gap: 0 };
  const content = {
    apiVersion: API_VERSION,
    kind: 'PlacementDecision',
    now: '2026-11-21T05:30:00Z',
    objective: numbers,
    apps: [
      {
        app: 'shop',
        satisfied: true,
        clusters: chosen.map((name, index) => ({
          name,
          requestsPerSecond: (index + 1) * 10,
          replicas: 2,
          since: '2026-11-21T05:30:00Z',
          change: 'added',
          reason: '',
        })),
        dropped: dropped.map((name) => ({ name, reason: `${name} was too far` })),
        rejected: [],
        assignments: [],
        objective: { ...numbers, terms: {} },
        latency: { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 },
        cost: { usdPerHour: 0, delta: 0 },
        churnCurve: [],
        warnings: [],
      },
    ],
    prices: [],
    certificate: {},
    inputs: { fleet: '', demand: null, apps: '', previous: null, observedAt: null },
    engine: { version: '0', workUnits: 0 },
  };
  return { ...content, digest: digestOf(content) } as unknown as PlacementDecision;
}

/** Clusters a to h, by their letters. */
export const fleet = {
  clusters: [...'abcdefgh'].map((name, index) => ({
    name,
    latitude: index,
    longitude: index,
    region: index < 4 ? 'europe' : 'asia',
    country: index < 4 ? 'DE' : 'SG',
  })),
};

/** A release of `manifests` on the clusters whose letters are given. */
export function releaseOf(
  letters: string,
  manifests: readonly Manifest[],
  rollout: object = {},
  dropped = '',
): ReleaseProps {
  const decision = decisionFor([...letters], [...dropped]);
  return parseRelease({ bundle: bundleOf(...manifests), decision, fleet, rollout });
}

export interface TestWorld extends World {
  readonly events: ReleaseEvent[];
}

/** A world of clusters in memory; events are kept, pauses take no time. */
export function worldIn(clusters: Clusters): TestWorld {
  const events: ReleaseEvent[] = [];
  return {
    events,
    connect: async ({ name }) => clusters.named(name).client(),
    onEvent: (event) => events.push(event),
    pause: async () => undefined,
  };
}

export function look(
  clusters: Clusters,
  props: ReleaseProps,
  prior?: ReleaseState,
): Promise<ObservedPlan> {
  return observeAndPlan(basisOf(props, prior, true), worldIn(clusters));
}

/** Looks and applies. */
export async function apply(
  clusters: Clusters,
  props: ReleaseProps,
  prior?: ReleaseState,
  world: World = worldIn(clusters),
) {
  return carryOut(await observeAndPlan(basisOf(props, prior, true), world), prior, world);
}
