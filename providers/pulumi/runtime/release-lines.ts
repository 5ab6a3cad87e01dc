/** Release lines: what previews and states show of a release: one line per cluster, one per object that changes. */
import { counted } from '../../../constructs/model/numbers';
import {
  type ClusterPlan,
  clusterSteps,
  type ObjectPlan,
  objectText,
  type ReleaseOutcome,
  type ReleasePlan,
  type ReleaseState,
} from '../../resources/release';
import { fieldsText } from '../../resources/release/plan/changed-fields';
import { objectKinds } from '../../resources/release/plan/object-kinds';
import type { Bag } from './property-bag';

/** Longer lists end in a line that says how many more there are. */
const mostLines = 200;
/** As `mostLines`, for what failed. */
const mostReasons = 20;

const words: Readonly<Record<ClusterPlan['step'], string>> = {
  add: 'install',
  update: 'change',
  keep: 'as it is',
  remove: 'remove',
  retire: 'keep until it is retired',
  leave: 'left to its new owner',
  unreachable: 'does not answer',
  refused: 'refuses',
  evacuate: 'let go of',
};
const signs: Readonly<Record<ObjectPlan['change'], string>> = {
  created: '+',
  changed: '~',
  replaced: '-+',
  adopted: '>',
  unchanged: '=',
  deleted: '-',
  kept: '=',
  refused: '!',
};

/** What happens to every object where a cluster comes or goes. */
const wholes: Readonly<Partial<Record<ClusterPlan['step'], ObjectPlan['change']>>> = {
  add: 'created',
  remove: 'deleted',
};

/** What a plan does, in at most 200 lines: `fra: + 5 objects: Namespace, ...` where all come or go, else `fra: ~ Deployment shop/web`. */
export function changeLines({ clusters }: ReleasePlan): readonly string[] {
  const lines = clusters.flatMap((cluster) => {
    const { name, step, reason, objects } = cluster;
    if (step === 'keep') return [];
    const why = reason === undefined ? '' : `: ${reason}`;
    const moving = objects.filter(({ change }) => change !== 'unchanged');
    // Its reason says what becomes of it.
    if (step === 'retire') return [`${name}: ${reason ?? words[step]}`];
    if (step === 'unreachable' || step === 'evacuate') return [`${name}: ${words[step]}${why}`];
    if (moving.length === 0) return [`${name}: ${words[step]}${why}`];
    const whole = wholes[step];
    const isWhole = ({ change, reason: because }: ObjectPlan) =>
      change === whole && because === undefined;
    const all = moving.filter(isWhole);
    // Line by line they would be many, and Pulumi would show each once more when the next change replaces it.
    const together =
      whole && all.length > 1
        ? [`${signs[whole]} ${objectKinds(all)}${reason === undefined ? '' : `; ${reason}`}`]
        : [];
    const single = together.length > 0 ? moving.filter((one) => !isWhole(one)) : moving;
    return [...together, ...single.map(objectLine)].map((line) => `${name}: ${line}`);
  });
  return bounded(lines, mostLines);
}

/** Pulumi shows a line only where it differs from the last one, so what is done again is said in other words. */
export function withRepetitions(lines: readonly string[], { changes }: Bag): readonly string[] {
  const last = new Set(Array.isArray(changes) ? changes : []);
  return lines.map((line) => (last.has(line) ? `${line}, again` : line));
}

function objectLine({ change, ref, drifted, fields, reason }: ObjectPlan): string {
  if (change === 'kept') return `${signs[change]} ${objectText(ref)}, stays: ${reason ?? ''}`;
  const what = fields.length === 0 ? '' : `  ${fieldsText(fields)}`;
  return `${signs[change]} ${objectText(ref)}${drifted ? byOthers(change) : ''}${what}`;
}

function byOthers(change: ObjectPlan['change']): string {
  return `, ${change === 'created' ? 'deleted' : 'changed'} by others`;
}

/** What a plan does to each cluster: `install 5 objects`. */
export function plannedClusters({ clusters }: ReleasePlan): Readonly<Record<string, string>> {
  const lines = clusters.map(({ name, step, objects }) => {
    const moving = objects.filter(({ change }) => change !== 'unchanged').length;
    const count = moving === 0 ? '' : ` ${counted(moving, 'object')}`;
    return [name, `${words[step]}${step === 'unreachable' ? '' : count}`];
  });
  return Object.fromEntries(lines);
}

/** How each cluster stands: `ready, 5 objects`. */
export function standingClusters({ clusters }: ReleaseState): Readonly<Record<string, string>> {
  const lines = clusters.map(({ name, standing, reason, inventory }) => {
    const objects = inventory?.objects ?? [];
    const strayed = objects.filter(({ uid, fields }) => uid === undefined || fields === undefined);
    const count = inventory === undefined ? '' : `, ${counted(objects.length, 'object')}`;
    const drift = strayed.length === 0 ? '' : `, ${strayed.length} changed by others`;
    return [name, `${standing}${count}${drift}${reason === undefined ? '' : `: ${reason}`}`];
  });
  return Object.fromEntries(lines);
}

/** One line for all clusters. */
export function planSummary({ clusters }: ReleasePlan): string {
  const parts = clusterSteps.flatMap((step) => {
    const count = clusters.filter((one) => one.step === step).length;
    return count === 0 ? [] : [`${words[step]} ${counted(count, 'cluster')}`];
  });
  return parts.length === 0 ? 'nothing anywhere' : parts.join(', ');
}

/** Why a release fell short, one line per cluster, at most 20. */
export function shortcomings(
  problems: readonly { readonly subject: string; readonly summary: string; remedy: string }[],
): readonly string[] {
  return bounded(
    problems.map(
      ({ subject, summary, remedy }) => `${subject}: ${summary.replace(/\.$/, '')}. ${remedy}`,
    ),
    mostReasons,
  );
}

/** `2 of 5 clusters failed; the others are done`. */
export function shortSummary({ release, clusters }: ReleaseOutcome, failed: number): string {
  const all = counted(clusters.length, 'cluster');
  const rest = clusters.length > failed ? '; the others are done' : '';
  return `${release}: ${failed} of ${all} fell short${rest}`;
}

function bounded(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `... and ${lines.length - most} more`];
}
