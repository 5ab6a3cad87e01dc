/** Snapshot folder: where a preview leaves for its update what it read and decided, and for how long. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** How long a snapshot lives in the user's cache, in seconds. */
const SNAPSHOT_SECONDS = 600;
/** How long one lives that is carried to another machine: a review takes its time. */
const CARRIED_SECONDS = 86_400;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where snapshots lie: in LITTORAL_SNAPSHOTS, from the folder of the program, which goes from the machine of a
 * preview to that of its update; else in the user's cache, readable by this user alone.
 */
export function snapshotFolder(environment: Environment, program: string): string {
  const { LITTORAL_SNAPSHOTS } = environment;
  if (LITTORAL_SNAPSHOTS) return resolve(program, LITTORAL_SNAPSHOTS);
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), '.cache'), 'littoral', 'pulumi');
}

/** LITTORAL_SNAPSHOT_SECONDS, or 600, or a day where LITTORAL_SNAPSHOTS is carried; 0 keeps nothing. */
export function lifetimeIn({ LITTORAL_SNAPSHOTS, LITTORAL_SNAPSHOT_SECONDS }: Environment): number {
  const usual = LITTORAL_SNAPSHOTS ? CARRIED_SECONDS : SNAPSHOT_SECONDS;
  const given = Number(LITTORAL_SNAPSHOT_SECONDS ?? usual);
  return Number.isFinite(given) && given >= 0 ? given : usual;
}
