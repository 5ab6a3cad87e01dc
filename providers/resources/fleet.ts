/** Fleet: the clusters there are, read from a document, from the contexts of a kubeconfig, or from the inventory of a hub. */
import type { Fleet } from '../../constructs/model/fleet';
import { parseDocument, type Report, z } from '../../constructs/parsing';
import { readFleet } from '../sources/files/documents';
import { resolvePath } from '../sources/files/text-file';
import { inventoryKeys } from '../sources/fleet/inventories/registry';
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
  from: z
    .enum(inventoryKeys)
    .optional()
    .describe(
      'Reads the inventory of this kind from a hub that the kubeconfig leads to. Default: the contexts are the inventory.',
    ),
  hub: path.optional().describe('Context of the hub. Default: the current context.'),
  namespace: path.optional().describe('Namespace of the hub to list. Default: all.'),
  forget: z
    .array(path)
    .optional()
    .describe(
      'Clusters of `previous` that are gone. What an inventory lists no more is kept as cordoned until it is named here.',
    ),
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

const ofContexts = ['contexts'] as const;
const ofHubs = ['from', 'hub', 'namespace', 'forget'] as const;

/** Refuses arguments of the one way of discovering beside the other. */
function reportStray(value: FleetProps, report: Report): void {
  const [stray, needs] =
    value.from === undefined
      ? [ofHubs.filter((key) => value[key] !== undefined), 'only with from']
      : [ofContexts.filter((key) => value[key] !== undefined), 'not with from'];
  for (const key of stray) {
    report({
      code: 'Contradiction',
      path: [key],
      summary: `got ${key}, expected it ${needs}`,
      remedy: value.from === undefined ? `Add from, or remove ${key}.` : `Remove ${key} or from.`,
    });
  }
}

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
  doc: 'Reads the clusters to choose from: a Fleet document, the contexts of a kubeconfig, or the inventory of a hub, with what each API server says of itself.',
  schema: fleetSourceSchema,
  parse: (source) =>
    parseDocument(
      {
        schema: fleetSourceSchema,
        build: (value, report) => {
          exactlyOneOf(value, ['file', 'kubeconfig'], report);
          if (value.file === undefined) {
            reportStray(value, report);
            return value;
          }
          for (const key of [...ofContexts, ...ofHubs, 'overlay', 'previous'] as const) {
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
      require('../sources/fleet/discover') as typeof import('../sources/fleet/discover');
    const { kubeconfig = '', contexts, overlay, previous, deadlineSeconds } = props;
    const { from, hub, namespace, forget } = props;
    return discoverFleet({
      kubeconfig,
      folder: world.folder,
      now: world.now,
      deadlineSeconds,
      ...(contexts === undefined ? {} : { contexts }),
      ...(from === undefined ? {} : { from }),
      ...(hub === undefined ? {} : { hub }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(forget === undefined ? {} : { forget }),
      ...(overlay === undefined ? {} : { overlay: readOverlay(at(overlay)) }),
      ...(previous === undefined
        ? {}
        : { previous: readFleet(at(previous), { path: 'previous' }) }),
    });
  },
};
