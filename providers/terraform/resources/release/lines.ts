/** Release lines: a plan and a state of a release as the short lines that a Terraform plan shows. */
import { counted } from '../../../../constructs/model/numbers';
import type {
  ClusterPlan,
  ObjectPlan,
  ReleasePlan,
  ReleaseState,
} from '../../../resources/release/index';
import { objectKinds } from '../../../resources/release/plan/object-kinds';
import type { Value } from '../../protocol/provider';
import { bounded } from '../placement/values';

/** What a plan does, a line for each cluster and for each object that changes in a cluster that stays. */
export function changeLines({ clusters }: ReleasePlan): readonly string[] {
  const lines = (step: ClusterPlan['step'], tell: (one: ClusterPlan) => readonly string[]) =>
    clusters.filter((one) => one.step === step).flatMap(tell);
  return bounded([
    ...lines('add', (one) => [`+ ${one.name}  ${objectKinds(one.objects)}`]),
    ...lines('update', updateLines),
    ...lines('remove', removalLines),
    ...lines('retire', (one) => [`= ${one.name}  ${one.reason ?? ''}`]),
    ...lines('leave', (one) => [`= ${one.name}  ${one.reason ?? 'left'}`]),
    ...lines('unreachable', outOfReach),
    ...lines('refused', outOfReach),
  ]);
}

const marks: Readonly<Partial<Record<ObjectPlan['change'], string>>> = {
  created: '+',
  deleted: '-',
  replaced: '-/+',
  kept: '=',
};

function updateLines({ name, objects }: ClusterPlan): readonly string[] {
  const changed = objects.filter(({ change }) => change !== 'unchanged');
  if (changed.length === 0) return [`~ ${name}  looks again: it was not ready`];
  return changed.map(({ ref, change, drifted, fields, reason = '' }) => {
    const mark = marks[change] ?? '~';
    const why = change === 'kept' ? `, which stays: ${reason}` : drifted ? byOthers(change) : '';
    const what = fields.length === 0 ? '' : `  ${inWords(fields)}`;
    return `~ ${name}  ${mark} ${ref.kind} ${ref.name}${why}${what}`;
  });
}

function byOthers(change: ObjectPlan['change']): string {
  return `, which others ${change === 'created' ? 'deleted' : 'changed'}`;
}

function removalLines({ name, objects, reason }: ClusterPlan): readonly string[] {
  const going = objects.filter(({ change }) => change !== 'kept');
  const why = reason === undefined ? '' : `; ${reason}`;
  const staying = objects.filter(({ change }) => change === 'kept');
  return [
    `- ${name}  ${objectKinds(going)}${why}`,
    ...staying.map(
      ({ ref, reason: because = '' }) =>
        `= ${name}  ${ref.kind} ${ref.name}, which stays: ${because}`,
    ),
  ];
}

function outOfReach({ name, reason, chosen, holds }: ClusterPlan): readonly string[] {
  if (!chosen && !holds) return [];
  return [`? ${name}  ${reason ?? 'does not answer'}`];
}

/** The desired objects in one line. */
export function summaryLine(release: string, { clusters }: ReleasePlan): string {
  const chosen = clusters.filter((one) => one.chosen);
  const objects = chosen.reduce(
    (sum, one) =>
      sum + one.objects.filter(({ change }) => change !== 'deleted' && change !== 'kept').length,
    0,
  );
  return `${release}: ${counted(objects, 'object')} on ${counted(chosen.length, 'cluster')}`;
}

/** The existing objects in one line. */
export function importedSummary(release: string, clusters: ReleaseState['clusters']): string {
  const objects = clusters.reduce((sum, one) => sum + (one.inventory?.objects.length ?? 0), 0);
  return `${release}: ${counted(objects, 'object')} on ${counted(clusters.length, 'cluster')}`;
}

/** `namespace/name`. */
export function idOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** Names of the clusters that are to have the release. */
export function expectedClusters({ clusters }: ReleasePlan): readonly string[] {
  return clusters.filter((one) => one.chosen).map(({ name }) => name);
}

/** How the release stands in each cluster. Evacuated clusters are left out. */
export function standingLines({ clusters }: ReleaseState): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    clusters
      .filter(({ standing }) => standing !== 'evacuated')
      .map(({ name, standing, reason, inventory }) => {
        const objects = inventory?.objects ?? [];
        const gone = objects.filter(({ uid }) => uid === undefined).length;
        const other = objects.filter(({ uid, fields }) => uid && fields === undefined).length;
        const trouble = [
          gone > 0 ? `${gone} of them missing` : '',
          other > 0 ? `${other} of them changed by others` : '',
        ].filter((text) => text !== '');
        const why = standing === 'ready' || reason === undefined ? [] : [reason];
        return [
          name,
          [`${standing}, ${counted(objects.length, 'object')}`, ...trouble, ...why].join(', '),
        ];
      }),
  );
}

/** Clusters that did not answer. */
export function unreachableIn({ clusters }: ReleaseState): readonly string[] {
  return clusters.filter(({ standing }) => standing === 'unreachable').map(({ name }) => name);
}

/** What changes in an object. Loaded here: it brings the reader of manifests, which a start does not need. */
export function inWords(fields: ObjectPlan['fields']): string {
  const { fieldsText } =
    require('../../../resources/release/plan/changed-fields') as typeof import('../../../resources/release/plan/changed-fields');
  return fieldsText(fields);
}
