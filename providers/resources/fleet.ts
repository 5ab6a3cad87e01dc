/** Fleet: the clusters there are, read from a document or from the API server of every context of a kubeconfig. */
import type { Fleet } from '../../constructs/model/fleet';
import { parseDocument, z } from '../../constructs/parsing';
import { readFleet } from '../sources/files/documents';
import { resolvePath } from '../sources/files/text-file';
import { readOverlay } from '../sources/fleet/overlay';
import type { DataSource } from './contract';
import { exactlyOneOf, type SourceWorld } from './source-world';

const path = z.string().min(1);
const fleetSourceSchema = z.strictObject({
  file: path
    .optional()
    .describe('A Fleet document, YAML or JSON, with its latency CSV. Give this or kubeconfig.'),
  kubeconfig: path
    .optional()
    .describe(
      'A path, or several as in KUBECONFIG: asks the API server of every context. Only this goes into the fleet.',
    ),
  contexts: z.array(path).optional().describe('Asks only these contexts. Default: all.'),
  overlay: path
    .optional()
    .describe('A file with what no API server tells: coordinates, regions, providers, prices.'),
  previous: path
    .optional()
    .describe('The Fleet document of the last time: a silent cluster keeps what was known of it.'),
  deadlineSeconds: z
    .number()
    .gt(0)
    .max(3600)
    .default(10)
    .describe('How long a cluster may take to answer before it counts as unreachable.'),
});

/** How to read a fleet. */
type FleetProps = z.output<typeof fleetSourceSchema>;

/** What was read. */
export interface FleetValue {
  /** The clusters to choose from. */
  readonly fleet: Fleet;
  /** What to know about it, without secrets. */
  readonly warnings: readonly string[];
}

/** The data source `fleet`. */
export const fleet: DataSource<FleetProps, FleetValue, SourceWorld> = {
  kind: 'fleet',
  doc: 'Reads the clusters to choose from: a Fleet document, or the contexts of a kubeconfig with what each API server says of itself.',
  schema: fleetSourceSchema,
  parse: (source) =>
    parseDocument(
      {
        schema: fleetSourceSchema,
        build: (value, report) => {
          exactlyOneOf(value, ['file', 'kubeconfig'], report);
          if (value.file === undefined) return value;
          for (const key of ['contexts', 'overlay', 'previous'] as const) {
            if (value[key] === undefined) continue;
            report({
              code: 'Contradiction',
              path: [key],
              summary: `got ${key} and also file, expected it only with kubeconfig`,
              remedy: `Remove ${key}, or give kubeconfig instead of file.`,
            });
          }
          return value;
        },
      },
      source,
    ),
  read: async (props, world) => {
    const at = (file: string) => resolvePath(file, world.folder);
    if (props.file !== undefined) {
      return { fleet: readFleet(at(props.file), { path: 'file' }), warnings: [] };
    }
    // Loaded here: the Kubernetes client costs a start-up that most calls do not need.
    const { discoverFleet } =
      require('../sources/fleet/kubeconfig') as typeof import('../sources/fleet/kubeconfig');
    const { kubeconfig = '', contexts, overlay, previous, deadlineSeconds } = props;
    return discoverFleet({
      kubeconfig,
      folder: world.folder,
      now: world.now,
      deadlineSeconds,
      ...(contexts === undefined ? {} : { contexts }),
      ...(overlay === undefined ? {} : { overlay: readOverlay(at(overlay)) }),
      ...(previous === undefined
        ? {}
        : { previous: readFleet(at(previous), { path: 'previous' }) }),
    });
  },
};
