/**
 * Tabu repair: where no ejection chain leads out of an overloaded cluster, apps move or exchange clusters although some
 * cluster stays overloaded for a while. The weights of overloaded clusters rise (breakout; Morris, AAAI 1993), and an app
 * may not return to a cluster it just left (tabu search for generalised assignment; Yagiura, Ibaraki and Glover, European
 * Journal of Operational Research 169, 2006). A round costs about apps on a cluster x replacement clusters x apps on those.
 */

import { TABU_REPAIR } from '../options';
import { KINDS, writeUse } from './assignment/residual-capacity';
import type { JointState, Move } from './joint-state';

interface CompoundMove {
  readonly moves: readonly Move[];
  readonly change: number;
}

/** Moves placed apps until no cluster is overloaded; true when it succeeds. */
export function tabuRepair(state: JointState): boolean {
  return new TabuRepair(state).run();
}

class TabuRepair {
  /** By cluster: the cost of an overload as large as its capacity, in mean cluster values. */
  private readonly weights: Float64Array;
  /** Mean value per cluster of a set. */
  private readonly meanClusterValue: number;
  private readonly placedClusters: number;
  /** By app and cluster: the round before which the app may not return. */
  private readonly tabuUntil = new Map<number, number>();
  private readonly scratch = new Float64Array(2 * KINDS);

  constructor(private readonly state: JointState) {
    const { clusters } = state.problem;
    this.weights = new Float64Array(clusters).fill(1);
    let places = 0;
    state.appStates.forEach((appState, a) => {
      if (state.isPlaced[a] === 1) places += appState.open.length;
    });
    this.placedClusters = places;
    this.meanClusterValue = Math.abs(state.value()) / Math.max(1, places);
  }

  run(): boolean {
    const { state } = this;
    for (
      let round = 0;
      round < TABU_REPAIR.roundsPerCluster * this.placedClusters && !state.isOutOfWork();
      round++
    ) {
      const overloaded = this.mostOverloaded();
      if (overloaded < 0) return true;
      const move = this.bestMoveOutOf(overloaded, round);
      if (move === undefined) {
        this.weights[overloaded] += TABU_REPAIR.weightStep;
        continue;
      }
      for (const step of move.moves) {
        this.tabuUntil.set(this.keyOf(step.app, step.out), round + TABU_REPAIR.tenure);
        state.apply(step);
      }
      if (move.change >= 0) this.raiseWeights();
    }
    return this.mostOverloaded() < 0;
  }

  /** Raises the weight of every overloaded cluster. */
  private raiseWeights(): void {
    const { weights, state } = this;
    for (let cluster = 0; cluster < weights.length; cluster++) {
      if (state.residual.excess(cluster) > 0) weights[cluster] += TABU_REPAIR.weightStep;
    }
  }

  private mostOverloaded(): number {
    const { weights, state } = this;
    let worst = -1;
    let most = 0;
    for (let cluster = 0; cluster < weights.length; cluster++) {
      const excess = state.residual.excess(cluster) * weights[cluster];
      if (excess <= most) continue;
      most = excess;
      worst = cluster;
    }
    state.spend(weights.length / 4);
    return worst;
  }

  private keyOf(app: number, cluster: number): number {
    return app * this.weights.length + cluster;
  }

  private isTabu(app: number, cluster: number, round: number): boolean {
    return (this.tabuUntil.get(this.keyOf(app, cluster)) ?? 0) > round;
  }

  /** The best move of some app out of a cluster, alone or in exchange with an app on the new cluster. */
  private bestMoveOutOf(cluster: number, round: number): CompoundMove | undefined {
    const { state } = this;
    let best: CompoundMove | undefined;
    for (const app of state.appsOn(cluster)) {
      const appState = state.appStates[app];
      if (appState.app.required[cluster] === 1) continue;
      const swaps = appState.nearSwaps();
      const position = appState.position[cluster];
      const row = position * appState.app.clusters;
      for (const into of swaps.replacementsFor(position)) {
        if (this.isTabu(app, into, round)) continue;
        const step = { app, into, out: cluster };
        const change = swaps.swapChange[row + into];
        best = this.better(best, [step], [change]);
        for (const other of state.appsOn(into)) {
          const back = this.returnMove(other, into, cluster, round);
          if (back === undefined) continue;
          best = this.better(best, [step, back.step], [change, back.change]);
        }
      }
    }
    return best;
  }

  /** The return move of an exchange, from `from` to `to`, with its change of value; undefined when it is not possible. */
  private returnMove(app: number, from: number, to: number, round: number) {
    const appState = this.state.appStates[app];
    const isFree = appState.position[to] < 0 && appState.app.allowed[to] === 1;
    if (!isFree || appState.app.required[from] === 1 || this.isTabu(app, to, round))
      return undefined;
    const { swapChange } = appState.nearSwaps();
    const change = swapChange[appState.position[from] * appState.app.clusters + to];
    return { step: { app, into: to, out: from }, change };
  }

  private better(best: CompoundMove | undefined, steps: readonly Move[], costs: readonly number[]) {
    let change = 0;
    for (const cost of costs) change += cost;
    const [{ into, out }] = steps;
    change +=
      this.meanClusterValue * (this.excessChange(steps, out) + this.excessChange(steps, into));
    if (best !== undefined && change >= best.change) return best;
    const isLegal = steps.every(
      (step, k) => this.state.legalChange(step, costs[k]) < Number.POSITIVE_INFINITY,
    );
    return isLegal ? { moves: steps, change } : best;
  }

  /** Change of the weighted excess of a cluster by steps into it and out of it; negative for less. */
  private excessChange(steps: readonly Move[], cluster: number): number {
    const { state, scratch, weights } = this;
    scratch.fill(0);
    for (const { app, into, out } of steps) {
      const appState = state.appStates[app];
      if (out === cluster) {
        const at = appState.position[cluster] * KINDS;
        for (let kind = 0; kind < KINDS; kind++) scratch[kind] -= appState.use[at + kind];
      }
      if (into !== cluster) continue;
      writeUse(appState.app, state.loadAt(app, into, out), scratch, KINDS);
      for (let kind = 0; kind < KINDS; kind++) scratch[kind] += scratch[KINDS + kind];
    }
    return (
      weights[cluster] * (state.residual.excess(cluster, scratch) - state.residual.excess(cluster))
    );
  }
}
