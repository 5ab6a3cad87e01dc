/** Release: objects on the chosen clusters, as a managed resource: planned, applied, read, removed and taken over. */
import { issuanceMistakes } from '../../../constructs/certificates';
import type { DeliverySettings } from '../../../constructs/delivery';
import type { Fleet } from '../../../constructs/model/fleet';
import { throwAll } from '../../../constructs/parsing';
import { caaLookup } from '../../dns/question/caa';
import type { Problem, Reconciled, Resource } from '../contract';
import { basisOf, type ObservedPlan, observeAndPlan } from './apply/observe-and-plan';
import { type ClusterResult, isShort, type ReleaseOutcome } from './apply/result';
import { rollOut } from './apply/rollout';
import { stateAfter } from './apply/state-after';
import { deliveredWorld } from './hub/hub-world';
import { caaFindings, caaQuestions } from './observe/caa';
import { importRelease } from './observe/import';
import { closeAll, observe } from './observe/observe';
import { stateSeen } from './observe/state-seen';
import type { World } from './observe/world';
import { certificateRequests } from './plan/certificate-requests';
import type { ReleasePlan } from './plan/plan';
import { planFromState } from './plan/plan-from-state';
import { type Desired, desiredOf, nothing } from './state/desired';
import {
  parseRelease,
  type ReleaseProps,
  type Rollout,
  releaseSchema,
  rolloutSchema,
} from './state/props';
import type { ReleaseState } from './state/state';

/** What applying or destroying leaves. */
export type Released = Reconciled<ReleaseState, ReleaseOutcome>;

/** Applies an observed plan and closes its clients. */
export async function carryOut(
  course: ObservedPlan,
  prior: ReleaseState | undefined,
  world: World,
): Promise<Released> {
  try {
    const outcome = await rollOut(course, world);
    const after = stateAfter(prior, course.desired, outcome, course);
    const isGone = course.desired.clusters.length === 0 && after.clusters.length === 0;
    return {
      state: isGone ? undefined : after,
      outcome,
      problems: problemsOf(outcome, course, prior),
      warnings: warningsOf(outcome, course, prior),
    };
  } finally {
    await course.close();
  }
}

/** Removes a release from the clusters of `prior` while it goes on in others: claims of volumes stay until somebody speaks for them. */
export async function leaveClusters(prior: ReleaseState, world: World): Promise<Released> {
  const id = { name: prior.release, namespace: prior.namespace };
  const course = await observeAndPlanRemoval(id, noFleet, usual(), prior, world, true);
  return carryOut(course, prior, world);
}

/** Observes a release that is to be removed, in every cluster that may hold it, and plans its removal. */
export function observeAndPlanRemoval(
  release: {
    readonly name: string;
    readonly namespace: string;
    readonly delivery?: DeliverySettings | undefined;
  },
  fleet: Pick<Fleet, 'clusters'>,
  rollout: Rollout,
  prior: ReleaseState | undefined,
  world: World,
  isMove = false,
): Promise<ObservedPlan> {
  const desired = nothing(release.name, release.namespace);
  const careless: Rollout = { ...rollout, minClusters: 0, retire: 'now' };
  const { delivery = prior?.delivery } = release;
  const basis = { desired, fleet, rollout: careless, delivery, prior, everywhere: true, isMove };
  return observeAndPlan(basis, world);
}

/** What stays behind although the release is done with it, cluster by cluster. */
function warningsOf(
  outcome: ReleaseOutcome,
  course: ObservedPlan,
  prior: ReleaseState | undefined,
): readonly string[] {
  return outcome.clusters.flatMap((one) => {
    const { name, ending, reason } = one;
    if (mayBeSilent(one, outcome, course, prior)) {
      const why = (reason ?? ending).replace(/\.$/, '');
      return [
        `${aboutCluster(name, why)}. It is left as it was; an apply goes on when it answers.`,
      ];
    }
    return isShort(one) || reason === undefined || ending === 'evacuated'
      ? []
      : [aboutCluster(name, reason)];
  });
}

/** A sentence about a cluster that begins with its name, once. */
function aboutCluster(name: string, text: string): string {
  return text.startsWith(`${name} `) ? text : `${name}: ${text}`;
}

/**
 * Whether a silent cluster holds up nobody: another one carries the app, and this one is no longer chosen or had the
 * release before. The state remembers it. One that is to take over, or from which everything is to go, must answer.
 */
function mayBeSilent(
  { name, ending }: ClusterResult,
  { clusters }: ReleaseOutcome,
  { desired }: ObservedPlan,
  prior: ReleaseState | undefined,
): boolean {
  if (ending !== 'unreachable') return false;
  const chosen = new Set(desired.clusters.map((one) => one.name));
  const isCarried = clusters.some(
    (one) => chosen.has(one.name) && (one.ending === 'ready' || one.ending === 'unchanged'),
  );
  const had = prior?.clusters.find((one) => one.name === name)?.inventory !== undefined;
  return isCarried && (had || !chosen.has(name));
}

function problemsOf(
  outcome: ReleaseOutcome,
  course: ObservedPlan,
  prior: ReleaseState | undefined,
): readonly Problem[] {
  const short = outcome.clusters.filter(
    (one) => isShort(one) && !mayBeSilent(one, outcome, course, prior),
  );
  const isRemoval = course.desired.clusters.length === 0;
  return short.map(({ name, ending, reason = ending }) => ({
    subject: name,
    // The cluster is named before it.
    summary: reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : `${ending}: ${reason}`,
    remedy:
      ending === 'unreachable'
        ? silentRemedy(name, isRemoval)
        : (remedies[ending] ?? 'Apply again once the cause is gone.'),
  }));
}

const remedies: Readonly<Record<string, string>> = {
  refused:
    'Change what is asked for, or what is there, and apply again; rollout.force takes fields from their managers.',
  'rolled back': 'Correct what failed and apply again.',
};

/** What to do about a cluster that does not answer. Of a removal: to let go is part of what the state says, so it is applied first. */
function silentRemedy(name: string, isRemoval: boolean): string {
  return isRemoval
    ? `Destroy again when it answers. If it never will: put "${name}" into rollout.evacuate, apply, whatever that says of ${name}, and destroy again; on the command line destroy with --evacuate ${name}.`
    : `Apply again when it answers. If it never will: keep the app off it (mustNotInclude, or a fleet without it), put "${name}" into rollout.evacuate, and apply.`;
}

const noFleet = { clusters: [] };
/** Made when asked for: most starts need no schema. */
const usual = (): Rollout => rolloutSchema.parse({});

/** The resource `release`. */
export const release: Resource<ReleaseProps, ReleaseState, ReleasePlan, ReleaseOutcome, World> = {
  kind: 'release',
  doc: 'Puts the objects of a bundle on the clusters of a decision by server-side apply, waits until they are ready, and removes them from clusters that left.',
  schema: releaseSchema,
  parse: parseRelease,
  plan: (prior, props) => {
    const desired = wanted(prior, props);
    const planned = planFromState(prior, desired, props?.rollout ?? usual());
    // Nothing tells when those that are there were issued; the apply knows, and counts again.
    throwAll(issuanceMistakes(certificateRequests(desired, planned), Number.POSITIVE_INFINITY));
    return planned;
  },
  read: async (prior, world) => {
    const { answerSeconds, parallelism } = usual();
    const { release: name, namespace } = prior;
    const looks = prior.clusters.map((cluster) => {
      const { access } = cluster;
      const reach = { name: cluster.name, ...(access === undefined ? {} : { access }) };
      return { cluster: reach, manifests: [] };
    });
    const through = deliveredWorld(world, prior.delivery, nothing(name, namespace));
    const options = { release: name, namespace, parallelism, answerSeconds };
    const seen = await observe(looks, options, through);
    await closeAll(seen);
    return stateSeen(prior, seen);
  },
  reconcile: async (prior, props, world) => {
    const course = await observeAndPlan({ ...basisOf(props, prior), repairs: true }, world);
    let warnings: readonly string[];
    try {
      throwAll(issuanceMistakes(course.certificateRequests, (world.clock ?? Date.now)()));
      warnings = await warningsOfCaa(course.desired, world);
    } catch (thrown) {
      await course.close();
      throw thrown;
    }
    const done = await carryOut(course, prior, world);
    return { ...done, warnings: [...warnings, ...done.warnings] };
  },
  delete: async (prior, world) => {
    const id = { name: prior.release, namespace: prior.namespace };
    return carryOut(await observeAndPlanRemoval(id, noFleet, usual(), prior, world), prior, world);
  },
  import: (id, world) => importRelease(id, usual(), world),
};

/** Hosts of which nobody answers. Throws EdgeErrors for those whose records forbid their authority. */
async function warningsOfCaa({ clusters }: Desired, world: World): Promise<readonly string[]> {
  const questions = caaQuestions(clusters.flatMap(({ manifests }) => manifests));
  if (questions.length === 0) return [];
  const { errors, warnings } = await caaFindings(questions, world.caa ?? caaLookup());
  throwAll(errors);
  return warnings;
}

function wanted(prior: ReleaseState | undefined, props: ReleaseProps | undefined): Desired {
  if (props !== undefined) return desiredOf(props);
  return nothing(prior?.release ?? '', prior?.namespace ?? '');
}
