/** Slots of a projected tree: what each catches, its answers, weights where one answer would be too much load, and what comes next on failure. */
import type { AssignedDemand } from './assigned-demand';
import type { Projection } from './budget';
import type { PlaceNode } from './place-costs';
import type { Slot } from './routing-table';
import type { Failover } from './vocabularies';

/** Clusters that are listed to answer when a slot's own are not well. */
const FAILOVER_LENGTH = 2;
/** Clusters near a slot that are compared exactly. */
const SHORTLIST = 8;
/** Loads within a millionth of a limit are within it. */
const TOLERANCE = 1e-6;

/** A slot before it is written: all places that it answers for. */
export interface SlotDraft {
  readonly node: PlaceNode;
  /** Indexes of origins that it catches. */
  readonly origins: readonly number[];
  readonly requestsPerSecond: number;
  /** By cluster, 1: everything that it catches may be served there. */
  readonly legal: Uint8Array;
  /** By cluster: about milliseconds times requests per second of everything that it catches. */
  readonly milliseconds: Float64Array;
  /** Answers with their shares, by index of cluster. */
  answers: readonly (readonly [cluster: number, share: number])[];
  /** Of a point. */
  readonly point?: Slot['point'];
}

/** Gathers what every slot catches; each answers with one cluster. In the order of the tree, the world first. */
export function slotDrafts(
  nodes: readonly PlaceNode[],
  { cluster, hasSlot }: Projection,
): SlotDraft[] {
  const slotOf = new Int32Array(nodes.length);
  const caught = new Map<number, number[]>();
  nodes.forEach(({ parent }, n) => {
    slotOf[n] = hasSlot[n] === 1 ? n : slotOf[parent];
    if (hasSlot[n] === 1) caught.set(n, []);
    caught.get(slotOf[n])?.push(n);
  });
  return [...caught].map(([n, members]) => ({
    node: nodes[n],
    ...gathered(members.map((member) => nodes[member])),
    answers: [[cluster[n], 1]],
  }));
}

function gathered(members: readonly PlaceNode[]) {
  const [{ legal, milliseconds, origins, requestsPerSecond }] = members;
  if (members.length === 1) return { origins, requestsPerSecond, legal, milliseconds };
  const all = { legal: legal.slice(), milliseconds: milliseconds.slice() };
  for (const member of members.slice(1)) {
    for (let c = 0; c < legal.length; c++) {
      all.legal[c] &= member.legal[c];
      all.milliseconds[c] += member.milliseconds[c];
    }
  }
  return {
    ...all,
    origins: members.flatMap((one) => one.origins),
    requestsPerSecond: members.reduce((sum, one) => sum + one.requestsPerSecond, 0),
  };
}

/** By cluster: share of the requests of a slot that the decision assigned there. */
function assignedShares(
  { origins: members, requestsPerSecond: total }: SlotDraft,
  { clusters, origins, sharesFrom, shareCluster, share }: AssignedDemand,
): Float64Array {
  const assigned = new Float64Array(clusters.length);
  for (const o of members) {
    for (let s = sharesFrom[o]; s < sharesFrom[o + 1]; s++) {
      assigned[shareCluster[s]] += origins[o].requestsPerSecond * share[s];
    }
  }
  return total === 0 ? assigned : assigned.map((one) => one / total);
}

/** Requests per second that DNS sends to every cluster. */
export function routedLoads(drafts: readonly SlotDraft[], clusters: number): Float64Array {
  const loads = new Float64Array(clusters);
  for (const { answers, requestsPerSecond } of drafts) {
    for (const [c, share] of answers) loads[c] += requestsPerSecond * share;
  }
  return loads;
}

/**
 * Divides slots of clusters that would be beyond their limit, as the decision divides them, largest first. Every slot is
 * divided once at most; when all are, loads are as assigned, up to what residency forbids.
 */
export function divideForLoad(
  drafts: readonly SlotDraft[],
  limits: Float64Array,
  demand: AssignedDemand,
): void {
  const loads = routedLoads(drafts, limits.length);
  const whole = drafts
    .filter(({ answers, requestsPerSecond }) => answers.length === 1 && requestsPerSecond > 0)
    .sort(
      (a, b) => b.requestsPerSecond - a.requestsPerSecond || (a.node.key < b.node.key ? -1 : 1),
    );
  const isOver = (c: number) => loads[c] > limits[c] * (1 + TOLERANCE);
  for (;;) {
    const at = whole.findIndex(
      (draft) => isOver(draft.answers[0][0]) && shares(draft, demand).length > 1,
    );
    if (at < 0) return;
    const [draft] = whole.splice(at, 1);
    loads[draft.answers[0][0]] -= draft.requestsPerSecond;
    draft.answers = shares(draft, demand);
    for (const [c, share] of draft.answers) loads[c] += draft.requestsPerSecond * share;
  }
}

function shares(draft: SlotDraft, demand: AssignedDemand): SlotDraft['answers'] {
  const { legal } = draft;
  const entries = [...assignedShares(draft, demand).entries()].filter(
    ([c, share]) => share > 0 && legal[c] === 1,
  );
  const sum = entries.reduce((total, [, share]) => total + share, 0);
  return entries
    .map(([c, share]) => [c, share / sum] as const)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

/** Whether residency allows what a system answers by itself when a slot is not well. */
export function mayFailOver(
  draft: SlotDraft,
  drafts: readonly SlotDraft[],
  nodes: readonly PlaceNode[],
  failover: Failover,
): boolean {
  const { legal } = draft;
  if (failover === 'nearest') return legal.every((one) => one === 1);
  if (failover !== 'climbs') return true;
  const byKey = new Map(drafts.map((one) => [one.node.key, one]));
  for (let at = draft.node.parent; at >= 0; at = nodes[at].parent) {
    const wider = byKey.get(nodes[at].key);
    if (wider?.answers.some(([c]) => legal[c] === 0) === true) return false;
  }
  return true;
}

/** Other clusters that may answer for a slot, those nearest to its users first: of all by about, of the first of them exactly. */
export function failoverOf(
  { legal, milliseconds, answers, origins }: SlotDraft,
  demand: AssignedDemand,
): readonly number[] {
  const taken = new Set(answers.map(([c]) => c));
  const near: number[] = [];
  for (let c = 0; c < legal.length; c++) {
    if (legal[c] === 0 || taken.has(c)) continue;
    let at = near.length;
    while (at > 0 && milliseconds[near[at - 1]] > milliseconds[c]) at--;
    if (at < SHORTLIST) near.splice(at, 0, c);
    if (near.length > SHORTLIST) near.pop();
  }
  const exact = new Map(near.map((c) => [c, latencyFrom(origins, c, demand)]));
  const exactly = (c: number) => exact.get(c) ?? 0;
  return near
    .sort((a, b) => exactly(a) - exactly(b) || milliseconds[a] - milliseconds[b] || a - b)
    .slice(0, FAILOVER_LENGTH);
}

function latencyFrom(members: readonly number[], c: number, demand: AssignedDemand): number {
  let sum = 0;
  for (const o of members) {
    sum += demand.origins[o].requestsPerSecond * demand.pairs.millisecondsAt(c, o);
  }
  return sum;
}
