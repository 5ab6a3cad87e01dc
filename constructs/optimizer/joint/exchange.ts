/** Cross-app exchanges: every app takes the places it wants as long as a chain of moves that begins with it lowers the value. */
import { Chains } from './ejection-chain';
import type { Table } from './joint-state';

/** Improves the seated apps until no chain helps or the work is spent. No cluster becomes too full. */
export function exchange(table: Table): void {
  const chains = new Chains(table);
  for (let moved = true; moved; ) {
    moved = false;
    for (let a = 0; a < table.seats.length; a++) {
      while (table.isSeated[a] === 1 && !table.isTired()) {
        const chain = chains.startingWith(a, table.leastGain(a)) ?? dropped(table, a);
        if (chain === undefined) break;
        for (const step of chain.steps) table.step(step);
        moved = true;
      }
    }
  }
}

/** The cluster without which an app is best off. */
function dropped(table: Table, a: number) {
  const seat = table.seats[a];
  for (let position = 0; position < seat.open.length; position++) {
    const step = { app: a, into: -1, out: seat.open[position] };
    const change = seat.leaving[position];
    if (change >= table.leastGain(a) || seat.app.held[step.out] === 1) continue;
    if (!table.fitsAfter([step]) || table.changeBy(step, change) >= table.leastGain(a)) continue;
    return { steps: [step], change };
  }
  return undefined;
}
