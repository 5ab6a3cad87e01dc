/** littoral discover: asks the clusters of a kubeconfig, or of the inventory of a hub, what they are and prints them as a Fleet document. */
import { existsSync } from 'node:fs';
import type { Fleet } from '../../../constructs/model/fleet';
import { fleetDocument } from '../../../constructs/model/fleet-document';
import { counted } from '../../../constructs/model/numbers';
import { nearest } from '../../../constructs/parsing';
import { readFleet } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import { discoverFleet } from '../../sources/fleet/discover';
import { type InventoryKey, inventoryKeys } from '../../sources/fleet/inventories/registry';
import { readOverlay } from '../../sources/fleet/overlay';
import { type Flags, usageError } from '../input/flags';
import { wallClock } from '../input/inputs';
import { type ExitCode, exit } from '../output/exit';
import { nearPath, printWarnings } from '../output/print';
import { yamlText } from '../output/print/yaml';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  kubeconfig: {
    value: 'FILE',
    doc: 'The kubeconfig to read. Default: all files of $KUBECONFIG, as kubectl merges them, else ~/.kube/config. Only paths go into the fleet.',
  },
  context: {
    value: 'NAME',
    multiple: true,
    doc: 'Asks this context. Default: all. Not with --from.',
  },
  from: {
    value: 'KIND',
    doc: `Reads the inventory of a hub: ${inventoryKeys.join(', ')}. Default: the contexts of the kubeconfig are the inventory.`,
  },
  hub: { value: 'NAME', doc: 'Context of the hub, with --from. Default: the current context.' },
  namespace: {
    value: 'NAME',
    short: 'n',
    doc: 'Namespace of the hub to list, with --from. Default: all.',
  },
  forget: {
    value: 'NAME',
    multiple: true,
    doc: 'With --from: a cluster of the last time that is gone. What the inventory lists no more is kept as cordoned until it is named here.',
  },
  overlay: {
    value: 'FILE',
    doc: 'What no API server tells, or what is to stand in its place: clusters: [{name, context, latitude, longitude, region, country, city, provider, labels, taints, allocatable, requestsPerSecond, signals, prices}].',
  },
  previous: {
    value: 'FLEET.yaml',
    doc: 'The fleet of the last time: a cluster that cannot be read keeps what was known of it, and since when. Default: the file of --output, if it is there.',
  },
  deadline: { value: 'SECONDS', doc: 'How long a cluster may take. Default: 10.' },
  json: { doc: 'Prints JSON instead of YAML.' },
  output: { value: 'FILE', short: 'o', doc: 'Writes the document to this file instead.' },
} as const satisfies Flags;

/** The command `discover`. */
export const discover = command({
  name: 'discover',
  usage: [
    'littoral discover [--kubeconfig FILE] [--context NAME ...] [--overlay FILE] [--previous FLEET.yaml] [-o FILE]',
    'littoral discover --from KIND [--hub NAME] [--namespace NAME] [--forget NAME ...] [--overlay FILE] [-o FILE]',
  ],
  about:
    'Prints a Fleet with where each cluster is, what it may run and whether it answers. A cluster that cannot be read is listed as unreachable (no answer), forbidden (it does not let us look) or misconfigured (our files, plugins, certificates, names or proxies are wrong); only the first is ever left. It is left out only when nobody knows where it is. Exit code 5 when one of them cannot be read, 1 when none can. Credentials stay in the kubeconfig and in the Secrets of the hub.',
  flags,
  examples: [
    ['littoral discover --overlay places.yaml -o fleet.yaml', 'all contexts, and what you know'],
    ['littoral discover --context fra --context iad', 'two of them'],
    [
      'littoral discover --from karmada --hub karmada-apiserver -o fleet.yaml',
      'the members of Karmada',
    ],
  ],
  run: async (values, session) => {
    const kubeconfig = values.kubeconfig ?? fromEnvironment(session);
    const deadlineSeconds = values.deadline === undefined ? undefined : Number(values.deadline);
    if (deadlineSeconds !== undefined && !(deadlineSeconds > 0 && deadlineSeconds <= 3600)) {
      const summary = `got ${JSON.stringify(values.deadline)}, expected seconds, more than 0 and at most 3600`;
      throw usageError('discover', '--deadline', summary, 'Write it like --deadline 10.');
    }
    const from = inventoryOf(values);
    const at = (path: string) => resolvePath(path, session.cwd);
    const previous = previousOf(values, at);
    const { fleet, leftOut, warnings } = await discoverFleet({
      kubeconfig,
      folder: session.cwd,
      now: wallClock(),
      ...(values.context.length === 0 ? {} : { contexts: values.context }),
      ...(values.overlay === undefined ? {} : { overlay: readOverlay(at(values.overlay)) }),
      ...(previous === undefined ? {} : { previous }),
      ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
      ...(from === undefined ? {} : { from, forget: values.forget }),
      ...(values.hub === undefined ? {} : { hub: values.hub }),
      ...(values.namespace === undefined ? {} : { namespace: values.namespace }),
    });
    printWarnings(warnings, session);
    const document = withoutDefaults(fleetDocument(fleet));
    const text = values.json ? `${JSON.stringify(document, null, 2)}\n` : yamlText(document);
    const about = `${counted(fleet.clusters.length, 'cluster')}, ${blindIn(fleet)}${leftOut.length === 0 ? '' : `, ${leftOut.length} left out (${leftOut.join(', ')})`}\n`;
    if (values.output === undefined) {
      session.print(text);
      session.remark(about);
    } else {
      const file = at(values.output);
      writeFileAtomically(file, text);
      session.remark(`wrote ${nearPath(file, session.cwd)}: ${about}`);
    }
    return outcome(fleet, leftOut.length);
  },
});

/** The kind of inventory. Flags that belong to the other way of discovering are refused. */
function inventoryOf(values: {
  readonly from?: string | undefined;
  readonly hub?: string | undefined;
  readonly namespace?: string | undefined;
  readonly forget: readonly string[];
  readonly context: readonly string[];
}): InventoryKey | undefined {
  const { from } = values;
  if (from === undefined) {
    const stray = (['hub', 'namespace', 'forget'] as const).find((flag) =>
      Array.isArray(values[flag]) ? values[flag].length > 0 : values[flag] !== undefined,
    );
    if (stray === undefined) return undefined;
    throw usageError(
      'discover',
      `--${stray}`,
      `got --${stray} without --from`,
      `Add --from KIND, or remove --${stray}.`,
    );
  }
  const key = inventoryKeys.find((one) => one === from);
  if (key === undefined) {
    const near = nearest(from, inventoryKeys);
    const remedy =
      near === undefined ? `Use one of: ${inventoryKeys.join(', ')}.` : `Write --from ${near}.`;
    throw usageError(
      'discover',
      '--from',
      `got ${JSON.stringify(from)}, which is no kind of inventory`,
      remedy,
    );
  }
  if (values.context.length > 0) {
    const remedy =
      'Name the context of the hub with --hub; which of our contexts lead to its clusters is found by their addresses.';
    throw usageError('discover', '--context', 'got --context and also --from', remedy);
  }
  return key;
}

/** Leaves out defaults that parsing fills in again. */
function withoutDefaults(document: object): object {
  const isDefault = (key: string, value: unknown) =>
    (key.startsWith('usdPer') && value === 0) ||
    (key === 'state' && value === 'ready') ||
    (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  const pruned = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([key, member]) => !isDefault(key, member)));
  const {
    clusters,
    latencyModel: _,
    ...rest
  } = document as { clusters: object[]; latencyModel: object };
  return { ...pruned(rest), clusters: clusters.map(pruned) };
}

/** All files that KUBECONFIG names, as kubectl reads them. */
function fromEnvironment({ env }: Session): string {
  return env.KUBECONFIG === undefined || env.KUBECONFIG === '' ? '~/.kube/config' : env.KUBECONFIG;
}

/** The fleet of the last time: the one named, else what the output is about to replace. */
function previousOf(
  {
    previous,
    output,
  }: { readonly previous?: string | undefined; readonly output?: string | undefined },
  at: (path: string) => string,
): Fleet | undefined {
  if (previous !== undefined) return readFleet(at(previous), { path: '--previous' });
  if (output === undefined || !existsSync(at(output))) return undefined;
  try {
    return readFleet(at(output));
  } catch {
    // Whatever it was, it is no fleet to remember.
    return undefined;
  }
}

const blindStates = ['unreachable', 'forbidden', 'misconfigured'] as const;

function blindIn({ clusters }: Fleet): string {
  return blindStates
    .map((state) => ({ state, count: clusters.filter((one) => one.state === state).length }))
    .filter(({ state, count }) => count > 0 || state === 'unreachable')
    .map(({ state, count }) => `${count} ${state}`)
    .join(', ');
}

function outcome({ clusters }: Fleet, leftOut: number): ExitCode {
  const blind = clusters.filter(({ state }) => blindStates.some((one) => one === state)).length;
  if (blind === clusters.length) return exit.failure;
  return blind + leftOut === 0 ? exit.done : exit.partial;
}
