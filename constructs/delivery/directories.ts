/** Directories: a folder per app and cluster and no hub: for engines that are not known here, and for kubectl. */
import { z } from '../parsing';
import type { Engine } from './engine';
import { headerShape } from './setting-parts';

/** Settings of plain folders: there are none. */
export const directoriesSchema = z.strictObject({
  ...headerShape,
  engine: z.literal('directories').describe('Folders of plain objects, and no hub.'),
});

/** What folders do not promise. */
export const directoriesCannot = [
  'Nothing here applies, waits, compares or removes anything: that is left to who reads the folders.',
];

/** The engine. */
export function directories(): Engine {
  return {
    carriedBy: 'files',
    cannot: directoriesCannot,
    namespace: undefined,
    missing: undefined,
    folderOf: (app, cluster) => `apps/${app}/${cluster}`,
    contentOf: (manifest) => manifest,
    hubObjects: () => [],
    withdrawing: () => undefined,
    finalizer: () => undefined,
    readiness: () => ({ ready: true, reason: 'a file' }),
    leadsTo: () => undefined,
  };
}
