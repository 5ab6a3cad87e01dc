/**
 * Inequalities that follow from `survive`: each origin has one legal cluster more than may be lost, and the clusters that may
 * serve some of the demand have capacity for it after the loss of the largest of them.
 * The k largest of n capacities sum to at least k/n of the total, so the total is at least n/(n - k) times the demand.
 */

import { type AppProblem, costAt, demandOf } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';
import { MAX_SURVIVAL_KINDS } from '../single-app-options';
import { allowedMembers, type LinearConstraint } from './inequality';

/** Relative tolerance of capacities. */
const TOLERANCE = 1e-9;

/** Origins that the same clusters may serve. */
interface OriginKind {
  /** The first of them. */
  readonly origin: number;
  readonly members: Int32Array;
  readonly isMember: Uint8Array;
  weight: number;
}

/** `maxLoads` is the largest load by cluster; undefined where nothing limits it. */
export function survivalConstraints(app: AppProblem, maxLoads?: Float64Array): LinearConstraint[] {
  const { survive } = app;
  if (survive === undefined || app.origins === 0) return [];
  const { names } = survive;
  const candidates = allowedMembers(app, () => true);
  const kinds = kindsOf(app, candidates);
  const constraints: LinearConstraint[] = [];
  for (const { origin, members } of kinds.slice(0, MAX_SURVIVAL_KINDS)) {
    if (members.length === candidates.length) continue;
    const name = `survive.${names[origin]}`;
    constraints.push({ name, members, sign: 1, limit: survive.clusters + 1 });
  }
  if (maxLoads === undefined) return constraints;
  const all = { members: candidates, weight: demandOf(app) };
  const capacityConstraints = [capacityConstraint(app, 'survive.room', all, maxLoads)];
  for (const kind of kinds.slice(0, MAX_SURVIVAL_KINDS)) {
    if (kind.members.length === candidates.length) continue;
    const weight = weightWithin(kind, kinds);
    capacityConstraints.push(
      capacityConstraint(app, `survive.room.${names[kind.origin]}`, { ...kind, weight }, maxLoads),
    );
  }
  return [...constraints, ...capacityConstraints.flatMap((constraint) => constraint ?? [])];
}

function capacityConstraint(
  app: AppProblem,
  name: string,
  { members, weight }: Pick<OriginKind, 'members' | 'weight'>,
  maxLoads: Float64Array,
): LinearConstraint | undefined {
  const lost = app.survive?.clusters ?? 0;
  const most = Math.min(members.length, sizeRange(app).max);
  if (most <= lost || members.every((c) => maxLoads[c] >= weight)) return undefined;
  const weights = Float64Array.from(members, (c) =>
    Math.min(maxLoads[c] * (1 + TOLERANCE), weight),
  );
  const limit = (weight * most) / (most - lost);
  return { name, members, weights, sign: 1, limit, scale: limit / most };
}

/** Demand that only members of this kind may serve. */
function weightWithin({ isMember }: OriginKind, kinds: readonly OriginKind[]): number {
  let weight = 0;
  for (const other of kinds) {
    if (other.members.every((cluster) => isMember[cluster] === 1)) weight += other.weight;
  }
  return weight;
}

function kindsOf(app: AppProblem, candidates: Int32Array): OriginKind[] {
  const kinds = new Map<string, OriginKind>();
  for (let u = 0; u < app.origins; u++) {
    const members = candidates.filter((c) => costAt(app, c, u) < Number.POSITIVE_INFINITY);
    const key = members.join(' ');
    const known = kinds.get(key);
    if (known !== undefined) {
      known.weight += app.requestsPerSecond[u];
      continue;
    }
    const isMember = new Uint8Array(app.clusters);
    for (const cluster of members) isMember[cluster] = 1;
    kinds.set(key, { origin: u, members, isMember, weight: app.requestsPerSecond[u] });
  }
  return [...kinds.values()].sort(
    (a, b) => a.members.length - b.members.length || a.origin - b.origin,
  );
}
