/** Cross-app exchanges: every app takes the places it wants as long as a chain of moves that begins with it lowers the value. */
import { EjectionChains } from './ejection-chain';
import type { JointState } from './joint-state';

/** Improves the seated apps until no chain helps or the work is spent. No cluster becomes too full. */
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

/** The cluster without which an app is best off. */
function bestDrop(state: JointState, a: number) {
  const appState = state.appStates[a];
  for (let position = 0; position < appState.open.length; position++) {
    const step = { app: a, into: -1, out: appState.open[position] };
    const change = appState.closingChange[position];
    if (change >= state.leastGain(a) || appState.app.held[step.out] === 1) continue;
    if (!state.fitsAfter([step]) || state.legalChange(step, change) >= state.leastGain(a)) continue;
    return { moves: [step], change };
  }
  return undefined;
}
