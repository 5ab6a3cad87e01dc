/** Clock: the time and waiting for it, so that tests can let a day pass. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What a loop needs of time. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends after so many milliseconds, or when the signal aborts; never throws. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};
