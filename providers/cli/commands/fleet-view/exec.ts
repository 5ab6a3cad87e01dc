/** littoral exec and port-forward: into the nearest ready pod of an app, by kubectl. */
import { runKubectl } from '../../../fleet-view/kubectl';
import { type NearestPod, nearestPod } from '../../../fleet-view/nearest-pod';
import { type Flags, parseFlags, usageError, type Values } from '../../input/flags';
import { podQueryOf } from '../../input/object-words';
import { answeredCode, clusterFlags, clustersOf, objectFlags } from '../../input/viewing';
import { type ExitCode, exit } from '../../output/exit';
import type { Session } from '../../output/terminal';
import type { Command } from '../command';

const podFlags = { ...clusterFlags, ...objectFlags } as const satisfies Flags;
const execFlags = {
  ...podFlags,
  container: { value: 'NAME', short: 'c', doc: 'The container. Default: as kubectl chooses.' },
  stdin: { short: 'i', doc: 'Passes standard input on.' },
  tty: { short: 't', doc: 'With a terminal.' },
} as const satisfies Flags;

/** The command `exec`. Not made by `command`: what follows `--` is not for us. */
export const exec: Command = {
  usage: [
    'littoral exec [POD | KIND/NAME] [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE] [-c CONTAINER] [-i] [-t] -- COMMAND [ARGUMENT ...]',
  ],
  about:
    'Runs a command in a ready pod of the cluster that answers first, or of --cluster, and ends as the command does. Needs kubectl, and a context for the cluster.',
  flags: execFlags,
  examples: [
    ['littoral exec --app shop --fleet fleet.yaml -it -- sh', 'a shell in the nearest pod'],
  ],
  run: async (argv, session) => {
    const end = argv.indexOf('--');
    const program = end < 0 ? [] : argv.slice(end + 1);
    const { values, words } = parseFlags('exec', execFlags, end < 0 ? argv : argv.slice(0, end));
    if (program.length === 0) {
      throw usageError(
        'exec',
        '--',
        'no command follows',
        'Write littoral exec --app shop -- COMMAND.',
      );
    }
    const { container, stdin, tty } = values;
    const rest = [
      ...(container === undefined ? [] : ['-c', container]),
      ...(stdin ? ['-i'] : []),
      ...(tty ? ['-t'] : []),
    ];
    return await inNearestPod('exec', values, words, session, (pod) => [
      ...['exec', '-n', pod.namespace, ...rest, pod.pod, '--', ...program],
    ]);
  },
};

/** The command `port-forward`. */
export const portForward: Command = {
  usage: [
    'littoral port-forward [POD | KIND/NAME] [--app APP] [--fleet FLEET.yaml] [-n NAMESPACE] [LOCAL:]REMOTE ...',
  ],
  about:
    'Forwards local ports to a ready pod of the cluster that answers first, or of --cluster, until Ctrl-C. Needs kubectl, and a context for the cluster.',
  flags: podFlags,
  examples: [
    [
      'littoral port-forward --app shop 8080:8080 --fleet fleet.yaml',
      'the nearest pod on localhost:8080',
    ],
  ],
  run: async (argv, session) => {
    const { values, words } = parseFlags('port-forward', podFlags, argv);
    const isPort = (word: string) => /^(\d+|:\d+|\d+:[\w-]+|[\w-]*:\d+)$/.test(word);
    const ports = words.filter(isPort);
    if (ports.length === 0) {
      throw usageError('port-forward', 'PORT', 'is missing', 'Write it like 8080:80.');
    }
    const targets = words.filter((word) => !isPort(word));
    return await inNearestPod('port-forward', values, targets, session, (pod) => [
      ...['port-forward', '-n', pod.namespace, `pod/${pod.pod}`, ...ports],
    ]);
  },
};

async function inNearestPod(
  name: string,
  values: Values<typeof podFlags>,
  [target, extra]: readonly string[],
  session: Session,
  args: (pod: NearestPod) => readonly string[],
): Promise<ExitCode> {
  if (extra !== undefined) throw usageError(name, JSON.stringify(extra), 'is one word too many');
  const query = podQueryOf(name, target, values, session);
  const chosen = clustersOf(name, values, session);
  const found = await nearestPod(chosen.clusters, chosen.reach, query);
  if ('failures' in found) {
    const whose = query.app?.name ?? target ?? values.selector;
    session.remark(`no cluster that answers has a ready pod of ${whose}\n`);
    const code = answeredCode(found.failures, chosen.clusters.length, session);
    return code === exit.done ? exit.input : code;
  }
  const { cluster, pod, milliseconds } = found;
  session.remark(`${cluster.name}, which answered in ${Math.round(milliseconds)} ms: ${pod}\n`);
  const call = { cluster, folder: chosen.reach.folder, env: session.env };
  // The code of the command is the answer, as with kubectl.
  return (await runKubectl(call, args(found))) as ExitCode;
}
