/**
 * Negotiated congestion (McMurchie and Ebeling, FPGA 1995): apps take turns in choosing their sets again while overloaded
 * clusters become more expensive. The history cost of a limit persists like a Lagrangian multiplier; the present cost
 * charges the overload that the app itself would cause. A round evaluates all exchanges of every app once.
 */

import { power } from '../../model/trigonometry';
import { NEGOTIATION } from '../options';
import { KINDS, writeUse } from './assignment/residual-capacity';
import type { JointState } from './joint-state';

const { POSITIVE_INFINITY } = Number;

/** Moves the placed apps until little overload is left. Some clusters may stay overloaded. */
export function negotiateCongestion(state: JointState): void {
  new CongestionNegotiation(state).run();
}

class CongestionNegotiation {
  /** [cluster * KINDS + kind]: history cost per unit. */
  private readonly historyCost: Float64Array;
  /** By kind: mean use of a cluster by an app. */
  private readonly meanUse = new Float64Array(KINDS);
  /** Mean value per cluster of a set. */
  private readonly meanClusterValue: number;
  private readonly scratch = new Float64Array(KINDS);
  private overloadFactor = 0;

  constructor(private readonly state: JointState) {
    this.historyCost = new Float64Array(state.residual.used.length);
    let places = 0;
    state.appStates.forEach(({ use, open, app }, a) => {
      if (state.isPlaced[a] === 0 || app.capacity === 'none') return;
      places += open.length;
      for (let at = 0; at < use.length; at++) this.meanUse[at % KINDS] += use[at];
    });
    for (let kind = 0; kind < KINDS; kind++) this.meanUse[kind] /= Math.max(1, places);
    this.meanClusterValue = Math.abs(state.value()) / Math.max(1, places);
  }

  run(): void {
    const { state } = this;
    let step = NEGOTIATION.firstStep;
    for (let round = 0; round < NEGOTIATION.rounds && !state.isOutOfWork(); round++) {
      this.overloadFactor =
        NEGOTIATION.firstOverload *
        power(
          NEGOTIATION.lastOverload / NEGOTIATION.firstOverload,
          round / (NEGOTIATION.rounds - 1),
        );
      for (let a = 0; a < state.appStates.length; a++) {
        if (state.isPlaced[a] === 1 && state.appStates[a].app.capacity !== 'none') this.reselect(a);
      }
      if (!this.updateHistory(step)) return;
      step *= NEGOTIATION.stepDecay;
    }
  }

  /** Updates the history costs by use; false when no cluster is overloaded. */
  private updateHistory(step: number): boolean {
    const { historyCost, meanUse, meanClusterValue } = this;
    const { used, capacity, limit } = this.state.residual;
    let isOver = false;
    for (let at = 0; at < historyCost.length; at++) {
      const unit = meanUse[at % KINDS];
      if (capacity[at] === POSITIVE_INFINITY || unit === 0) continue;
      if (used[at] > limit[at]) isOver = true;
      const over = Math.max(-1, Math.min(1, (used[at] - capacity[at]) / unit));
      historyCost[at] = Math.max(0, historyCost[at] + (step * meanClusterValue * over) / unit);
    }
    return isOver;
  }

  /** Improves the set of one app by exchanges under the congestion costs. */
  private reselect(a: number): void {
    const { state } = this;
    state.remove(a);
    for (let k = 0; k < NEGOTIATION.maxSwaps; k++) if (!this.bestSwap(a)) break;
    state.place(a, state.appStates[a].open);
  }

  private bestSwap(a: number): boolean {
    const { state } = this;
    const appState = state.appStates[a];
    const { clusters, required } = appState.app;
    const { swapChange } = appState.nearSwaps();
    let least = state.leastGain(a);
    let into = -1;
    let out = -1;
    for (let p = 0; p < appState.open.length; p++) {
      const from = appState.open[p];
      if (required[from] === 1) continue;
      const saved = this.congestionCost(a, from, appState.load[p]);
      const row = p * clusters;
      for (let cluster = 0; cluster < clusters; cluster++) {
        const change = swapChange[row + cluster] - saved;
        if (change >= least) continue;
        const paid = change + this.congestionCost(a, cluster, state.loadAt(a, cluster, from));
        if (paid >= least) continue;
        const step = { app: a, into: cluster, out: from };
        if (state.legalChange(step, swapChange[row + cluster]) === POSITIVE_INFINITY) continue;
        least = paid;
        into = cluster;
        out = from;
      }
    }
    state.spend(clusters * appState.open.length);
    if (into < 0) return false;
    appState.moveTo(appState.setAfter(into, out));
    return true;
  }

  /** History and present cost of a cluster for an app that is not on it. */
  private congestionCost(a: number, cluster: number, load: number): number {
    const { scratch, historyCost, state, meanUse } = this;
    writeUse(state.appStates[a].app, load, scratch, 0);
    const { used, limit, limitedKinds } = state.residual;
    let history = 0;
    let over = 0;
    for (let k = 0; k < limitedKinds.length; k++) {
      const kind = limitedKinds[k];
      const at = cluster * KINDS + kind;
      history += historyCost[at] * scratch[kind];
      const missing = used[at] + scratch[kind] - limit[at];
      if (missing > 0) over = Math.max(over, Math.min(missing, scratch[kind]) / meanUse[kind]);
    }
    return history + this.overloadFactor * this.meanClusterValue * over;
  }
}
