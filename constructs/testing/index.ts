/** Testing: the objects one cluster would get, without a placement and without a cluster; and promises about a decision. */
import type { SynthProps } from '../kubernetes/props';
import { type Placed, render } from '../kubernetes/render';
import { synth } from '../kubernetes/synth';
import type { Manifest } from '../model/app/workload';
import type { Cluster } from '../model/fleet';

export { decisionOf, type PlacementMatchers, placementMatchers } from './matchers';

/** A cluster that stands for all, on the equator; give only what the test is about. */
export function testCluster(facts: Partial<Cluster> = {}): Cluster {
  return {
    name: 'test',
    latitude: 0,
    longitude: 0,
    region: 'europe',
    country: 'DE',
    labels: {},
    taints: [],
    usdPerHour: 0,
    usdPerReplicaHour: 0,
    usdPerGibibyteEgress: 0,
    signals: {},
    state: 'ready',
    ...facts,
  };
}

/** What a test says about a chosen cluster. */
export interface TestPlacement extends Partial<Placed> {
  /** Facts of the cluster that runs the app; `name` defaults to this cluster's. */
  readonly cluster?: Partial<Cluster>;
}

/**
 * The objects of `app` on one cluster, in the order they are applied. Default: 1 replica (of every component), 0
 * requests/s, a cluster called `test`. Throws EdgeErrors as `synth` does.
 */
export function manifestsOf(app: SynthProps, placement: TestPlacement = {}): readonly Manifest[] {
  const { cluster: facts = {}, ...placed } = placement;
  const name = placed.name ?? facts.name ?? 'test';
  const cluster = testCluster({ ...facts, name });
  const decision = { requestsPerSecond: 0, replicas: 1, ...placed, name };
  return render(synth(app, { clusters: [cluster] }), decision, {
    decisionDigest: 'sha256:test',
    cluster,
  });
}

/** The only object of that kind, and name if given. Throws Error when there is none or several. */
export function objectOf(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(
    (one) => one.kind === kind && (name === undefined || one.metadata.name === name),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const there = manifests.map((one) => `${one.kind} ${one.metadata.name}`).join(', ');
  throw new Error(`${found.length} of ${kind} ${name ?? ''}; there are ${there}`);
}
