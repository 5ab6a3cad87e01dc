/** Snapshot: what a preview read, kept for a short while so that the update it leads to decides from the same numbers. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../../constructs/model/canonical';

/** Which phase of Pulumi this is, where snapshots lie, and what the clock says. */
export interface Phase {
  readonly preview: boolean;
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly lifetimeSeconds: number;
}

/** A value and, when an update could not use what its preview read, a sentence about it. */
export interface Taken<T> {
  readonly value: T;
  readonly warning?: string;
}

interface Kept {
  readonly readAt: number;
  readonly value: unknown;
}

const notHere =
  'no preview of this stack left what it read here, so it was read now; where a preview was reviewed, what is applied may differ from what was shown. Carry the folder LITTORAL_SNAPSHOTS from the preview to the update, or pin the decision with lock.';

/**
 * A preview reads and keeps; an update takes what the preview kept, once, while it is young; when there is none or
 * it is too old it reads for itself. `key` says what is read: equal keys share a snapshot.
 */
export async function sameInBoth<T>(
  key: object,
  read: () => Promise<T>,
  { preview, folder, clock, lifetimeSeconds }: Phase,
): Promise<Taken<T>> {
  if (lifetimeSeconds === 0) return { value: await read() };
  const file = join(
    folder,
    `${createHash('sha256').update(canonicalJson(key)).digest('hex')}.json`,
  );
  if (preview) {
    const value = await read();
    keep(file, folder, { readAt: clock(), value });
    return { value };
  }
  const kept = tryKept(file);
  if (kept === undefined) return { value: await read(), warning: notHere };
  rmSync(file, { force: true });
  const age = Math.round((clock() - kept.readAt) / 1000);
  if (age >= 0 && age <= lifetimeSeconds) return { value: kept.value as T };
  const why =
    age < 0
      ? `${-age} s after now: the clock was turned back`
      : `${age} s ago, more than ${lifetimeSeconds} s`;
  const warning = `the preview read this ${why}, so it was read again; what is applied may differ from what was shown. Run pulumi up again to review it, or pin the decision with lock.`;
  return { value: await read(), warning };
}

/** Other runs never see half a file. A cache that cannot be written is none. */
function keep(file: string, folder: string, kept: Kept): void {
  const half = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(half, JSON.stringify(kept), { mode: 0o600 });
    renameSync(half, file);
  } catch {
    // Not written: the update will read for itself.
  }
}

function tryKept(file: string): Kept | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Partial<Kept>;
    return typeof kept.readAt === 'number' ? { readAt: kept.readAt, value: kept.value } : undefined;
  } catch {
    return undefined;
  }
}
