/** littoral destroy: removes an app from every cluster that has it. */
import {
  type ClusterPlan,
  carryOut,
  hasChanges,
  type ObservedPlan,
  observeAndPlanRemoval,
  type ReleaseState,
  rolloutSchema,
  type World,
  worldOf,
} from '../../../resources/release';
import { approvalFlags, approved, interruption } from '../../input/approval';
import { deliveryFlags } from '../../input/delivery';
import type { Flags } from '../../input/flags';
import { inputFlags } from '../../input/inputs';
import { readStates, stateFlags, writeStates } from '../../input/release-state';
import {
  closing,
  commandLine,
  homesOf,
  reachFlags,
  rolloutFlags,
  rolloutOf,
} from '../../input/releasing';
import { carriedOut, concerned, observedAll } from '../../input/together';
import { exit } from '../../output/exit';
import { plansText } from '../../output/print/plan';
import { outcomeCode, outcomesText } from '../../output/print/release';
import { progressOn } from '../../output/progress';
import { command } from '../command';

const { app, fleet } = inputFlags;
const flags = {
  app,
  fleet,
  evacuate: rolloutFlags.evacuate,
  'delete-adopted': rolloutFlags['delete-adopted'],
  'take-over': rolloutFlags['take-over'],
  ...reachFlags,
  ...stateFlags,
  ...deliveryFlags,
  ...approvalFlags,
} as const satisfies Flags;

const silent: readonly ClusterPlan['step'][] = ['unreachable', 'refused'];

/** The command `destroy`. */
export const destroy = command({
  name: 'destroy',
  usage: ['littoral destroy --app APP.yaml [--app ...] --fleet FLEET.yaml [--yes]'],
  about:
    'Looks for each app in every cluster of the fleet and deletes what littoral put there, last applied first; nothing else. A namespace in which others have something stays. Exit code 5 when some clusters could not be cleaned.',
  flags,
  examples: [['littoral destroy --app shop.yaml --fleet fleet.yaml', 'asks first']],
  run: async (values, session) => {
    const rollout = rolloutSchema.parse(rolloutOf('destroy', values));
    const { fleet: clusters, homes, folder } = homesOf('destroy', values, session);
    const states = readStates(values.state, session);
    const progress = progressOn(session);
    const { signal, done: restored } = interruption(session);
    const worldFor = (release: string): World => {
      return worldOf(folder, { onEvent: progress.of(release), signal, owner: commandLine });
    };
    const observe = (one: (typeof homes)[number]) =>
      observeAndPlanRemoval(one, clusters, rollout, states[one.name], worldFor(one.name));
    const go = async () => {
      const open = await observedAll(homes, observe);
      return closing(open, () => removeAll(open));
    };
    const removeAll = async (open: readonly ObservedPlan[]) => {
      const plans = open.map(({ plan }) => plan);
      session.print(plansText(plans, { onlyChanged: false, usdPerHourDelta: 0 }, session));
      const isIdle = open.every(({ plan }) => !hasChanges(plan));
      if (!isIdle && !values.yes && !(await approved('destroy', session))) return exit.guard;
      const after: Record<string, ReleaseState | undefined> = { ...states };
      progress.expect(concerned(open));
      const done = await carriedOut(open, (one) => {
        const { release } = one.desired;
        return carryOut(one, states[release], worldFor(release));
      });
      for (const [index, { state }] of done.entries()) {
        after[open[index]?.desired.release ?? ''] = state;
      }
      const outcomes = done.map(({ outcome }) => outcome);
      writeStates(values.state, after, session);
      session.print(outcomesText(outcomes, session));
      const code = outcomeCode(outcomes);
      // Without a state it is unknown whether a cluster that does not answer, or refuses, has objects of the release.
      const isSure = open.every(({ plan, desired }) => {
        const isKnown = states[desired.release] !== undefined;
        return isKnown || plan.clusters.every(({ step }) => !silent.includes(step));
      });
      return code === exit.done && !isSure ? exit.partial : code;
    };
    return go().finally(restored);
  },
});
