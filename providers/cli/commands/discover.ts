/** littoral discover: asks the clusters of a kubeconfig what they are and prints them as a Fleet document. */
import type { Fleet } from '../../../constructs/model/fleet';
import { fleetDocument } from '../../../constructs/model/fleet-document';
import { counted } from '../../../constructs/model/numbers';
import { readFleet } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import { discoverFleet } from '../../sources/fleet/kubeconfig';
import { readOverlay } from '../../sources/fleet/overlay';
import { type Flags, usageError } from '../input/flags';
import { wallClock } from '../input/inputs';
import { type ExitCode, exit } from '../output/exit';
import { nearPath, printWarnings } from '../output/print';
import { yamlText } from '../output/print-yaml';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  kubeconfig: {
    value: 'FILE',
    doc: 'The kubeconfig to read. Default: $KUBECONFIG, else ~/.kube/config. Only its path goes into the fleet.',
  },
  context: { value: 'NAME', multiple: true, doc: 'Asks this context. Default: all.' },
  overlay: {
    value: 'FILE',
    doc: 'What no API server tells: clusters: [{name, context, latitude, longitude, region, country, provider, prices}].',
  },
  previous: {
    value: 'FLEET.yaml',
    doc: 'The fleet of the last time: a cluster that does not answer keeps what was known of it.',
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
  ],
  about:
    'Prints a Fleet with where each cluster is, what it may run and whether it answers. A cluster that does not answer is listed as unreachable, never left out (exit code 5; 1 when none answers). Credentials stay in the kubeconfig.',
  flags,
  examples: [
    ['littoral discover --overlay places.yaml -o fleet.yaml', 'all contexts, and what you know'],
    ['littoral discover --context fra --context iad', 'two of them'],
  ],
  run: async (values, session) => {
    const kubeconfig = values.kubeconfig ?? fromEnvironment(session);
    const deadlineSeconds = values.deadline === undefined ? undefined : Number(values.deadline);
    if (deadlineSeconds !== undefined && !(deadlineSeconds > 0 && deadlineSeconds <= 3600)) {
      const summary = `got ${JSON.stringify(values.deadline)}, expected seconds, more than 0 and at most 3600`;
      throw usageError('discover', '--deadline', summary, 'Write it like --deadline 10.');
    }
    const at = (path: string) => resolvePath(path, session.cwd);
    const { fleet, warnings } = await discoverFleet({
      kubeconfig,
      folder: session.cwd,
      now: wallClock(),
      ...(values.context.length === 0 ? {} : { contexts: values.context }),
      ...(values.overlay === undefined ? {} : { overlay: readOverlay(at(values.overlay)) }),
      ...(values.previous === undefined
        ? {}
        : { previous: readFleet(at(values.previous), { path: '--previous' }) }),
      ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    });
    printWarnings(warnings, session);
    const document = withoutDefaults(fleetDocument(fleet));
    const text = values.json ? `${JSON.stringify(document, null, 2)}\n` : yamlText(document);
    const about = `${counted(fleet.clusters.length, 'cluster')}, ${silent(fleet)} unreachable\n`;
    if (values.output === undefined) {
      session.print(text);
      session.remark(about);
    } else {
      const file = at(values.output);
      writeFileAtomically(file, text);
      session.remark(`wrote ${nearPath(file, session.cwd)}: ${about}`);
    }
    return outcome(fleet);
  },
});

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

/** The first file that KUBECONFIG names, as kubectl would write to. */
function fromEnvironment({ env }: Session): string {
  const [first] = (env.KUBECONFIG ?? '').split(process.platform === 'win32' ? ';' : ':');
  return first === undefined || first === '' ? '~/.kube/config' : first;
}

function silent(fleet: Fleet): number {
  return fleet.clusters.filter(({ state }) => state === 'unreachable').length;
}

function outcome(fleet: Fleet): ExitCode {
  const count = silent(fleet);
  if (count === 0) return exit.done;
  return count === fleet.clusters.length ? exit.failure : exit.partial;
}
