/** Spelling: finds the name a person most likely meant among the names that exist. */

const longest = 64;

/** The candidate closest to `name` by edits (insert, delete, replace, swap neighbours), or undefined when none is close; ties go to the first. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length === 0 || name.length > longest) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Damerau-Levenshtein distance (optimal string alignment); `limit` or more is reported as `limit`. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + cost,
      );
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (row > 1 && column > 1 && swapped) {
        distance = Math.min(distance, beforePrevious[column - 2]! + 1);
      }
      current.push(distance);
      if (distance < least) least = distance;
    }
    // A swap reaches back two rows, so one row over the limit is not yet the end.
    if (least > limit) return limit;
    [beforePrevious, previous] = [previous, current];
  }
  return Math.min(previous[b.length]!, limit);
}

/** `Did you mean "x"?`-style remedy: the nearest name first, then at most `most` of those that exist. */
export function useOneOf(name: string, candidates: readonly string[], most = 8): string {
  if (candidates.length === 0) return 'Remove it: there is nothing to choose from.';
  const near = nearest(name, candidates);
  const others = candidates.filter((candidate) => candidate !== near);
  const room = near === undefined ? most : most - 1;
  const rest = others.length - room;
  const listed = [...others.slice(0, room), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
  if (near === undefined) return `Use one of: ${listed}.`;
  return listed === '' ? `Write ${near}.` : `Write ${near}, or one of: ${listed}.`;
}
