/** Deadlines and pauses: nothing in this room waits without one. */
import { setMaxListeners } from 'node:events';

/** Runs `work` with a signal that is aborted after `milliseconds`, or with `outer`. The timer ends with the work. */
export async function withDeadline<T>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  // As many requests as there are objects may wait for the same deadline.
  setMaxListeners(0, controller.signal);
  const timer = setTimeout(() => controller.abort(new DeadlinePassed()), milliseconds);
  const end = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) end();
  outer?.addEventListener('abort', end, { once: true });
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', end);
  }
}

/** The reason of a signal whose time is over. */
export class DeadlinePassed extends Error {
  constructor() {
    super('the deadline has passed');
    this.name = 'DeadlinePassed';
  }
}

/** Resolves after `milliseconds` or when `signal` is aborted, whichever is first. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
