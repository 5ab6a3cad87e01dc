/** Continuous: flags that say how often to decide, how often to move, and where what was decided is kept. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Fleet } from '../../../constructs/model/fleet';
import { type EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { leaseCluster } from '../../clusters/api/lease';
import type { Budget } from '../../continuous/budget';
import { fileRegister } from '../../continuous/file-register';
import type { LeaseRecord } from '../../continuous/leadership';
import { leaseRegister, stateRegister } from '../../continuous/object-registers';
import type { Register } from '../../continuous/register';
import { resolvePath } from '../../sources/files/text-file';
import { notWritten } from '../../sources/files/write';
import type { Session } from '../output/terminal';
import { durationOf } from './durations';
import { type Flags, usageError, type Values } from './flags';

/** How often, how much, and where it is kept. */
export const continuousFlags = {
  every: { value: 'DURATION', doc: 'Between two decisions, such as 30s, 5m or 1h. Default: 5m.' },
  once: { doc: 'One decision, then ends: for a CronJob or a scheduled job.' },
  keep: {
    value: 'PLACE',
    doc: 'Where the decision in force, the moves and the lease are kept: a folder, or CLUSTER/NAMESPACE/NAME for a Lease and a ConfigMap in a cluster of the fleet. Default: the folder .littoral-run.',
  },
  lease: {
    value: 'DURATION',
    doc: 'How long the lease holds when its holder dies. Default: 1m.',
  },
  identity: { value: 'NAME', doc: 'Who holds the lease. Default: host name and process.' },
  'max-moves-per-hour': {
    value: 'COUNT',
    doc: 'No more moves than this in any hour. A move is a decision by which apps change clusters. Default: no limit.',
  },
  'max-moves-per-day': {
    value: 'COUNT',
    doc: 'No more moves than this in any 24 hours. Default: no limit.',
  },
  metrics: {
    value: 'HOST:PORT',
    doc: 'Serves /metrics for Prometheus, and /healthz. Default: none.',
  },
} as const satisfies Flags;
type ContinuousValues = Values<typeof continuousFlags>;

/** The numbers among them. Throws EdgeErrors. */
export function pacingOf(values: ContinuousValues): {
  readonly every: number;
  readonly lease: number;
  readonly budget: Budget;
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
} {
  const errors: EdgeError[] = [];
  const attempt = <T>(step: () => T, otherwise: T): T => {
    try {
      return step();
    } catch (thrown) {
      errors.push(thrown as EdgeError);
      return otherwise;
    }
  };
  const every = attempt(() => durationOf('run', '--every', values.every ?? '5m'), 0);
  const lease = attempt(() => durationOf('run', '--lease', values.lease ?? '1m'), 0);
  if (errors.length === 0 && lease < 5) {
    errors.push(
      usageError(
        'run',
        '--lease',
        `got ${values.lease}, expected at least 5s`,
        'Write --lease 1m.',
      ),
    );
  }
  const count = (flag: 'max-moves-per-hour' | 'max-moves-per-day') =>
    attempt(() => countOf(`--${flag}`, values[flag]), undefined);
  const [perHour, perDay] = [count('max-moves-per-hour'), count('max-moves-per-day')];
  const metrics = attempt(() => addressOf(values.metrics), undefined);
  throwAll(errors);
  const budget = {
    ...(perHour === undefined ? {} : { perHour }),
    ...(perDay === undefined ? {} : { perDay }),
  };
  return { every, lease, budget, metrics };
}

function countOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const summary = `got ${JSON.stringify(text)}, expected a whole number from 0`;
  throw usageError('run', flag, summary, `Write it like ${flag} 4.`);
}

function addressOf(text: string | undefined) {
  if (text === undefined) return undefined;
  const [, host = '', port = ''] = /^\[?([^\s\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host !== '' && Number(port) <= 65535) return { host, port: Number(port) };
  const summary = `got ${JSON.stringify(text)}, expected HOST:PORT`;
  throw usageError('run', '--metrics', summary, 'Write it like --metrics 0.0.0.0:9464.');
}

/** Both registers of --keep, and how to close them. */
export interface Kept<T> {
  readonly lease: Register<LeaseRecord>;
  readonly state: Register<T>;
  readonly place: string;
  readonly close: () => Promise<void>;
}

/** Opens them; a cluster is connected to. Throws EdgeErrors. */
export async function keptAt<T>(
  { keep = '.littoral-run' }: ContinuousValues,
  { fleet, fleetFile }: { readonly fleet: Fleet; readonly fleetFile: string },
  session: Session,
): Promise<Kept<T>> {
  const [cluster = '', namespace, name, ...more] = keep.split('/');
  const isCluster = name !== undefined && more.length === 0 && !/^(\.*|~)$/.test(cluster);
  if (!isCluster) return keptInFolder(resolvePath(keep, session.cwd));
  const found = fleet.clusters.find((one) => one.name === cluster);
  if (found === undefined) {
    const near = nearest(
      cluster,
      fleet.clusters.map((one) => one.name),
    );
    const summary = `got ${keep}, and there is no cluster ${cluster} in the fleet`;
    const remedy = near === undefined ? '' : `Write ${near}/${namespace}/${name}; or `;
    throw usageError('run', '--keep', summary, `${remedy}for a folder write ./${keep}.`);
  }
  const folder = dirname(resolvePath(fleetFile, session.cwd));
  const client = await leaseCluster(found, { folder, deadlineSeconds: 10 });
  const place = { namespace: namespace ?? '', name };
  return {
    lease: leaseRegister(client, place),
    state: stateRegister<T>(client, place),
    place: `Lease ${namespace}/${name} in cluster ${cluster}`,
    close: () => client.close(),
  };
}

function keptInFolder<T>(folder: string): Kept<T> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw notWritten(folder, cause);
  }
  return {
    lease: fileRegister(folder, 'lease'),
    state: fileRegister<T>(folder, 'state'),
    place: folder,
    close: async () => undefined,
  };
}
