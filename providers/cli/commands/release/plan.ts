/** littoral plan: shows what apply would change in every cluster, and keeps it for review. */
import { dirname, relative } from 'node:path';
import {
  basisOf,
  hasChanges,
  type ObservedPlan,
  observeAndPlan,
  outOfReach,
  type ReleasePlan,
  rolloutSchema,
  sealPlan,
  secretsDigestOf,
  worldOf,
} from '../../../resources/release';
import { resolvePath } from '../../../sources/files/text-file';
import { writeFileAtomically } from '../../../sources/files/write';
import { checkCaa } from '../../input/caa';
import { warnOfExpiry } from '../../input/expiring';
import type { Flags, Values } from '../../input/flags';
import { loadInput } from '../../input/inputs';
import { readStates } from '../../input/release-state';
import {
  commandLine,
  onlyFlags,
  type Releases,
  releaseFlags,
  releasesOf,
  rolloutOf,
  shownOf,
} from '../../input/releasing';
import { reportFlags, writeReport } from '../../input/report-file';
import { certificatesIn, checkIssuance, observedAll } from '../../input/together';
import { type ExitCode, exit } from '../../output/exit';
import { nearPath } from '../../output/print';
import { certificatesText } from '../../output/print/certificates';
import { promisesText } from '../../output/print/delivery';
import { plansText } from '../../output/print/plan';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...releaseFlags,
  json: { doc: 'Prints the ReleasePlan document.' },
  ...onlyFlags,
  ...reportFlags,
  output: {
    value: 'PLAN.json',
    short: 'o',
    doc: 'Writes the plan; apply PLAN.json does this and nothing else.',
  },
} as const satisfies Flags;
type PlanValues = Values<typeof flags>;

/** The command `plan`. */
export const plan = command({
  name: 'plan',
  usage: [
    'littoral plan --app APP.yaml [--app ...] --fleet FLEET.yaml --decision LOCK [-o PLAN.json]',
    'littoral plan --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json]',
  ],
  about:
    'Looks at every cluster of the fleet and shows what would be created, changed field by field, adopted and deleted. Nothing is changed. Exit code 10 when there is something to do, 0 when all is as it should be; as apply would end, 5 when some clusters refuse or do not answer, 1 when all of them do.',
  flags,
  examples: [
    [
      'littoral plan --app shop.yaml --fleet fleet.yaml --decision shop.lock.json -o plan.json',
      'for review',
    ],
    ['littoral apply plan.json', 'then do exactly that'],
  ],
  run: async (values, session) => {
    const releases = await releasesOf('plan', values, session);
    if (typeof releases === 'number') return releases;
    const shown = shownOf('plan', values, releases.decision);
    warnOfExpiry(releases, session);
    await checkCaa(releases.apps, session);
    const observed = await observedOf(releases, values, session);
    checkIssuance(observed, session);
    const plans = observed.map((one) => one.plan);
    const document = planDocument(releases, observed, values, session);
    if (values.json) session.print(`${JSON.stringify(document, null, 2)}\n`);
    else {
      session.print(plansText(plans, shown, session));
      for (const one of observed) session.print(certificatesText(certificatesIn(one), session));
      session.print(promisesText(releases.releases[0]?.delivery, session));
    }
    if (values.output !== undefined) {
      const file = resolvePath(values.output, session.cwd);
      writeFileAtomically(file, `${JSON.stringify(document, null, 2)}\n`);
      session.remark(`wrote ${nearPath(file, session.cwd)}\n`);
    }
    await reportOn(releases.decision, values, session);
    return codeOf(plans);
  },
});

/** A decision that was committed is shown with the documents of now, at its own time. */
async function reportOn(
  decision: Releases['decision'],
  values: PlanValues,
  session: Session,
): Promise<void> {
  if (values.report === undefined) return;
  const clocked = { ...values, now: values.now ?? decision.now };
  const { input } = await loadInput('plan', clocked, session);
  writeReport(values.report, { decision, documents: input }, session);
}

async function observedOf(
  { releases, folder }: Releases,
  values: PlanValues,
  session: Session,
): Promise<readonly ObservedPlan[]> {
  const states = readStates(values.state, session);
  const world = worldOf(folder, { owner: commandLine });
  return observedAll(releases, async (props) => {
    const open = await observeAndPlan(basisOf(props, states[props.name], true), world);
    await open.close();
    return open;
  });
}

/** Paths stand relative to where the plan is written, or to the folder we are in. */
function planDocument(
  { decision, apps, releases }: Releases,
  observed: readonly ObservedPlan[],
  values: PlanValues,
  { cwd }: Session,
): object {
  const home = values.output === undefined ? cwd : dirname(resolvePath(values.output, cwd));
  const near = (path: string) => relative(home, resolvePath(path, cwd));
  const [{ delivery } = {}] = releases;
  const content = {
    apps: apps.map(({ file }) => near(file)),
    fleet: near(values.fleet ?? ''),
    rollout: rolloutSchema.parse(rolloutOf('plan', values)),
    ...(delivery === undefined ? {} : { delivery }),
    decision,
    releases: observed.map(({ plan: one }) => one),
  };
  const secrets = observed.flatMap(({ desired }) => {
    const digest = secretsDigestOf(desired);
    return digest === undefined ? [] : [[desired.release, digest] as const];
  });
  return sealPlan(content, Object.fromEntries(secrets));
}

/** As apply would end: where clusters refuse or are silent it does the rest at most, whatever there is to do. */
function codeOf(plans: readonly ReleasePlan[]): ExitCode {
  const short = new Set(plans.flatMap(outOfReach));
  if (short.size === 0) return plans.some(hasChanges) ? exit.difference : exit.done;
  const isConcerned = ({ chosen, holds }: ReleasePlan['clusters'][number]) => chosen || holds;
  const concerned = plans.flatMap(({ clusters }) => clusters.filter(isConcerned));
  return concerned.some((one) => !short.has(one)) ? exit.partial : exit.failure;
}
