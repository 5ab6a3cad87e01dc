/** Endpoints for people: what DNS answers users of each place, whether that is the assigned cluster, and whether addresses serve. */
import type { RoutingTable } from '../../../../constructs/routing';
import type { EndpointStatus } from '../../../endpoints/endpoint-status';
import type { LiveAnswer, TableAnswer, Verdict } from '../../../endpoints/live-answers';
import { columns } from '../layout';
import type { Session, Style } from '../terminal';

type Voice = Pick<Session, 'paint' | 'width'>;

const verdicts: Readonly<Record<Verdict, readonly [Style, string]>> = {
  assigned: ['green', 'as assigned'],
  secondChoice: [
    'yellow',
    'a second choice: the server sees the assigned cluster ill, or has not looked at it yet',
  ],
  elsewhere: ['red', 'not the assigned cluster'],
  nothing: ['red', 'no answer for users'],
  silent: ['red', 'the server gave no answer'],
};

/** What users of a place are answered. */
export interface Resolution {
  readonly host: string;
  /** Whose question it is, for people. */
  readonly from: string;
  readonly given: TableAnswer;
  readonly table: RoutingTable;
  /** What the server says; undefined where it was not asked. */
  readonly live: LiveAnswer | undefined;
}

/** Table and server, one under the other. */
export function resolutionText(
  { host, from, given, table, live }: Resolution,
  { paint, width }: Voice,
): string {
  const { slot, assigned, failover } = given;
  const where = assigned.flatMap(({ cluster }) => {
    const { ipv4 = [], ipv6 = [], hostname } = table.targets[cluster] ?? {};
    return [...ipv4, ...ipv6, ...(hostname === undefined ? [] : [hostname])];
  });
  const rest = failover.length === 0 ? '' : `, else ${failover.join(', ')}`;
  const rows = [['table', `${sharesText(assigned)} (${slot}${rest})`, where.join(' ')]];
  if (live !== undefined) rows.push(['live', namedText(live), live.addresses.join(' ')]);
  const verdict = live === undefined ? [] : [`  ${verdictText(live, paint)}`];
  const lines = [`${paint('bold', host)} from ${from}`, ...columns(rows, width), ...verdict];
  return `${lines.join('\n')}\n\n`;
}

function namedText({ clusters, ttlSeconds }: LiveAnswer): string {
  if (clusters.length === 0) return 'nothing';
  return `${clusters.join(', ')}${ttlSeconds === undefined ? '' : `, for ${ttlSeconds} s`}`;
}

function verdictText({ verdict, reason }: LiveAnswer, paint: Session['paint']): string {
  const [style, words] = verdicts[verdict];
  return paint(style, reason === undefined ? words : `${words}: ${reason}`);
}

function sharesText(assigned: TableAnswer['assigned']): string {
  const [only] = assigned;
  if (assigned.length === 1 && only !== undefined) return only.cluster;
  return assigned
    .map(({ cluster, share }) => `${cluster} ${Number((share * 100).toFixed(1))} %`)
    .join(', ');
}

/** Endpoints of one app. */
export interface Endpoints {
  readonly answers: readonly LiveAnswer[];
  readonly addresses: readonly EndpointStatus[];
  /** What was not looked at, and why. */
  readonly notes: readonly string[];
}

/** For `status`. */
export function endpointsText(
  { answers, addresses, notes }: Endpoints,
  { paint, width }: Voice,
): string {
  const served = addresses.map(({ cluster, host, address, reason, certificate }) => [
    cluster,
    host,
    address,
    certificate === undefined ? '' : `certificate: ${certificate.daysLeft} days`,
    reason === undefined ? paint('green', 'serves') : paint('red', reason),
  ]);
  const answered = answers.map((one) => [
    one.place,
    one.host,
    one.clusters.join(', ') || 'nothing',
    verdictText(one, paint),
  ]);
  const lines = [
    `  ${paint('bold', 'endpoints')}`,
    ...columns(served, width),
    ...(answered.length === 0
      ? []
      : [`  ${paint('bold', 'answers of DNS')}`, ...columns(answered, width)]),
    ...notes.map((note) => `  ${paint('dim', note)}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

/** Whether users get what they are assigned, and are served there. */
export function areWell({ answers, addresses }: Endpoints): boolean {
  return (
    answers.every(({ verdict }) => verdict === 'assigned') &&
    addresses.every(({ reason }) => reason === undefined)
  );
}
