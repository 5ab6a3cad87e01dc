/** littoral apply: makes every cluster as the decision says, or does exactly what a reviewed plan says. */
import { basename, dirname, join, relative } from 'node:path';
import { EdgeError, throwAll } from '../../../../constructs/parsing';
import {
  basisOf,
  carryOut,
  hasChanges,
  movedSince,
  type ObservedPlan,
  observeAndPlan,
  outOfReach,
  type PlanDocument,
  parsePlan,
  type Released,
  type ReleaseState,
  secretsMovedSince,
  type World,
  worldOf,
} from '../../../resources/release';
import { readTextFile, resolvePath } from '../../../sources/files/text-file';
import { approvalFlags, approved, interruption } from '../../input/approval';
import { checkCaa } from '../../input/caa';
import { deliveryOf } from '../../input/delivery';
import { warnOfExpiry } from '../../input/expiring';
import type { Flags, Values } from '../../input/flags';
import { loadDocuments } from '../../input/inputs';
import { readStates, type States, writeStates } from '../../input/release-state';
import {
  closing,
  commandLine,
  onlyFlags,
  type Releases,
  released,
  releaseFlags,
  releasesOf,
  rolloutOf,
  shownOf,
} from '../../input/releasing';
import {
  carriedOut,
  certificatesIn,
  checkIssuance,
  concerned,
  observedAll,
} from '../../input/together';
import { retireFlags, retireOf, trafficFlags } from '../../input/traffic';
import { usersOf } from '../../input/users';
import { type ExitCode, exit } from '../../output/exit';
import { certificatesText } from '../../output/print/certificates';
import { plansText } from '../../output/print/plan';
import { outcomeCode, outcomesText } from '../../output/print/release';
import { progressOn } from '../../output/progress';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...releaseFlags,
  ...trafficFlags,
  ...retireFlags,
  ...onlyFlags,
  ...approvalFlags,
} as const satisfies Flags;
type ApplyValues = Values<typeof flags>;

/** The command `apply`. */
export const apply = command({
  name: 'apply',
  usage: [
    'littoral apply PLAN.json',
    'littoral apply --app APP.yaml [--app ...] --fleet FLEET.yaml --decision LOCK [--yes]',
  ],
  about:
    'Applies to all clusters at once, waits until everything is ready, and only then removes the app from clusters that left the decision. With --powerdns, apps with exposure have their users sent to the new clusters first, once those serve, and removed is only after resolvers have forgotten the old answers. A cluster that fails or does not answer holds up no other. A reviewed plan is refused when the fleet or an object has changed since (exit code 4). Exit code 5 when some clusters failed and the rest are done.',
  flags,
  words: 1,
  examples: [
    ['littoral apply plan.json', 'what was reviewed, and nothing else'],
    [
      'littoral apply --app shop.yaml --fleet fleet.yaml --decision shop.lock.json --waves 1,25% --soak 60 --yes',
      'one small cluster, a quarter of them, the rest',
    ],
  ],
  run: async (values, session, [path]) => {
    const plan = path === undefined ? undefined : readPlan(path, session);
    const releases =
      plan === undefined
        ? await releasesOf('apply', values, session, rolloutFor(values))
        : await reviewed(plan, path ?? '', values, session);
    if (typeof releases === 'number') return releases;
    warnOfExpiry(releases, session);
    await checkCaa(releases.apps, session);
    const states = readStates(values.state, session);
    const interrupted = interruption(session);
    try {
      return await applyAll(releases, plan, states, values, session, interrupted.signal);
    } finally {
      interrupted.done();
    }
  },
});

/** What a reviewed plan does not say. */
function rolloutFor(values: ApplyValues) {
  return retireOf('apply', values) === 'later' ? { retire: 'later' } : {};
}

function readPlan(path: string, { cwd }: Session): PlanDocument {
  const file = resolvePath(path, cwd);
  return parsePlan(readTextFile(file, { path: 'PLAN.json' }), { file });
}

/** The apps and the fleet of the plan, as they are now. */
async function reviewed(
  plan: PlanDocument,
  path: string,
  values: ApplyValues,
  session: Session,
): Promise<Releases> {
  const home = dirname(resolvePath(path, session.cwd));
  const near = (file: string) => relative(session.cwd, resolvePath(file, home)) || file;
  const named = {
    app: values.app.length > 0 ? values.app : plan.apps.map(near),
    fleet: values.fleet ?? near(plan.fleet),
  };
  const { apps, fleet } = loadDocuments('apply', named, session);
  const { decision } = plan;
  const said = rolloutOf('apply', values);
  const evacuate = [...plan.rollout.evacuate, ...(said.evacuate ?? [])];
  // The policy of the app says how many must stay ready.
  const { minClusters: _, ...planned } = plan.rollout;
  const rollout = { ...planned, ...said, ...rolloutFor(values), evacuate };
  const chosen = { decision, fleet, apps };
  const how = { rollout, delivery: plan.delivery ?? deliveryOf(values, session) };
  return { ...chosen, ...(await released(chosen, how, named.fleet, session)) };
}

async function applyAll(
  chosen: Releases,
  plan: PlanDocument | undefined,
  states: States,
  values: ApplyValues,
  session: Session,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { folder, decision } = chosen;
  const shown = shownOf('apply', values, decision);
  const progress = progressOn(session);
  const named = {
    ...values,
    app: chosen.apps.map(({ file }) => file),
    fleet: values.fleet ?? join(folder, basename(plan?.fleet ?? '')),
  };
  const users = await usersOf('apply', named, chosen, { session, signal });
  const { beforeRemoval } = users;
  const worldFor = (release: string): World => {
    const onEvent = progress.of(release);
    return worldOf(folder, { signal, onEvent, owner: commandLine, beforeRemoval });
  };
  const open = await observedAll(chosen.releases, (props) =>
    observeAndPlan(basisOf(props, states[props.name], true), worldFor(props.name)),
  );
  return closing(open, async () => {
    throwAll(plan === undefined ? [] : moves(plan, open));
    if (plan === undefined) {
      const plans = open.map((one) => one.plan);
      session.print(plansText(plans, shown, session));
      for (const one of open) session.print(certificatesText(certificatesIn(one), session));
    }
    checkIssuance(open, session);
    if (!users.show()) return exit.guard;
    const isQuiet = open.every((one) => !hasChanges(one.plan) && outOfReach(one.plan).length === 0);
    const isIdle = isQuiet && !users.changes;
    const mayGo = plan !== undefined || values.yes || isIdle || (await approved('apply', session));
    if (!mayGo) return exit.guard;
    progress.expect(concerned(open));
    const done = await carriedOut(open, (one) => {
      const { release } = one.desired;
      return carryOut(one, states[release], worldFor(release));
    });
    writeStates(values.state, statesAfter(states, open, done), session);
    const outcomes = done.map(({ outcome }) => outcome);
    session.print(outcomesText(outcomes, session));
    const sent = await users.send();
    const code = outcomeCode(outcomes);
    return code === exit.done ? sent : code;
  });
}

function statesAfter(
  states: States,
  open: readonly ObservedPlan[],
  done: readonly Released[],
): Readonly<Record<string, ReleaseState | undefined>> {
  const after = open.map((one, index) => [one.desired.release, done[index]?.state]);
  return { ...states, ...Object.fromEntries(after) };
}

function moves(
  { releases, secrets = {} }: PlanDocument,
  open: readonly ObservedPlan[],
): readonly EdgeError[] {
  return open.flatMap(({ plan, desired }) => {
    const before = releases.find(({ release }) => release === plan.release);
    const moved =
      before === undefined
        ? [`${plan.release} is not in the plan`]
        : [...movedSince(before, plan), ...secretsMovedSince(secrets[plan.release], desired)];
    return moved.map((summary) => {
      const remedy = 'Plan again, and review what is different.';
      return new EdgeError({ code: 'GuardStopped', path: plan.release, summary, remedy });
    });
  });
}
