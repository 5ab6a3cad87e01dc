/** From where a proof begins to what it proves, with what was settled before it. */

import type { Point } from '../problem/problem';
import { prove } from './branch-and-bound';
import type { Node, Proved, Quest } from './branch-context';
import { proveBySize } from './by-size';

/** Where a proof begins, and what came before it. */
export interface Start {
  readonly relaxed: readonly number[];
  /** Undefined when there is nothing to go on with but what is settled. */
  readonly node?: Node;
  /** The point that decided some clusters, and what it proves where that is known. */
  readonly settled?: { readonly point: Point; readonly value?: number };
}

/** What the settled point and the steps after it prove. */
export function provedFrom(quest: Quest, { settled, node }: Start, isUsed: boolean): Proved {
  if (node === undefined) {
    if (settled === undefined) throw new Error('there is nothing to prove from');
    const { point, value = Number.NEGATIVE_INFINITY } = settled;
    return { value: Math.min(value, quest.cutoff()), proof: { point } };
  }
  const { value, proof } = isUsed ? proveBySize(quest, node) : prove(quest, node);
  if (settled === undefined) return { value, proof };
  const most = Math.max(value, Math.min(settled.value ?? value, quest.cutoff()));
  return { value: most, proof: { point: settled.point, next: proof } };
}
