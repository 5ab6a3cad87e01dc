/**
 * Ejection chains: an app moves to a cluster and ejects another app, which moves in turn, until one finds capacity or takes
 * the cluster that the first one left (Glover, Discrete Applied Mathematics 65, 1996; cyclic exchanges of any length, Ahuja,
 * Orlin and Sharma, Operations Research Letters 31, 2003). The cheapest chain is a shortest path over the clusters: the
 * label of a cluster holds the app that arrives there and the cost so far. A search costs about labels x apps on a cluster x
 * their best replacement clusters.
 */
import { EJECTION_CHAIN } from '../options';
import { Heap } from '../primitives/heap';
import type { JointState, Move } from './joint-state';

const { POSITIVE_INFINITY } = Number;

/** Moves of different apps, and their change of value together. */
export interface EjectionChain {
  readonly moves: readonly Move[];
  readonly change: number;
}

const NONE = -1;

/** Searches chains in one joint state. */
export class EjectionChains {
  /** By cluster: the cheapest arrival. Its cost, the app that arrives, the cluster it leaves, and the cluster that ejected it. */
  private readonly costs: Float64Array;
  private readonly arriving: Int32Array;
  private readonly leaving: Int32Array;
  private readonly predecessor: Int32Array;
  private readonly depth: Int32Array;
  private readonly isSettled: Uint8Array;
  private readonly queue: Heap;
  /** Clusters with a label. */
  private labelled: number[] = [];
  /** Chains must cost less than this: the limit, or the cheapest end found while pruning is on. */
  private nearestEnd = POSITIVE_INFINITY;
  private isPruning = true;
  /** Number of ends that were not legal. */
  private refused = 0;
  /** By app: the clusters that a failed search depended on, and the clock at that time. */
  private readonly failedSearches: (
    | { readonly at: number; readonly clusters: readonly number[] }
    | undefined
  )[];

  /** `longest`: the largest number of apps in one chain. */
  constructor(
    private readonly state: JointState,
    private readonly longest = EJECTION_CHAIN.maxApps,
  ) {
    const { clusters, apps } = state.problem;
    this.costs = new Float64Array(clusters);
    this.arriving = new Int32Array(clusters).fill(NONE);
    this.leaving = new Int32Array(clusters);
    this.predecessor = new Int32Array(clusters);
    this.depth = new Int32Array(clusters);
    this.isSettled = new Uint8Array(clusters);
    this.queue = new Heap(clusters);
    this.failedSearches = apps.map(() => undefined);
  }

  /** The cheapest chain that begins with a move of app `a` and changes the value by less than `limit`. */
  cheapestFrom(a: number, limit: number): EjectionChain | undefined {
    if (this.isUnchanged(a)) return undefined;
    const { state } = this;
    const clock = state.clock;
    const looked = new Set<number>(state.appStates[a].open);
    const chain = this.cheapest(limit, looked, () => this.begin(a));
    this.failedSearches[a] = chain === undefined ? { at: clock, clusters: [...looked] } : undefined;
    return chain;
  }

  /** The cheapest chain that moves some app out of `cluster`. */
  cheapestOutOf(cluster: number): EjectionChain | undefined {
    return this.cheapest(POSITIVE_INFINITY, undefined, () => {
      for (const b of this.state.appsOn(cluster)) this.ejectFrom(b, cluster, NONE);
    });
  }

  /** True when a search for the app failed and no cluster it depended on has changed since. */
  private isUnchanged(a: number): boolean {
    const seen = this.failedSearches[a];
    if (seen === undefined || this.state.hasLinks) return false;
    const { version } = this.state;
    return seen.clusters.every((cluster) => version[cluster] <= seen.at);
  }

  /** Prunes chains that cost more than an end already found. When that end is not legal, it searches again without pruning. */
  private cheapest(
    limit: number,
    looked: Set<number> | undefined,
    begin: () => void,
  ): EjectionChain | undefined {
    for (this.isPruning = true; ; this.isPruning = false) {
      this.clear(limit);
      begin();
      const chain = this.shortest(limit, looked);
      for (const cluster of this.labelled) looked?.add(cluster);
      if (chain !== undefined || !this.isPruning || this.refused === 0) return chain;
    }
  }

  private begin(a: number): void {
    const appState = this.state.appStates[a];
    const { openingChange, bestChange, bestPosition } = appState.nearSwaps();
    const mayGrow = appState.canGrow();
    const { costs } = this;
    for (let into = 0; into < costs.length; into++) {
      if (mayGrow && openingChange[into] < costs[into])
        this.relax(a, into, NONE, openingChange[into], NONE);
      if (bestChange[into] >= costs[into]) continue;
      this.relax(a, into, appState.open[bestPosition[into]], bestChange[into], NONE);
    }
  }

  private clear(limit: number): void {
    for (const cluster of this.labelled) this.arriving[cluster] = NONE;
    this.labelled = [];
    this.costs.fill(limit);
    this.isSettled.fill(0);
    this.queue.clear();
    this.nearestEnd = limit;
    this.refused = 0;
  }

  private relax(app: number, into: number, out: number, cost: number, from: number): void {
    if (cost >= this.nearestEnd || !this.state.keepsOtherClustersFit({ app, into, out })) return;
    if (this.arriving[into] === NONE) this.labelled.push(into);
    this.costs[into] = cost;
    this.arriving[into] = app;
    this.leaving[into] = out;
    this.predecessor[into] = from;
    this.depth[into] = from === NONE ? 1 : this.depth[from] + 1;
    this.queue.push(into, cost);
    if (this.isPruning && this.isEnd(into)) this.nearestEnd = cost;
  }

  /** Dijkstra's algorithm. It assumes that no app gains by being ejected; a chain that begins with that app finds such gains. */
  private shortest(limit: number, looked: Set<number> | undefined): EjectionChain | undefined {
    const { state, queue, isSettled, costs } = this;
    while (this.refused < EJECTION_CHAIN.maxRefused) {
      const cluster = queue.pop();
      if (cluster < 0) return undefined;
      if (isSettled[cluster] === 1 || queue.key > costs[cluster]) continue;
      isSettled[cluster] = 1;
      if (this.isEnd(cluster)) {
        const chain = this.legalChain(cluster, limit, looked);
        if (chain !== undefined) return chain;
        this.refused++;
      } else if (this.depth[cluster] < this.longest) this.extend(cluster);
      state.spend(1);
    }
    return undefined;
  }

  /** Extends a chain: each app on the cluster whose ejection makes the arrival fit moves on. */
  private extend(cluster: number): void {
    const { state } = this;
    const app = this.arriving[cluster];
    const out = this.leaving[cluster];
    for (const b of state.appsOn(cluster)) {
      if (this.isInChain(cluster, b) || !state.fitsOn(app, cluster, out, b)) continue;
      this.ejectFrom(b, cluster, cluster);
    }
  }

  private ejectFrom(b: number, cluster: number, from: number): void {
    const appState = this.state.appStates[b];
    if (appState.app.required[cluster] === 1) return;
    const swaps = appState.nearSwaps();
    const position = appState.position[cluster];
    const row = position * appState.app.clusters;
    const { costs, isSettled } = this;
    const { swapChange } = swaps;
    const before = from === NONE ? 0 : costs[from];
    const places = swaps.replacementsFor(position);
    this.state.spend(places.length);
    for (let k = 0; k < places.length; k++) {
      const into = places[k];
      const cost = before + swapChange[row + into];
      if (cost >= this.nearestEnd) return;
      if (cost >= costs[into] || isSettled[into] === 1) continue;
      this.relax(b, into, cluster, cost, from);
    }
  }

  private isEnd(cluster: number): boolean {
    const { state, predecessor } = this;
    const app = this.arriving[cluster];
    const out = this.leaving[cluster];
    if (state.fitsOn(app, cluster, out, NONE)) return true;
    let first = predecessor[cluster];
    if (first === NONE) return false;
    while (predecessor[first] !== NONE) first = predecessor[first];
    if (this.leaving[first] !== cluster) return false;
    return state.fitsOn(app, cluster, out, this.arriving[first]);
  }

  private legalChain(
    end: number,
    limit: number,
    looked: Set<number> | undefined,
  ): EjectionChain | undefined {
    const { state, arriving, leaving, predecessor, costs } = this;
    const steps: Move[] = [];
    const expected: number[] = [];
    for (let at = end; at !== NONE; at = predecessor[at]) {
      steps.push({ app: arriving[at], into: at, out: leaving[at] });
      expected.push(costs[at] - (predecessor[at] === NONE ? 0 : costs[predecessor[at]]));
      // This result depends on the load of all clusters of these apps.
      for (const cluster of state.appStates[arriving[at]].open) looked?.add(cluster);
    }
    if (!state.fitsAfter(steps)) return undefined;
    let change = 0;
    for (let k = 0; k < steps.length && change < POSITIVE_INFINITY; k++) {
      change += state.legalChange(steps[k], expected[k]);
    }
    return change < limit ? { moves: steps, change } : undefined;
  }

  private isInChain(cluster: number, app: number): boolean {
    for (let at = cluster; at !== NONE; at = this.predecessor[at]) {
      if (this.arriving[at] === app) return true;
    }
    return false;
  }
}

/** Improves the placed apps until no chain lowers the value or the work is spent. No cluster becomes overloaded. */
export function improveByChains(state: JointState): void {
  const chains = new EjectionChains(state);
  for (let moved = true; moved; ) {
    moved = false;
    for (let a = 0; a < state.appStates.length; a++) {
      while (state.isPlaced[a] === 1 && !state.isOutOfWork()) {
        const chain = chains.cheapestFrom(a, state.leastGain(a)) ?? bestDrop(state, a);
        if (chain === undefined) break;
        for (const step of chain.moves) state.apply(step);
        moved = true;
      }
    }
  }
}

/** The closing that lowers the value of the app most. */
function bestDrop(state: JointState, a: number) {
  const appState = state.appStates[a];
  for (let position = 0; position < appState.open.length; position++) {
    const step = { app: a, into: -1, out: appState.open[position] };
    const change = appState.closingChange[position];
    if (change >= state.leastGain(a) || appState.app.required[step.out] === 1) continue;
    if (!state.fitsAfter([step]) || state.legalChange(step, change) >= state.leastGain(a)) continue;
    return { moves: [step], change };
  }
  return undefined;
}
