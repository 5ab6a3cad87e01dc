/**
 * Negotiation: apps take turns in choosing anew while clusters that are too full get dearer, until few are (negotiated congestion;
 * McMurchie and Ebeling, FPGA 1995). What a cluster charges lasts as a price of its limits does in a Lagrangian relaxation,
 * and on top comes what the newcomer alone would make too full. A round looks once at all exchanges of every app.
 */

import { power } from '../../model/trigonometry';
import { NEGOTIATION } from '../options';
import type { JointState } from './joint-state';
import { KINDS, writeUse } from './residual-capacity';

const { POSITIVE_INFINITY } = Number;

/** Lets the seated apps move until clusters have about the room they need; some may still be too full. */
export function negotiateCongestion(state: JointState): void {
  new CongestionNegotiation(state).run();
}

class CongestionNegotiation {
  /** Price per unit, [cluster * KINDS + kind]. */
  private readonly historyCost: Float64Array;
  /** By kind: what an app uses of a cluster on average. */
  private readonly meanUse = new Float64Array(KINDS);
  /** What a place is worth on average. */
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

  /** Prices follow what is used; false when everything fits. */
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

  /** One app chooses anew, exchange by exchange. */
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

  /** What a cluster charges an app that is not there. */
  private congestionCost(a: number, cluster: number, load: number): number {
    const { scratch, historyCost, state, meanUse } = this;
    writeUse(state.appStates[a].app, load, scratch, 0);
    const { used, limit, limitedKinds } = state.residual;
    let rent = 0;
    let over = 0;
    for (let k = 0; k < limitedKinds.length; k++) {
      const kind = limitedKinds[k];
      const at = cluster * KINDS + kind;
      rent += historyCost[at] * scratch[kind];
      const missing = used[at] + scratch[kind] - limit[at];
      if (missing > 0) over = Math.max(over, Math.min(missing, scratch[kind]) / meanUse[kind]);
    }
    return rent + this.overloadFactor * this.meanClusterValue * over;
  }
}
