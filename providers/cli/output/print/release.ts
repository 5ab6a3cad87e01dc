/** How a release ended, for people: a line per cluster or per group that ended alike, worst first. */

import { counted, grouped } from '../../../../constructs/model/numbers';
import type { ClusterResult, ReleaseOutcome } from '../../../resources/release';
import { listed } from '../alike';
import { type ExitCode, exit } from '../exit';
import { columns, wrap } from '../layout';
import type { Paint, Style } from '../terminal';

const order: readonly (readonly [ClusterResult['ending'], Style])[] = [
  ['failed', 'red'],
  ['refused', 'red'],
  ['rolled back', 'yellow'],
  ['unreachable', 'yellow'],
  ['skipped', 'yellow'],
  ['kept', 'yellow'],
  ['evacuated', 'yellow'],
  ['left', 'yellow'],
  ['retiring', 'yellow'],
  ['removed', 'green'],
  ['ready', 'green'],
  ['unchanged', 'dim'],
];

interface Voice {
  readonly paint: Paint;
  readonly width: number;
}

/** Apps in trouble that are shown cluster by cluster. */
const mostApps = 20;

/** A table for each app; of several apps only for those that fell short, worst first, then how many of each. */
export function outcomesText(outcomes: readonly ReleaseOutcome[], voice: Voice): string {
  const [only] = outcomes;
  if (outcomes.length === 1 && only !== undefined) return outcomeText(only, voice);
  const { paint, width } = voice;
  const rank = ({ clusters }: ReleaseOutcome) =>
    Math.min(...clusters.map(({ ending }) => order.findIndex(([one]) => one === ending)));
  const short = outcomes
    .filter((one) => outcomeCode([one]) !== exit.done)
    .sort((a, b) => rank(a) - rank(b));
  const texts = short.slice(0, mostApps).map((one) => outcomeText(one, voice));
  const rest = short.slice(mostApps).map(({ release }) => release);
  const well = outcomes.filter((one) => !short.includes(one)).map(({ release }) => release);
  const clusters = outcomes.flatMap((one) => one.clusters);
  const names = new Set(clusters.map(({ name }) => name));
  const lines = [
    ...(rest.length > 0
      ? [`also in trouble: ${counted(rest.length, 'app')}: ${listed(rest)}`]
      : []),
    ...(well.length > 0 ? [`${counted(well.length, 'app')} done: ${listed(well)}`] : []),
  ].flatMap((text) => wrap(text, width));
  const where = `${counted(outcomes.length, 'app')} on ${counted(names.size, 'cluster')}`;
  const said = clusters.length === 0 ? 'nothing to do' : countsOf(clusters);
  const all = wrap(`${where}: ${said}`, width).map((line) => paint('bold', line));
  return `${texts.join('')}${[...lines, ...all].join('\n')}\n\n`;
}

function countsOf(clusters: readonly ClusterResult[]): string {
  const counts = order.flatMap(([ending]) => {
    const count = clusters.filter((one) => one.ending === ending).length;
    return count === 0 ? [] : [`${grouped(count)} ${ending}`];
  });
  return counts.join(', ');
}

/** A table of clusters, then how many of each. */
function outcomeText({ release, clusters }: ReleaseOutcome, { paint, width }: Voice): string {
  const rows = order.flatMap(([ending, style]) =>
    together(clusters.filter((one) => one.ending === ending)).map(
      ([{ objects, reason = '' }, ...others], index, groups) => {
        const did = objects.length === 0 ? '' : counted(objects.length, 'object');
        const names = (groups[index] ?? []).map(({ name }) => name);
        const each = others.length > 0 && did !== '' ? `${did} each` : did;
        return [paint('bold', listed(names)), paint(style, ending), each, reason];
      },
    ),
  );
  const said = clusters.length === 0 ? 'nothing to do' : countsOf(clusters);
  return `${[`${paint('bold', release)}   ${said}`, ...columns(rows, width)].join('\n')}\n\n`;
}

type Group = readonly [ClusterResult, ...ClusterResult[]];
/** Fewer than this are shown one by one. */
const leastTogether = 4;

/** Clusters that ended in the same way, for the same reason and with as many objects. */
function together(clusters: readonly ClusterResult[]): readonly Group[] {
  const groups = new Map<string, [ClusterResult, ...ClusterResult[]]>();
  for (const one of clusters) {
    const key = `${one.objects.length} ${one.reason?.replaceAll(one.name, '') ?? ''}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()].flatMap((group): readonly Group[] =>
    group.length < leastTogether ? group.map((one): Group => [one]) : [group],
  );
}

/** 0 when every cluster ended well, 5 when some did, 1 when none did. */
export function outcomeCode(outcomes: readonly ReleaseOutcome[]): ExitCode {
  const clusters = outcomes.flatMap((one) => one.clusters);
  const wells = ['ready', 'unchanged', 'removed', 'left', 'evacuated', 'retiring'];
  const isWell = ({ ending }: ClusterResult) => wells.includes(ending);
  if (clusters.every(isWell)) return exit.done;
  return clusters.some(isWell) ? exit.partial : exit.failure;
}
