/** littoral credentials: says what each cluster is reached with and until when, and puts new tokens in the place of old ones. */

import { randomBytes } from 'node:crypto';
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { readContext } from '../../clusters/auth/kubeconfig';
import { ClusterError } from '../../clusters/errors';
import { eachOf } from '../../clusters/parallel';
import { type Credential, credentialOf } from '../../credentials/credential';
import { endings, WARNED_DAYS } from '../../credentials/expiry';
import { switchUser } from '../../credentials/kubeconfig-entry';
import { type Rotation, rotate } from '../../credentials/rotate';
import { openTokenServer } from '../../credentials/token-server';
import { readFleet } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { type Flags, usageError, type Values } from '../input/flags';
import { type ExitCode, exit } from '../output/exit';
import { columns } from '../output/layout';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  fleet: { value: 'FLEET.yaml', doc: 'The clusters, with how each is reached.' },
  cluster: { value: 'NAME', multiple: true, doc: 'Only this one. Default: all of the fleet.' },
  days: {
    value: 'DAYS',
    doc: `check: what ends within so many days is a difference (exit code 10). Default: ${WARNED_DAYS}.`,
  },
  ask: { doc: 'check: also asks each cluster whom it takes us for.' },
  'service-account': {
    value: 'NAMESPACE/NAME',
    doc: 'rotate: whose token is made. Default: of the ServiceAccount whose token is there now.',
  },
  seconds: {
    value: 'SECONDS',
    doc: 'rotate: how long the new token counts, at least 600; servers may shorten it. Default: 2592000, which are 30 days.',
  },
  json: { doc: 'Prints a list with one entry per cluster; never a credential.' },
} as const satisfies Flags;
type CredentialValues = Values<typeof flags>;

/** Clusters at the same time. */
const abreast = 16;

/** The command `credentials`. */
export const credentials = command({
  name: 'credentials',
  words: 1,
  usage: [
    'littoral credentials check --fleet FLEET.yaml [--days DAYS] [--ask] [--json]',
    'littoral credentials rotate --fleet FLEET.yaml [--cluster NAME ...] [--service-account NAMESPACE/NAME] [--seconds SECONDS] [--json]',
  ],
  about:
    'check says of each cluster the kind, age and end of the credential in its kubeconfig, and of the authority of its server. rotate makes a token that is bound to a Secret of its own, proves it, lets the context of the kubeconfig name it in one step, proves it again, and ends the old one by deleting its Secret. A cluster that is silent, or where anything fails, keeps what it has and is told (exit code 5).',
  flags,
  examples: [
    ['littoral credentials check --fleet fleet.yaml', 'what ends soon'],
    ['littoral credentials rotate --fleet fleet.yaml --cluster fra', 'a new token for one cluster'],
  ],
  run: async (values, session, [action]) => {
    if (action !== 'check' && action !== 'rotate') {
      const got = action === undefined ? 'is missing' : `got ${JSON.stringify(action)}`;
      throw usageError('credentials', 'check or rotate', got, 'Write check or rotate first.');
    }
    const { clusters, folder } = chosen(values, session);
    return action === 'check'
      ? await check(clusters, folder, values, session)
      : await renew(clusters, folder, values, session);
  },
});

function chosen(values: CredentialValues, session: Session) {
  if (values.fleet === undefined) {
    throw usageError('credentials', '--fleet', 'is missing', 'Add --fleet FLEET.yaml.');
  }
  const fleet: Fleet = readFleet(resolvePath(values.fleet, session.cwd), { path: '--fleet' });
  const unknown = values.cluster.find((name) => fleet.clusters.every((one) => one.name !== name));
  if (unknown !== undefined) {
    const what = `got ${JSON.stringify(unknown)}, which the fleet does not have`;
    throw usageError('credentials', '--cluster', what, 'Name a cluster of the fleet.');
  }
  const isWanted = ({ name }: Cluster) =>
    values.cluster.length === 0 || values.cluster.includes(name);
  return { clusters: fleet.clusters.filter(isWanted), folder: session.cwd };
}

interface Checked extends Partial<Credential> {
  readonly cluster: string;
  /** What ends soon, and what should be otherwise. */
  readonly findings: readonly string[];
  /** Whether something ends within the days that were asked for, or has ended. */
  readonly endsSoon: boolean;
  /** Whom the cluster takes us for. */
  readonly reach?: string;
}

async function check(
  clusters: readonly Cluster[],
  folder: string,
  values: CredentialValues,
  session: Session,
): Promise<ExitCode> {
  const days = numberOf('--days', values.days, WARNED_DAYS, 0);
  const now = Date.now();
  const all = await eachOf(clusters, abreast, async (cluster): Promise<Checked> => {
    try {
      const known = cluster.access?.secret === undefined ? facts(cluster, folder) : undefined;
      const base = known ?? { cluster: cluster.name, remarks: [] };
      const ends = known === undefined ? [] : endings(known, now, days);
      const reach = values.ask ? { reach: await reachOf(cluster, folder) } : {};
      const findings = [...ends, ...(known?.remarks ?? [])];
      return { ...base, findings, endsSoon: ends.length > 0, ...reach };
    } catch (thrown) {
      return {
        cluster: cluster.name,
        findings: [reasonOf(thrown)],
        endsSoon: false,
        reach: 'failed',
      };
    }
  });
  if (values.json) session.print(`${JSON.stringify(all, null, 2)}\n`);
  else session.print(checkText(all, session));
  if (all.some(({ reach }) => reach === 'failed')) return exit.partial;
  return all.some(({ endsSoon }) => endsSoon) ? exit.difference : exit.done;
}

function facts(cluster: Cluster, folder: string): Credential {
  return credentialOf(readContext(cluster, folder));
}

async function reachOf(cluster: Cluster, folder: string): Promise<string> {
  const server = await openTokenServer(cluster, { folder });
  try {
    return await server.whoAmI();
  } finally {
    server.close();
  }
}

function checkText(all: readonly Checked[], { paint, width }: Session): string {
  const rows = all.map(({ cluster, kind, subject = '', expiresAt, reach }) => [
    paint('bold', cluster),
    kind ?? '',
    reach === undefined || reach === 'failed' ? subject : reach,
    expiresAt === undefined ? '' : `until ${expiresAt}`,
  ]);
  const said = all.flatMap(({ cluster, findings }) =>
    findings.map((text) => `  ${paint('yellow', '!')} ${cluster}: ${text}`),
  );
  return `${[...columns(rows, width), ...said].join('\n')}\n`;
}

async function renew(
  clusters: readonly Cluster[],
  folder: string,
  values: CredentialValues,
  session: Session,
): Promise<ExitCode> {
  const seconds = numberOf('--seconds', values.seconds, 30 * 24 * 3600, 600);
  const account = accountOf(values);
  const options = { seconds, ...(account === undefined ? {} : { account }) };
  const world = {
    contextOf: (cluster: Pick<Cluster, 'name' | 'access'>) => readContext(cluster, folder),
    open: (
      cluster: Pick<Cluster, 'name' | 'access'>,
      context?: Parameters<typeof openTokenServer>[2],
    ) => openTokenServer(cluster, { folder }, context),
    switchUser,
    clock: Date.now,
    suffix: () => randomBytes(4).toString('hex'),
  };
  const all = await eachOf(clusters, abreast, (cluster) => rotate(cluster, options, world));
  if (values.json) session.print(`${JSON.stringify(all, null, 2)}\n`);
  else session.print(`${all.map((one) => rotationLine(one, session)).join('\n')}\n`);
  return all.every(({ ending, leftover }) => ending === 'rotated' && leftover === undefined)
    ? exit.done
    : exit.partial;
}

function rotationLine(one: Rotation, { paint }: Session): string {
  const { cluster, ending, reason, expiresAt, revoked, leftover } = one;
  const parts = [
    ...(expiresAt === undefined ? [] : [`until ${expiresAt}`]),
    ...(revoked === undefined ? [] : ['the old token ends within 10 seconds']),
    ...(reason === undefined ? [] : [reason]),
    ...(leftover === undefined ? [] : [`delete ${leftover} by hand`]),
  ];
  const color = ending === 'rotated' && leftover === undefined ? 'green' : 'yellow';
  return `${paint('bold', cluster)}   ${paint(color, ending)}   ${parts.join('; ')}`;
}

function numberOf(
  flag: string,
  text: string | undefined,
  otherwise: number,
  least: number,
): number {
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (Number.isInteger(number) && number >= least && number <= 4_294_967_296) return number;
  const expected = `got ${JSON.stringify(text)}, expected a whole number of at least ${least}`;
  throw usageError('credentials', flag, expected, 'Write one.');
}

function accountOf(values: CredentialValues) {
  const text = values['service-account'];
  if (text === undefined) return undefined;
  const [, namespace, name] = /^([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw usageError(
    'credentials',
    '--service-account',
    `got ${JSON.stringify(text)}, expected NAMESPACE/NAME`,
    'Write it like littoral/littoral.',
  );
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof ClusterError)) throw thrown;
  return `${thrown.summary}. ${thrown.remedy}`;
}
