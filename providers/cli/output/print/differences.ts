/** What `diff` found: a head for each app, its clusters that differ, and the origins that others serve. */
import {
  bareMilliseconds,
  counted,
  percent,
  signed,
  threeDigits,
  usd,
} from '../../../../constructs/model/numbers';
import {
  type AppDifference,
  type ClusterDifference,
  isDifferent,
  type Measures,
  type OriginDifference,
} from '../../../../constructs/policy';
import { columns, wrap } from '../layout';
import type { Session } from '../terminal';

/** Origins that are named; the rest is counted. */
const mostOrigins = 8;

/** A part for each app that differs, and how many do not. */
export function differencesText(
  differences: readonly AppDifference[],
  voice: Pick<Session, 'paint' | 'width'>,
): string {
  const differing = differences.filter(isDifferent);
  const same = differences.length - differing.length;
  const parts = differing.map((one) => appText(one, voice));
  const rest = same === 0 ? '' : `${counted(same, 'app')} the same in both\n`;
  return `${parts.join('\n')}${rest}`;
}

function appText(one: AppDifference, { paint, width }: Pick<Session, 'paint' | 'width'>): string {
  const { app, before, after, clusters, origins, originCount } = one;
  const name = paint('bold', app);
  if (before === undefined || after === undefined) {
    const which = before === undefined ? 'the first' : 'the second';
    const has = (after ?? before)?.clusters ?? 0;
    return `${name}   not in ${which} decision; ${counted(has, 'cluster')} in the other\n`;
  }
  const rows = clusters.map((cluster) => clusterRow(cluster, paint));
  const served =
    origins.length === 0
      ? []
      : wrap(
          `${origins.length} of ${counted(originCount, 'origin')} served otherwise: ${originsText(origins)}`,
          width - 2,
        ).map((line) => `  ${line}`);
  const lines = [`${name}   ${measuresText(before, after)}`, ...columns(rows, width), ...served];
  return `${lines.join('\n')}\n`;
}

function measuresText(before: Measures, after: Measures): string {
  if (!before.satisfied || !after.satisfied) return unsatisfiedText(before, after);
  const arrow = (a: string, b: string) => (a === b ? a : `${a} -> ${b}`);
  const times = (key: 'meanMilliseconds' | 'p95Milliseconds') =>
    arrow(bareMilliseconds(before[key]), bareMilliseconds(after[key]));
  return [
    `${arrow(String(before.clusters), String(after.clusters))} clusters`,
    `mean ${times('meanMilliseconds')} ms, p95 ${times('p95Milliseconds')} ms`,
    `${arrow(usd(before.usdPerHour), usd(after.usdPerHour))} USD/h`,
    objectiveText(before.objective, after.objective),
  ].join('   ');
}

/** An app without a place has no latency and no cost, not the best ones. */
function unsatisfiedText(before: Measures, after: Measures): string {
  const has = counted(after.satisfied ? after.clusters : before.clusters, 'cluster');
  if (after.satisfied) return `${has}; before, no placement satisfied its policy`;
  return before.satisfied
    ? `no placement satisfies its policy any more; it had ${has}`
    : 'no placement satisfies its policy in either';
}

/** Of nothing there is no percentage. */
function objectiveText(before: number, after: number): string {
  if (before === after) return 'the same objective';
  if (before === 0) return `objective ${threeDigits(before)} -> ${threeDigits(after)}`;
  return `objective ${signed(percent((after - before) / Math.abs(before)))}`;
}

function clusterRow(
  { cluster, before, after }: ClusterDifference,
  paint: Session['paint'],
): readonly string[] {
  const one = (load: typeof before) =>
    load === undefined
      ? ''
      : `${threeDigits(load.requestsPerSecond)}/s, ${counted(load.replicas, 'replica')}`;
  if (before === undefined) return [paint('green', `+ ${cluster}`), one(after)];
  if (after === undefined) return [paint('red', `- ${cluster}`), one(before)];
  return [paint('yellow', `~ ${cluster}`), `${one(before)} -> ${one(after)}`];
}

function originsText(origins: readonly OriginDifference[]): string {
  const named = origins
    .slice(0, mostOrigins)
    .map(({ origin, before, after }) => `${origin} ${by(before)} -> ${by(after)}`);
  const more = origins.length - named.length;
  return `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

const by = (clusters: readonly string[]) => (clusters.length === 0 ? 'nobody' : clusters.join('+'));
