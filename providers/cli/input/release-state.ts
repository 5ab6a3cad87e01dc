/** Release state: an optional file that remembers where each release is, for clusters that leave the fleet or do not answer. */
import { existsSync } from 'node:fs';
import { parseDocument, z } from '../../../constructs/parsing';
import { type ReleaseState, stateSchema } from '../../resources/release';
import { readTextFile, resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import type { Session } from '../output/terminal';
import type { Flags } from './flags';

/** The flag that names it. */
export const stateFlags = {
  state: {
    value: 'FILE',
    doc: 'Remembers where each release is, also on clusters that left the fleet. Default: only what the clusters themselves tell.',
  },
} as const satisfies Flags;

/** States by release. */
export type States = Readonly<Record<string, ReleaseState>>;

/** What the file says; nothing when there is none yet. Throws EdgeErrors. */
export function readStates(path: string | undefined, { cwd }: Session): States {
  const file = path === undefined ? undefined : resolvePath(path, cwd);
  if (file === undefined || !existsSync(file)) return {};
  const spec = { schema: z.record(z.string(), stateSchema), build: (states: States) => states };
  return parseDocument(spec, readTextFile(file, { path: '--state' }), { file });
}

/** Keeps what is now; releases that are nowhere any more are forgotten. */
export function writeStates(
  path: string | undefined,
  states: Readonly<Record<string, ReleaseState | undefined>>,
  { cwd }: Session,
): void {
  if (path === undefined) return;
  writeFileAtomically(resolvePath(path, cwd), `${JSON.stringify(states, null, 2)}\n`);
}
