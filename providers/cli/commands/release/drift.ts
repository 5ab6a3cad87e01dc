/** littoral drift: shows what others have changed or deleted since the last apply, cluster by cluster and field by field. */

import { counted } from '../../../../constructs/model/numbers';
import {
  basisOf,
  type ClusterPlan,
  type ObjectPlan,
  observeAndPlan,
  outOfReach,
  type ReleasePlan,
  worldOf,
} from '../../../resources/release';
import { decisionFlags } from '../../input/deciding';
import { deliveryFlags } from '../../input/delivery';
import type { Flags } from '../../input/flags';
import { reachFlags, releasesOf } from '../../input/releasing';
import { observedAll } from '../../input/together';
import { exit } from '../../output/exit';
import { objectLines } from '../../output/print/plan';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...decisionFlags,
  ...reachFlags,
  ...deliveryFlags,
  json: { doc: 'Prints the clusters with the objects that differ.' },
} as const satisfies Flags;

/** The command `drift`. */
export const drift = command({
  name: 'drift',
  usage: ['littoral drift --app APP.yaml [--app ...] --fleet FLEET.yaml --decision LOCK [--json]'],
  about:
    'Compares every cluster with what the decision put there. Exit code 10 when something differs, 5 when nothing can be said about some clusters; apply repairs it, and takes fields back from others only with --force-conflicts.',
  flags,
  examples: [
    [
      'littoral drift --app shop.yaml --fleet fleet.yaml --decision shop.lock.json',
      'in a nightly job',
    ],
  ],
  run: async (values, session) => {
    const releases = await releasesOf('drift', { ...values, ...noRollout }, session);
    if (typeof releases === 'number') return releases;
    const world = worldOf(releases.folder);
    const observed = await observedAll(releases.releases, async (props) => {
      const open = await observeAndPlan(basisOf(props, undefined, false), world);
      await open.close();
      return open;
    });
    const plans: readonly ReleasePlan[] = observed.map(({ plan }) => plan);
    const found = plans.map(({ release, clusters }) => ({
      release,
      clusters: clusters.map((one) => ({ ...one, objects: one.objects.filter(isDrift) })),
    }));
    if (values.json) session.print(`${JSON.stringify(found, null, 2)}\n`);
    else for (const one of found) session.print(text(one.release, one.clusters, session));
    if (found.some(({ clusters }) => clusters.some(({ objects }) => objects.length > 0))) {
      return exit.difference;
    }
    return plans.some((one) => outOfReach(one).length > 0) ? exit.partial : exit.done;
  },
});

const noRollout = {
  waves: undefined,
  'max-unavailable': undefined,
  'max-failures': undefined,
  soak: undefined,
  evacuate: [],
  'force-conflicts': false,
  'delete-adopted': false,
  'take-over': false,
};

/** What is as decided, but not as applied; and everything on a cluster that should have it and has not. */
function isDrift({ change, drifted }: ObjectPlan): boolean {
  return drifted === true || change === 'refused' || change === 'kept' || change === 'deleted';
}

function text(release: string, clusters: readonly ClusterPlan[], session: Session): string {
  const { paint } = session;
  const chosen = clusters.filter((one) => one.chosen);
  const differing = chosen.filter(({ objects }) => objects.length > 0);
  const lines = chosen.flatMap((cluster) => {
    const { name, step, reason, objects } = cluster;
    if (step === 'unreachable' || step === 'refused') {
      return [`  ${paint('yellow', '?')} ${paint('bold', name)}   ${step}: ${reason ?? ''}`];
    }
    if (step === 'add') return [`  ${paint('dim', `+ ${name}   not installed yet`)}`];
    if (objects.length === 0) return [];
    const head = `  ${paint('yellow', '~')} ${paint('bold', name)}   ${counted(objects.length, 'object')}`;
    return [head, ...objects.flatMap((one) => objectLines(one, session))];
  });
  const said =
    differing.length === 0
      ? paint('green', 'no drift')
      : `${differing.length} of ${counted(chosen.length, 'cluster')} drifted`;
  return `${[`${paint('bold', release)}   ${said}`, ...lines].join('\n')}\n\n`;
}
