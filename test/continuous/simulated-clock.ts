/** A clock of tests: time passes only when everybody waits for it, and then jumps to the first who is due. */
import type { Clock } from '../../providers/continuous/clock';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** A clock that starts at `start` milliseconds since 1970. */
export class SimulatedClock implements Clock {
  private time: number;
  private order = 0;
  private sleepers: Sleeper[] = [];

  constructor(start: number) {
    this.time = start;
  }

  readonly now = () => this.time;

  readonly sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const sleeper = { at: this.time + milliseconds, order: this.order++, wake: end };
      this.sleepers.push(sleeper);
      signal.addEventListener('abort', end);
    });

  /** Lets time pass until `end`, one sleeper after another; `settle` waits until all that is awake has fallen asleep. */
  async pass(end: number, settle: () => Promise<void>): Promise<void> {
    for (;;) {
      await settle();
      const [next] = [...this.sleepers].sort((a, b) => a.at - b.at || a.order - b.order);
      if (next === undefined || next.at > end) break;
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
    this.time = end;
  }
}
