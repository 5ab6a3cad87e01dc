/** littoral logs: what containers write, of all clusters together. */
import { setMaxListeners } from 'node:events';
import type { ApiServer } from '../../../clusters/api/api-server';
import { ClusterError } from '../../../clusters/errors';
import { askClusters, askTogether, failuresOf } from '../../../fleet-view/ask-clusters';
import {
  type FleetLogLine,
  linesOfSource,
  logSources,
  mergedByTime,
} from '../../../fleet-view/container-logs';
import { followLogs } from '../../../fleet-view/follow-logs';
import { type PodQuery, podsOf } from '../../../fleet-view/pods';
import { objectsOf } from '../../../fleet-view/query';
import { type Flags, usageError, type Values } from '../../input/flags';
import { podQueryOf } from '../../input/object-words';
import {
  answeredCode,
  type Clusters,
  clusterFlags,
  clustersOf,
  objectFlags,
  wholeNumber,
} from '../../input/viewing';
import { type ExitCode, exit } from '../../output/exit';
import { type Session, type Style, writeAll } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...clusterFlags,
  ...objectFlags,
  follow: { short: 'f', doc: 'Goes on with what is written, also by pods to come.' },
  container: {
    value: 'NAME',
    short: 'c',
    doc: 'Only this container. Default: all but init containers.',
  },
  previous: { short: 'p', doc: 'Of containers before their last restart.' },
  tail: {
    value: 'LINES',
    doc: 'The last so many lines of each container. Default: 10; all where a pod is named.',
  },
  since: { value: 'DURATION', doc: 'Only what is younger, such as 90s, 5m or 2h.' },
  timestamps: { doc: 'With the time of each line.' },
  'max-log-requests': {
    value: 'CONTAINERS',
    doc: 'Containers at the same time at most. Default: 200.',
  },
} as const satisfies Flags;
type LogValues = Values<typeof flags>;

/** One for each cluster, in the order of the fleet. */
const colours: readonly Style[] = ['cyan', 'green', 'yellow', 'magenta', 'blue'];

interface Reading {
  readonly query: PodQuery;
  readonly container: string | undefined;
  readonly previous: boolean;
  readonly follow: boolean;
  readonly first: { readonly tailLines?: number; readonly sinceSeconds?: number };
  readonly mostContainers: number;
  readonly write: (line: FleetLogLine) => Promise<void>;
}

/** The command `logs`. */
export const logs = command({
  name: 'logs',
  usage: [
    'littoral logs [POD | KIND/NAME] [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE] [-l LABELS] [-c CONTAINER] [-f] [--tail LINES] [--since DURATION]',
  ],
  about:
    'Prints what the containers of an app, a workload or a pod write in all clusters, each line after its cluster and pod: merged by time, or with -f as it comes. A broken connection is taken up again where it was, without a line twice.',
  flags,
  words: 1,
  examples: [
    ['littoral logs --app shop --fleet fleet.yaml -f', 'all of an app, as it is written'],
    ['littoral logs deploy/web -n shop --fleet fleet.yaml --since 10m', 'one workload'],
  ],
  run: async (values, session, [target]) => {
    const chosen = clustersOf('logs', values, session);
    const reading = readingOf(values, target, chosen, session);
    return await (reading.follow ? followAll : readAll)(reading, chosen, session);
  },
});

function readingOf(
  values: LogValues,
  target: string | undefined,
  { clusters }: Clusters,
  session: Session,
): Reading {
  const query = podQueryOf('logs', target, values, session);
  const isPod = target !== undefined && (!target.includes('/') || /^po(ds?)?\//.test(target));
  const usual = isPod || values.since !== undefined ? undefined : 10;
  const tailLines = wholeNumber('logs', '--tail', values.tail, 0) ?? usual;
  return {
    query,
    container: values.container,
    previous: values.previous,
    follow: values.follow,
    first: {
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(values.since === undefined ? {} : { sinceSeconds: secondsOf(values.since) }),
    },
    mostContainers: wholeNumber('logs', '--max-log-requests', values['max-log-requests'], 1) ?? 200,
    write: async ({ cluster, pod, container, time, text }) => {
      const place = clusters.findIndex(({ name }) => name === cluster);
      const style = colours[place % colours.length] ?? 'cyan';
      const head = session.paint(style, `${cluster} ${pod} ${container}`);
      const at = values.timestamps ? `${time} ` : '';
      await writeAll(session.stdout, `${head}  ${at}${text}\n`);
    },
  };
}

function secondsOf(text: string): number {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(s|m|h|d)$/.exec(text) ?? [];
  const seconds = { s: 1, m: 60, h: 3600, d: 86400 }[unit] ?? 1;
  if (amount !== undefined) return Math.ceil(Number(amount) * seconds);
  const summary = `got ${JSON.stringify(text)}, expected a duration`;
  throw usageError('logs', '--since', summary, 'Write it like 90s, 5m or 2h.');
}

function tooMany(found: number, most: number): Error {
  const summary = `${found} containers are more than ${most}`;
  return usageError(
    'logs',
    '--max-log-requests',
    summary,
    'Narrow it by -l, -c or --cluster, or raise it.',
  );
}

/** Reads what there is, merged by time. */
async function readAll(
  reading: Reading,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const { query, previous, mostContainers } = reading;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const look = async (server: ApiServer) => {
    const pods = await podsOf(objectsOf(server), query);
    return pods.flatMap((pod) => logSources(server, pod, reading));
  };
  return await askTogether(clusters, reach, look, async (found, unanswered) => {
    const sources = found.flat();
    const failures = [...unanswered];
    if (sources.length > mostContainers) throw tooMany(sources.length, mostContainers);
    const options = { previous, ...reading.first, signal };
    const lines = sources.map((one) => untilRefused(linesOfSource(one, options), failures));
    for await (const line of mergedByTime(lines)) await reading.write(line);
    const code = answeredCode(failures, clusters.length, session);
    if (sources.length > 0 || failures.length === clusters.length) return code;
    const whose = query.app?.name ?? query.target ?? query.labelSelector;
    const where = query.namespace === undefined ? '' : ` in namespace ${query.namespace}`;
    session.remark(`no cluster has containers of ${whose}${where} that have written something\n`);
    return code === exit.done && query.target !== undefined ? exit.input : code;
  });
}

/** A container that is gone by now ends its own lines and nobody else's. */
async function* untilRefused(
  lines: AsyncGenerator<FleetLogLine>,
  failures: ClusterError[],
): AsyncGenerator<FleetLogLine> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    failures.push(error);
  }
}

async function followAll(
  reading: Reading,
  { clusters, reach }: Clusters,
  session: Session,
): Promise<ExitCode> {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const onTrouble = ({ summary }: ClusterError) => session.remark(`${summary}\n`);
  const follower = { ...reading, onTrouble, signal, open: new Set<string>() };
  // Each cluster is followed for as long as we look on: none waits for another to end.
  const all = { ...reach, parallelism: clusters.length };
  const answers = await askClusters(clusters, all, (server) => followLogs(server, follower));
  return answeredCode(failuresOf(answers), clusters.length, session);
}
