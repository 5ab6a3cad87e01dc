/** How a release ended, for people: a line per cluster, worst first. */

import { counted } from '../../../constructs/model/numbers';
import type { ClusterResult, ReleaseOutcome } from '../../resources/release';
import { type ExitCode, exit } from './exit';
import { columns } from './layout';
import type { Paint, Style } from './terminal';

const order: readonly (readonly [ClusterResult['ending'], Style])[] = [
  ['failed', 'red'],
  ['refused', 'red'],
  ['rolled back', 'yellow'],
  ['unreachable', 'yellow'],
  ['skipped', 'yellow'],
  ['kept', 'yellow'],
  ['evacuated', 'yellow'],
  ['left', 'yellow'],
  ['removed', 'green'],
  ['ready', 'green'],
  ['unchanged', 'dim'],
];

/** A table of clusters, then how many of each. */
export function outcomeText(
  { release, clusters }: ReleaseOutcome,
  { paint, width }: { readonly paint: Paint; readonly width: number },
): string {
  const rows = order.flatMap(([ending, style]) =>
    clusters
      .filter((one) => one.ending === ending)
      .map(({ name, objects, reason = '' }) => {
        const did = objects.length === 0 ? '' : counted(objects.length, 'object');
        return [paint('bold', name), paint(style, ending), did, reason];
      }),
  );
  const counts = order.flatMap(([ending]) => {
    const count = clusters.filter((one) => one.ending === ending).length;
    return count === 0 ? [] : [`${count} ${ending}`];
  });
  const said = counts.length === 0 ? 'nothing to do' : counts.join(', ');
  return `${[`${paint('bold', release)}   ${said}`, ...columns(rows, width)].join('\n')}\n\n`;
}

/** 0 when every cluster ended well, 5 when some did, 1 when none did. */
export function outcomeCode(outcomes: readonly ReleaseOutcome[]): ExitCode {
  const clusters = outcomes.flatMap((one) => one.clusters);
  const wells = ['ready', 'unchanged', 'removed', 'left', 'evacuated'];
  const isWell = ({ ending }: ClusterResult) => wells.includes(ending);
  if (clusters.every(isWell)) return exit.done;
  return clusters.some(isWell) ? exit.partial : exit.failure;
}
