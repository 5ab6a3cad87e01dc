/** Order: lists of a decision are sorted by name, and name everything once. */
import { byCodeUnits } from '../../model/canonical';
import type { FindingLog } from './findings';

/** Checks that names are sorted and unique. */
export function checkOrder(names: readonly string[], path: string, log: FindingLog): void {
  const wrong = names.findIndex(
    (name, index) => index > 0 && byCodeUnits(names[index - 1]!, name) >= 0,
  );
  if (wrong >= 0)
    log.add(
      `${path}[${wrong}]`,
      `got ${names[wrong]} after ${names[wrong - 1]}, expected names in order, each once`,
    );
}
