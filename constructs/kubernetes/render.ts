/** Render: a bundle and one chosen cluster become the objects to apply there. Knows nothing of cdk8s. */

import type { Bundle, Fill, Variant } from '../model/app/bundle';
import type { Manifest, Override } from '../model/app/workload';
import type { ClusterDecision } from '../model/decision';
import { type Matchable, matches } from '../model/match';
import { EdgeError, quoted, useOneOf } from '../parsing';
import { overridden } from './overrides/overrides';
import { roomFor } from './room';
import { filled } from './slots';

/** The part of a ClusterDecision that fills slots. */
export type Placed = Pick<
  ClusterDecision,
  'name' | 'requestsPerSecond' | 'replicas' | 'componentReplicas' | 'afterLoss'
>;

/** What a rendering needs besides the bundle and the cluster's decision. */
export interface RenderOptions {
  /** Digest of the PlacementDecision, kept on every workload. */
  readonly decisionDigest: string;
  /** Facts of the cluster; needed only for a bundle synthesized without a fleet that has overrides or shows the region. */
  readonly cluster?: Matchable;
}

/**
 * The objects for one cluster in the order they are applied: namespaces first, webhooks last. Pure; equal
 * arguments give equal objects. Throws EdgeError UnknownName for a cluster that the bundle was not made for.
 */
export function render(
  bundle: Bundle,
  placed: Placed,
  options: RenderOptions,
): readonly Manifest[] {
  return renderWith(bundle, placed.name, options.cluster, (fill, facts) =>
    valueFor(fill, placed, facts, options),
  );
}

/** What is known of a place besides the decision. */
export interface FillFacts {
  /** What overrides ask for at least of a component; 0 without one. */
  readonly minReplicasOf: (component: string) => number;
  readonly region: string | undefined;
}

/**
 * As `render`, with values of the caller's: expressions, for a tool that evaluates them once there is a decision.
 * `cluster` as in RenderOptions.
 */
export function renderWith(
  bundle: Bundle,
  name: string,
  cluster: Matchable | undefined,
  fillIn: (fill: Fill, facts: FillFacts) => string | number,
): readonly Manifest[] {
  const variant = variantOf(bundle, name, cluster);
  const overrides = variant.overrides.map((index) => bundle.overrides[index]!);
  const facts: FillFacts = {
    minReplicasOf: (component) => minReplicas(component, overrides),
    region: variant.region,
  };
  const slotValue = (fill: Fill) => fillIn(withRequests(fill, overrides), facts);
  const positions =
    variant.objects.length === 0
      ? bundle.common
      : [...bundle.common, ...variant.objects].sort((a, b) => a - b);
  return positions.map((position) => {
    const { manifest, component, slots = [] } = bundle.objects[position]!;
    const patched = overrides.reduce((result, one) => overridden(result, component, one), manifest);
    return filled(patched, slots, slotValue);
  });
}

function variantOf(bundle: Bundle, name: string, cluster: Matchable | undefined): Variant {
  const { clusters, variants } = bundle;
  if (clusters === undefined) return openVariant(bundle, variants[0]!, name, cluster);
  if (Object.hasOwn(clusters, name)) return variants[clusters[name]!]!;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'clusters',
    summary: `the bundle of ${bundle.app} was made for a fleet without cluster ${quoted(name)}`,
    remedy: useOneOf(name, Object.keys(clusters)),
  });
}

function openVariant(
  bundle: Bundle,
  variant: Variant,
  name: string,
  cluster: Matchable | undefined,
): Variant {
  if (cluster !== undefined) {
    const overrides = variant.overrides.filter((index) =>
      matches(bundle.overrides[index]!.match, cluster),
    );
    const region = cluster.region === undefined ? {} : { region: cluster.region };
    return { ...variant, overrides, ...region };
  }
  if (variant.overrides.length === 0) return variant;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'overrides',
    summary: `overrides of ${bundle.app} need the facts of cluster ${quoted(name)}, and no fleet was known at synthesis`,
    remedy: 'Synthesize with the fleet, or pass the cluster when rendering.',
  });
}

function valueFor(
  fill: Fill,
  placed: Placed,
  { minReplicasOf, region }: FillFacts,
  { decisionDigest }: RenderOptions,
): string | number {
  const replicasOf = (component: string) =>
    Math.max(placed.componentReplicas?.[component] ?? placed.replicas, minReplicasOf(component));
  const mostReplicas = (part: Bounded) => {
    const afterLoss = isUpperBound(part) ? replicasAfterLoss(part.component, placed) : 0;
    return Math.max(replicasOf(part.component) * (part.times ?? 1), afterLoss);
  };
  switch (fill.value) {
    case 'replicas':
      return Math.max(mostReplicas(fill), fill.atLeast ?? 0);
    case 'room':
      return roomFor(fill, mostReplicas);
    case 'requestsPerSecond':
      return placed.requestsPerSecond;
    case 'cluster':
      return placed.name;
    case 'decision':
      return decisionDigest;
    case 'region':
      return knownRegion(region, placed.name);
  }
}

/** What replicas are bounded by: of a `replicas` fill, or of a part of a `room` fill. */
export interface Bounded {
  readonly component: string;
  readonly times?: number | undefined;
  readonly atLeast?: number | undefined;
}

/** Whether it is an upper bound of replicas: that has to admit what the cluster carries after a loss that the app is to survive. */
export function isUpperBound({ times, atLeast }: Bounded): boolean {
  return times !== undefined || atLeast !== undefined;
}

function replicasAfterLoss(component: string, { afterLoss }: Placed): number {
  return afterLoss?.componentReplicas?.[component] ?? afterLoss?.replicas ?? 0;
}

/** The region that an object shows. Throws EdgeError UnknownName when nobody said it. */
export function knownRegion(region: string | undefined, cluster: string): string {
  if (region !== undefined) return region;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'clusters',
    summary: `an object shows the region of cluster ${quoted(cluster)}, which was not known at synthesis`,
    remedy: 'Synthesize with the fleet, or pass the cluster when rendering.',
  });
}

/** What overrides set of a component, in their order. */
function settings(component: string, overrides: readonly Override[]) {
  const about = overrides.filter(
    (one) => one.target === undefined && (one.component ?? component) === component,
  );
  return about.flatMap(({ set }) => set ?? []);
}

/** The last override that sets it wins, as with everything else an override sets. */
function minReplicas(component: string, overrides: readonly Override[]): number {
  const set = settings(component, overrides).filter((one) => one.minReplicas !== undefined);
  return set.at(-1)?.minReplicas ?? 0;
}

/** Room is that of the requests which overrides leave. */
function withRequests(fill: Fill, overrides: readonly Override[]): Fill {
  if (fill.value !== 'room') return fill;
  const parts = fill.parts.map((part) => {
    const set = settings(part.component, overrides).map(({ resources = {} }) => resources);
    const last = (key: 'cpuMillicores' | 'memoryMebibytes') =>
      set.findLast((one) => one[key] !== undefined)?.[key] ?? part[key];
    return {
      ...part,
      cpuMillicores: last('cpuMillicores'),
      memoryMebibytes: last('memoryMebibytes'),
    };
  });
  return { ...fill, parts };
}
