/** Totals: what plans of several releases come to, in the one line that every wire shows. */
import { counted, grouped, signed, usd } from '../../../../constructs/model/numbers';
import { type ClusterPlan, outOfReach, type ReleasePlan } from './plan';

/** What a release is about to go through as a whole, worst first. */
export const releaseCourses = [
  'held up',
  'removed',
  'move',
  'changed',
  'scale',
  'installed',
  'unchanged',
] as const;
/** One of them. */
export type ReleaseCourse = (typeof releaseCourses)[number];

/** `held up`: some cluster refuses or does not answer; `move`: it comes to clusters or leaves some; `scale`: only replicas change. */
export function courseOf(plan: ReleasePlan): ReleaseCourse {
  const concerned = plan.clusters.filter(({ chosen, holds }) => chosen || holds);
  if (outOfReach(plan).length > 0) return 'held up';
  const has = (step: ClusterPlan['step']) => concerned.some((one) => one.step === step);
  const leaves = has('remove') || has('leave') || has('evacuate');
  if (leaves) return concerned.some(({ chosen }) => chosen) ? 'move' : 'removed';
  if (has('add')) return concerned.every(({ step }) => step === 'add') ? 'installed' : 'move';
  const updates = concerned.filter(({ step }) => step === 'update');
  if (updates.length === 0) return 'unchanged';
  return updates.every(onlyScales) ? 'scale' : 'changed';
}

const replicas = /^\.spec\.(replicas|minReplicas|maxReplicas)$/;

function onlyScales({ objects }: ClusterPlan): boolean {
  const changing = objects.filter(({ change }) => change !== 'unchanged');
  return (
    changing.length > 0 &&
    changing.every(
      ({ change, fields }) =>
        change === 'changed' &&
        fields.length > 0 &&
        fields.every(({ path }) => replicas.test(path)),
    )
  );
}

/** `12 apps on 40 clusters: 3 move, 2 scale, 7 unchanged; +1.20 USD/h`. The change of costs is left out where it is unknown or nothing. */
export function totalsText(plans: readonly ReleasePlan[], usdPerHourDelta = 0): string {
  const courses = plans.map(courseOf);
  const parts = releaseCourses.flatMap((course) => {
    const count = courses.filter((one) => one === course).length;
    return count === 0 ? [] : [`${grouped(count)} ${course}`];
  });
  const names = plans.flatMap(({ clusters }) =>
    clusters.flatMap(({ name, chosen, holds }) => (chosen || holds ? [name] : [])),
  );
  const where = `${counted(plans.length, 'app')} on ${counted(new Set(names).size, 'cluster')}`;
  const money = usd(usdPerHourDelta);
  const cost = Number(money.replaceAll(',', '')) === 0 ? '' : `; ${signed(money)} USD/h`;
  return `${where}: ${parts.join(', ')}${cost}`;
}
