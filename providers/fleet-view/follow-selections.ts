/** Follows what selections select while these change: an app may get its first workload, or one more, while somebody looks on. */
import { setMaxListeners } from 'node:events';
import type { Selection } from '../clusters/api/objects';
import { pause } from '../clusters/deadline';
import { ClusterError } from '../clusters/errors';

/** What is followed. */
export interface SelectionFollower {
  /** What is selected now. */
  readonly selections: () => Promise<readonly Selection[]>;
  /** Follows one selection until the signal is aborted; one that ends by itself rejects all. */
  readonly follow: (selection: Selection, signal: AbortSignal) => Promise<void>;
  /** Between two looks at the selections. Undefined: they never change. */
  readonly lookMilliseconds: number | undefined;
}

/** Each selection is followed once, from when it appears. Ends with the signal; rejects when the first selections cannot be read, or one cannot be followed. */
export async function followSelections(
  { selections, follow, lookMilliseconds }: SelectionFollower,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  setMaxListeners(0, all);
  const begun = new Set<string>();
  const running: Promise<void>[] = [];
  let failed: (reason: unknown) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  const look = async (): Promise<void> => {
    for (const selection of await selections()) {
      const key = JSON.stringify(selection);
      if (begun.has(key)) continue;
      begun.add(key);
      running.push(follow(selection, all).catch(failed));
    }
  };
  const work = async (): Promise<void> => {
    await look();
    while (lookMilliseconds !== undefined && !all.aborted) {
      await pause(lookMilliseconds, all);
      if (!all.aborted) await look().catch(laterFailure);
    }
    await Promise.all(running);
  };
  try {
    await Promise.race([work(), failure]);
  } finally {
    stop.abort();
  }
}

/** What is followed already tells when its cluster is silent; the next look may succeed. */
function laterFailure(error: unknown): void {
  if (!(error instanceof ClusterError)) throw error;
}

/** How often the workloads of an app are looked for: five small lists for each cluster. */
export const appLookMilliseconds = 10_000;
