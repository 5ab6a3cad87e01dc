/** How many random problems the tests try: LITTORAL_RUNS times as many as usual, from LITTORAL_SEED on. */

/** The seed of every random test; printed by fast-check when one fails. */
export const seed = Number(process.env.LITTORAL_SEED ?? 20261121);

/** `usual` runs, or LITTORAL_RUNS times as many. */
export function runs(usual: number): number {
  return Math.ceil(usual * Number(process.env.LITTORAL_RUNS ?? 1));
}

/** For tests whose runs are slow: a tenth of `all`; `npm run test:long` does all, or LITTORAL_RUNS times as many. */
export function slowRuns(all: number): number {
  return Math.ceil(all * Number(process.env.LITTORAL_RUNS ?? 0.1));
}

/** Long enough for any number of runs. */
export const TIMEOUT = 3_600_000;
