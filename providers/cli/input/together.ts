/** Together: the releases of many apps at the same time, few enough that what is open and in memory stays bounded. */
import { issuanceMistakes, issuanceWarnings } from '../../../constructs/certificates';
import { throwAll } from '../../../constructs/parsing';
import { eachOf } from '../../clusters/parallel';
import type { ObservedPlan, Released, ReleasePlan } from '../../resources/release';
import { printWarnings } from '../output/print';
import type { Session } from '../output/terminal';

/** Apps whose clusters are read or changed at the same time; each has its own number of clusters at once. */
export const appsAtOnce = 8;

/** Observes for each item, in their order. When one cannot be observed, none stays open. */
export async function observedAll<T>(
  items: readonly T[],
  observe: (item: T) => Promise<ObservedPlan>,
): Promise<readonly ObservedPlan[]> {
  const tried = await eachOf(items, appsAtOnce, (item) =>
    observe(item).then(
      (open) => ({ open }),
      (error: unknown) => ({ error }),
    ),
  );
  const failed = tried.find((one) => 'error' in one);
  const open = tried.flatMap((one) => ('open' in one ? one.open : []));
  if (failed === undefined) return open;
  await Promise.all(open.map((one) => one.close()));
  throw failed.error;
}

/**
 * Carries out, in their order where that matters: apps of one namespace go one after another, and one that changes what
 * all may use, such as a CustomResourceDefinition, goes alone.
 */
export async function carriedOut(
  open: readonly ObservedPlan[],
  carryOut: (one: ObservedPlan) => Promise<Released>,
): Promise<readonly Released[]> {
  // Whoever is waited for has begun before.
  let lastAlone: Promise<unknown> = Promise.resolve();
  let since: Promise<unknown>[] = [];
  const lastIn = new Map<string, Promise<unknown>>();
  return eachOf(open, appsAtOnce, (one) => {
    const { namespace } = one.plan;
    const isAlone = changesWhatAllUse(one.plan);
    const before = isAlone ? [lastAlone, ...since] : [lastAlone, lastIn.get(namespace)];
    const work = Promise.all(before).then(() => carryOut(one));
    const ended = work.catch(() => undefined);
    if (isAlone) {
      lastAlone = ended;
      since = [];
    } else {
      since.push(ended);
      lastIn.set(namespace, ended);
    }
    return work;
  });
}

/** Clusters that have or are to have a release, counted for each. */
export function concerned(open: readonly Pick<ObservedPlan, 'plan'>[]): number {
  const isConcerned = ({ chosen, holds }: ReleasePlan['clusters'][number]) => chosen || holds;
  return open.reduce((sum, { plan }) => sum + plan.clusters.filter(isConcerned).length, 0);
}

/** What TLS is terminated with, cluster by cluster. */
export function certificatesIn({ certificates }: Pick<ObservedPlan, 'certificates'>) {
  return [...certificates].map(([cluster, all]) => ({ cluster, certificates: all }));
}

/** Throws EdgeErrors where authorities would not issue what all releases together ask for; warns of renewals that would fail. */
export function checkIssuance(
  observed: readonly Pick<ObservedPlan, 'certificateRequests'>[],
  session: Session,
): void {
  const requests = observed.flatMap((one) => one.certificateRequests);
  throwAll(issuanceMistakes(requests, Date.now()));
  printWarnings(issuanceWarnings(requests), session);
}

/** Objects outside of namespaces are everybody's; its Namespace is the app's own. */
function changesWhatAllUse({ clusters }: ReleasePlan): boolean {
  return clusters.some(({ objects }) =>
    objects.some(
      ({ ref, change }) =>
        ref.namespace === undefined && ref.kind !== 'Namespace' && change !== 'unchanged',
    ),
  );
}
