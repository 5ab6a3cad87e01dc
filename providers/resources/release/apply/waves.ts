/** Waves: groups of clusters that change at the same time; clusters with few requests first, so that a mistake affects few users. */
import { byCodeUnits } from '../../../../constructs/model/canonical';
import { type Matchable, matches } from '../../../../constructs/model/match';
import type { Wave } from '../state/props';

/** A cluster that waits for its wave. */
interface Waiting {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly facts: Matchable;
}

/** Every cluster in exactly one wave; what no wave takes goes last. Empty waves are left out. */
export function wavesOf<T extends Waiting>(
  waiting: readonly T[],
  waves: readonly Wave[],
): readonly (readonly T[])[] {
  let rest = [...waiting].sort(
    (a, b) => a.requestsPerSecond - b.requestsPerSecond || byCodeUnits(a.name, b.name),
  );
  const groups: (readonly T[])[] = [];
  for (const wave of waves) {
    const group = takenBy(wave, rest, waiting.length);
    const taken = new Set(group);
    rest = rest.filter((one) => !taken.has(one));
    groups.push(group);
  }
  return [...groups, rest].filter((group) => group.length > 0);
}

function takenBy<T extends Waiting>(wave: Wave, rest: readonly T[], all: number): readonly T[] {
  if ('match' in wave) return rest.filter(({ facts }) => matches(wave.match, facts));
  const count = 'clusters' in wave ? wave.clusters : Math.ceil(wave.share * all - 1e-9);
  return rest.slice(0, count);
}
