/** What origins that fit a room save at the most: the best of them in part where they may be divided, else a choice of whole ones. */

/** An origin that saves something where it is served; both numbers are positive. */
export interface Packed {
  readonly saved: number;
  readonly requestsPerSecond: number;
}

/** Choices of whole origins that are kept at a time; beyond, they are taken for divisible. */
const MOST_KEPT = 20_000;
/** What fits may be over by this share. */
const OVER = 1 + 1e-8;

/** No origins that fit together save more than this. */
export function mostSaved(origins: readonly Packed[], room: number, isWhole: boolean): number {
  const limit = room * OVER;
  const fitting = isWhole ? origins.filter((one) => one.requestsPerSecond <= limit) : origins;
  let [all, saved] = [0, 0];
  for (const one of fitting) {
    all += one.requestsPerSecond;
    saved += one.saved;
  }
  if (all <= limit) return saved;
  const sorted = [...fitting].sort(
    (a, b) => b.saved / b.requestsPerSecond - a.saved / a.requestsPerSecond,
  );
  const divided = savedFrom(sorted, 0, limit);
  return isWhole ? (chosen(sorted, limit) ?? divided) : divided;
}

/** The best first, the last of them in part. */
function savedFrom(sorted: readonly Packed[], from: number, room: number): number {
  let [saved, left] = [0, room];
  for (let i = from; i < sorted.length; i++) {
    const { saved: each, requestsPerSecond } = sorted[i]!;
    if (requestsPerSecond > left) return saved + (each * left) / requestsPerSecond;
    saved += each;
    left -= requestsPerSecond;
  }
  return saved;
}

interface Choice {
  readonly load: number;
  readonly saved: number;
}

/**
 * The best choice of whole origins, one after another: of two choices so far the one that loads no less and saves no more is dropped
 * (Nemhauser and Ullmann, Management Science 15, 1969), and so is whoever cannot pass the best even with the rest divided.
 * Undefined when there are too many.
 */
function chosen(sorted: readonly Packed[], limit: number): number | undefined {
  let best = greedy(sorted, 0, { load: 0, saved: 0 }, limit);
  let choices: Choice[] = [{ load: 0, saved: 0 }];
  for (const [index, one] of sorted.entries()) {
    const next: Choice[] = [];
    const keep = (choice: Choice) => {
      if (choice.load > limit) return;
      const last = next[next.length - 1];
      if (last !== undefined && last.saved >= choice.saved) return;
      if (choice.saved + savedFrom(sorted, index + 1, limit - choice.load) <= best) return;
      best = Math.max(best, greedy(sorted, index + 1, choice, limit));
      next.push(choice);
    };
    for (let i = 0, j = 0; i < choices.length || j < choices.length; ) {
      const [without, start] = [choices[i], choices[j]];
      const withIt = start && {
        load: start.load + one.requestsPerSecond,
        saved: start.saved + one.saved,
      };
      if (withIt === undefined || (without !== undefined && without.load <= withIt.load)) {
        keep(without!);
        i++;
      } else {
        keep(withIt);
        j++;
      }
    }
    if (next.length > MOST_KEPT) return undefined;
    choices = next;
  }
  return best;
}

/** From a choice on, everyone who still fits. */
function greedy(sorted: readonly Packed[], from: number, choice: Choice, limit: number): number {
  let { load, saved } = choice;
  for (let i = from; i < sorted.length; i++) {
    const one = sorted[i]!;
    if (load + one.requestsPerSecond > limit) continue;
    load += one.requestsPerSecond;
    saved += one.saved;
  }
  return saved;
}
