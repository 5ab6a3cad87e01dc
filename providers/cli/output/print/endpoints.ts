/** Endpoints for people: what DNS answers users of each place, whether that is the assigned cluster, and whether addresses serve. */
import type { RoutingTable } from '../../../../constructs/routing';
import type { EndpointStatus } from '../../../endpoints/endpoint-status';
import type { LiveAnswer, TableAnswer, Verdict } from '../../../endpoints/live-answers';
import { columns } from '../layout';
import type { Session, Style } from '../terminal';

type Voice = Pick<Session, 'paint' | 'width'>;

const verdicts: Readonly<Record<Verdict, readonly [Style, string]>> = {
  assigned: ['green', 'as assigned'],
  secondChoice: ['yellow', 'a second choice: the assigned cluster does not count as well'],
  elsewhere: ['red', 'not the assigned cluster'],
  nothing: ['red', 'no answer for users'],
  silent: ['red', 'the server gave no answer'],
};

/** What the table says. */
export function tableText(
  host: string,
  { place, slot, assigned, failover }: TableAnswer,
  { targets }: RoutingTable,
  { paint, width }: Voice,
): string {
  const where = assigned.flatMap(({ cluster }) => {
    const { ipv4 = [], ipv6 = [], hostname } = targets[cluster] ?? {};
    return [...ipv4, ...ipv6, ...(hostname === undefined ? [] : [hostname])];
  });
  const rest = failover.length === 0 ? '' : `, else ${failover.join(', ')}`;
  const rows = [['table', `${sharesText(assigned)} (${slot}${rest})`, where.join(' ')]];
  return `${[`${paint('bold', host)} from ${place}`, ...columns(rows, width)].join('\n')}\n`;
}

/** What the server says. */
export function answerText(live: LiveAnswer, { paint, width }: Voice): string {
  const { clusters, addresses, ttlSeconds } = live;
  const ttl = ttlSeconds === undefined ? '' : `, for ${ttlSeconds} s`;
  const named = clusters.length === 0 ? 'nothing' : `${clusters.join(', ')}${ttl}`;
  const rows = [['live', named, addresses.join(' ')]];
  return `${[...columns(rows, width), `  ${verdictText(live, paint)}`].join('\n')}\n`;
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
