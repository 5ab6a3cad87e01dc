/** Subsets: all choices of so many members. */

/** All subsets of this size, in lexicographic order. */
export function* combinations<Member>(
  members: readonly Member[],
  size: number,
  from = 0,
): Generator<Member[]> {
  if (size === 0) yield [];
  for (let i = from; size > 0 && i <= members.length - size; i++) {
    for (const rest of combinations(members, size - 1, i + 1)) yield [members[i]!, ...rest];
  }
}
