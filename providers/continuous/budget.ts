/** Budget: how many moves there may be in an hour and in a day. */

/** Most moves within any hour and any day; undefined: no limit. */
export interface Budget {
  readonly perHour?: number;
  readonly perDay?: number;
}

const HOUR_MILLISECONDS = 3_600_000;
const windows = [
  { window: 'hour', key: 'perHour', milliseconds: HOUR_MILLISECONDS },
  { window: 'day', key: 'perDay', milliseconds: 24 * HOUR_MILLISECONDS },
] as const;

/** What is left at `now` (milliseconds since 1970) after moves at these instants. */
export function movesLeft(
  budget: Budget,
  moves: readonly string[],
  now: number,
): readonly { readonly window: 'hour' | 'day'; readonly left: number; readonly most: number }[] {
  return windows.flatMap(({ window, key, milliseconds }) => {
    const most = budget[key];
    if (most === undefined) return [];
    // What a clock that was ahead has written counts too.
    const used = moves.filter((one) => Date.parse(one) > now - milliseconds).length;
    return [{ window, left: Math.max(0, most - used), most }];
  });
}

/** The moves that may still count at `now`. */
export function recentMoves(moves: readonly string[], now: number): readonly string[] {
  return moves.filter((one) => Date.parse(one) > now - 24 * HOUR_MILLISECONDS);
}
