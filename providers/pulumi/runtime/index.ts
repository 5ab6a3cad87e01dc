/** Runtime: what the providers that Pulumi keeps in its state call by name; they hold no code of their own. */
import { worldOf } from '../../resources/release';
import { retirementWorldOf } from '../../resources/retirement';
import type { SourceWorld } from '../../resources/source-world';
import { trafficWorldOf } from '../../resources/traffic';
import { interruption } from './interruption';
import { placementProvider } from './placement-provider';
import { releaseProvider } from './release-provider';
import { retirementProvider } from './retirement-provider';
import { lifetimeIn, snapshotFolder } from './snapshot-folder';
import { trafficProvider } from './traffic-provider';

/** Pulumi starts the provider in the folder of the program; relative paths start there. */
const folder = (): string => process.cwd();

/** What reading needs, from this process. */
export function ownWorld(): SourceWorld {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return { now, folder: folder(), environment: process.env };
}

let interrupted: AbortSignal | undefined;

/** Looked for once, at the first release: Pulumi's server listens before it calls anything of ours. */
function signal(): AbortSignal {
  interrupted ??= interruption();
  return interrupted;
}

/** The dynamic provider of every Placement. */
export const placement = placementProvider(ownWorld, () => ({
  folder: snapshotFolder(process.env, folder()),
  lifetimeSeconds: lifetimeIn(process.env),
  clock: Date.now,
}));
// Pulumi shows what a provider writes there.
const say = (line: string) => void process.stderr.write(`${line}\n`);

/** The dynamic provider of every Release. */
export const release = releaseProvider(() => worldOf(folder(), { signal: signal() }), say);
/** The dynamic provider of every Retirement. */
export const retirement = retirementProvider(
  () => retirementWorldOf(folder(), process.env, { say, signal: signal() }),
  say,
);
/** The dynamic provider of every Traffic. */
export const traffic = trafficProvider(() => trafficWorldOf(folder(), process.env), say);
