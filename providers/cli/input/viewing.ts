/** Viewing: what get, events, logs, top and their like share: which clusters, which namespace, which app. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Cluster } from '../../../constructs/model/fleet';
import { type EdgeError, nearest, throwAll } from '../../../constructs/parsing';
import { type ClusterError, isUnreachable } from '../../clusters/errors';
import type { AppRef } from '../../fleet-view/app-objects';
import type { Reach } from '../../fleet-view/ask-clusters';
import { readFleet } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { type ExitCode, exit } from '../output/exit';
import { paintFor, type Session } from '../output/terminal';
import { type Flags, usageError, type Values } from './flags';
import { homesOf } from './releasing';

/** Which clusters, and how long they may take. */
export const clusterFlags = {
  fleet: { value: 'FLEET.yaml', doc: 'The clusters. Default: the file that LITTORAL_FLEET names.' },
  cluster: { value: 'NAME', multiple: true, doc: 'Only this cluster.' },
  answer: {
    value: 'SECONDS',
    doc: 'How long a cluster may take to answer before it is left out. Default: 5.',
  },
  parallelism: { value: 'CLUSTERS', doc: 'Clusters at the same time. Default: 64.' },
} as const satisfies Flags;

/** Which objects. */
export const objectFlags = {
  app: {
    value: 'APP',
    doc: 'Only what belongs to this app: an EdgeApp file, or the name of a release.',
  },
  namespace: {
    value: 'NAMESPACE',
    short: 'n',
    doc: 'Default: the namespace of --app, else default.',
  },
  'all-namespaces': { short: 'A', doc: 'In all namespaces.' },
  selector: { value: 'LABELS', short: 'l', doc: 'Only what has these labels, such as tier=web.' },
} as const satisfies Flags;

type ClusterValues = Values<typeof clusterFlags>;
type ObjectValues = Values<typeof objectFlags>;

/** Which clusters are asked. */
export interface Clusters {
  readonly clusters: readonly Cluster[];
  readonly reach: Reach;
}
/** Which of their objects are meant. */
export interface Scope {
  readonly app: AppRef | undefined;
  /** Undefined: all. */
  readonly namespace: string | undefined;
}

/** The clusters that the flags name. Throws EdgeErrors. */
export function clustersOf(name: string, values: ClusterValues, session: Session): Clusters {
  const path = values.fleet ?? (session.env.LITTORAL_FLEET || undefined);
  if (path === undefined) {
    const remedy = 'Add --fleet FLEET.yaml, or set LITTORAL_FLEET; littoral discover writes one.';
    throw usageError(name, '--fleet', 'is missing', remedy);
  }
  const file = resolvePath(path, session.cwd);
  const { clusters } = readFleet(file, { path: '--fleet' });
  const errors: EdgeError[] = [];
  const number = (flag: 'answer' | 'parallelism', usual: number, least: number) => {
    const text = values[flag];
    const value = text === undefined ? usual : Number(text);
    if (value >= least && value <= 3600 && text?.trim() !== '') return value;
    const summary = `got ${JSON.stringify(text)}, expected a number from ${least} to 3600`;
    errors.push(usageError(name, `--${flag}`, summary));
    return usual;
  };
  const names = clusters.map((cluster) => cluster.name);
  for (const wanted of values.cluster) {
    if (names.includes(wanted)) continue;
    const near = nearest(wanted, names);
    const remedy =
      near === undefined ? `It has ${names.slice(0, 8).join(', ')}.` : `Write ${near}.`;
    errors.push(usageError(name, '--cluster', `${path} has no cluster ${wanted}`, remedy));
  }
  const reach = {
    folder: dirname(file),
    answerSeconds: number('answer', 5, 0.1),
    parallelism: Math.max(1, Math.round(number('parallelism', 64, 1))),
  };
  throwAll(errors);
  const isMeant = (cluster: Cluster) =>
    values.cluster.length === 0 || values.cluster.includes(cluster.name);
  return { clusters: clusters.filter(isMeant), reach };
}

/** The app and the namespace that the flags name. Throws EdgeErrors. */
export function scopeOf(
  name: string,
  values: Omit<ObjectValues, 'selector'> & Pick<ClusterValues, 'fleet'>,
  session: Session,
): Scope {
  const all = values['all-namespaces'];
  if (all && values.namespace !== undefined) {
    throw usageError(name, '--namespace', 'contradicts --all-namespaces', 'Leave one of them out.');
  }
  const home = values.app === undefined ? undefined : homeOf(name, values.app, values, session);
  const namespace = all ? undefined : (values.namespace ?? home?.namespace ?? 'default');
  return { namespace, app: home === undefined ? undefined : { name: home.name, namespace } };
}

/** A release by its app's file, or by its name: then it is in the namespace of its name, where nobody says otherwise. */
function homeOf(
  name: string,
  app: string,
  values: Pick<ClusterValues, 'fleet'>,
  session: Session,
): { readonly name: string; readonly namespace: string } {
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(app);
  if (isName && !existsSync(resolvePath(app, session.cwd))) return { name: app, namespace: app };
  const fleet = values.fleet ?? session.env.LITTORAL_FLEET;
  const { homes } = homesOf(name, { app: [app], fleet }, session);
  return homes[0] as { name: string; namespace: string };
}

/** A whole number of a flag; undefined where it was not given. Throws an EdgeError. */
export function wholeNumber(
  name: string,
  flag: string,
  text: string | undefined,
  least: number,
): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,7}$/.test(text) && Number(text) >= least) return Number(text);
  const summary = `got ${JSON.stringify(text)}, expected a whole number from ${least}`;
  throw usageError(name, flag, summary);
}

/** A line for each reason, with the clusters that did not answer for it; the exit code: 0 when all answered, 5 when some did, 2 when all refused the question itself, else 1. */
export function answeredCode(
  failures: readonly ClusterError[],
  clusters: number,
  session: Session,
): ExitCode {
  const paint = paintFor(session.stderr, session.env);
  const reasons = new Map<string, ClusterError[]>();
  for (const failure of failures) {
    const reason = failure.summary.replaceAll(failure.cluster, '\u0000');
    reasons.set(reason, [...(reasons.get(reason) ?? []), failure]);
  }
  for (const [first, ...others] of reasons.values()) {
    if (first === undefined) continue;
    const names = [first, ...others].map(({ cluster }) => cluster).join(', ');
    const lead = others.length === 0 && first.summary.includes(first.cluster) ? '' : `${names}: `;
    session.remark(
      `${paint('yellow', isUnreachable(first) ? 'no answer' : 'refused')} ${lead}${first.summary}\n  ${first.remedy}\n`,
    );
  }
  if (failures.length === 0) return exit.done;
  if (failures.length < clusters) return exit.partial;
  const isWrong = failures.every(({ status }) => status === 404 || status === 400);
  return isWrong ? exit.input : exit.failure;
}
