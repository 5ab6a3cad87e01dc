/** littoral_release: plans from what the refresh saw, applies what was planned, and remembers what was done even when it was cut off. */
import type {
  PlannedObjects,
  ReleaseProps,
  ReleaseState,
  World,
} from '../../../resources/release/index';
import {
  type ApplyRequest,
  type Context,
  type Diagnostic,
  type Fields,
  type Kept,
  type ManagedResource,
  type Path,
  type Planned,
  type PlanRequest,
  unknown,
  type Value,
} from '../../protocol/provider';
import { documentOf } from '../../schema/values';
import {
  areSame,
  argumentsOf,
  computedOf,
  fieldsOf,
  olderState,
  textOf,
  withUnknown,
} from '../attributes';
import { diagnosticsOf, gathering, warningsOf } from '../diagnostics';
import { generatedMistake } from '../generated-configuration';
import { dataFolder } from '../placement/kept-placements';
import { stateOrigin } from '../state-origin';
import { anyUnknown, knownErrors } from '../unknown-inputs';
import { appliedOf, withFieldsSince } from './applied';
import { importRelease } from './import';
import {
  bundleDigest,
  checkRollout,
  exactlyOne,
  locateIn,
  propsOf,
  type Remembered,
  worldOf as realWorld,
  rememberedIn,
} from './inputs';
import {
  changeLines,
  expectedClusters,
  idOf,
  standingLines,
  summaryLine,
  unreachableIn,
} from './lines';
import { foundByCreating, heldErrors, inHcl, Owners, twice } from './owner';
import { otherReviewed, parentRun } from './reviewed-bundles';
import { rolloutShape, releaseSchema as schema } from './schema';
import { secretsSeen } from './secrets';

const inputs = argumentsOf(schema.attributes);
const results = computedOf(schema.attributes);
/** They follow the placement: alone they are no reason to change anything, unless objects change. */
const moving = ['fleet', 'decision'];
const steady = inputs.filter((name) => !moving.includes(name));

function releaseResource() {
  return require('../../../resources/release/index') as typeof import('../../../resources/release/index');
}

async function plan(request: PlanRequest, context: Context, inside: Inside): Promise<Planned> {
  const { prior, proposed } = request;
  const { owners } = inside;
  if (proposed === null) return { planned: null, hidden: intention({ destroys: true }) };
  const open = withUnknown(proposed, results);
  const before = rememberedIn(prior)?.release;
  owners.saw(before);
  const replaced = intends(request.hidden).stays ?? intends(request.reviewed).follows;
  if (prior === null && replaced !== undefined) owners.goes(replaced);
  if (before !== undefined && !owners.stays(before))
    return { planned: prior, diagnostics: [twice] };
  const marked = before?.owner === undefined ? {} : { stays: before.owner.id };
  const followed = replaced === undefined ? {} : { follows: replaced };
  const creates = {
    hidden: intention(prior === null ? { creates: true, ...followed } : marked),
  };
  if (anyUnknown(proposed, inputs)) return { planned: open, ...creates };
  const { value: props, diagnostics } = await gathering(locateIn(proposed), () =>
    propsOf(proposed, context),
  );
  if (props === undefined) return { planned: open, diagnostics };
  const edited = editedSinceReview(proposed, props);
  if (edited !== undefined) return { planned: open, ...creates, diagnostics: [edited] };
  const twiceWanted = await gathering(locateIn(proposed), async () => inside.objects().add(props));
  if (twiceWanted.diagnostics.length > 0)
    return { planned: open, ...creates, diagnostics: twiceWanted.diagnostics };
  const found = await gathering(locateIn(proposed), () =>
    prior === null
      ? foundByCreating(props, inside.reach(context), owners)
      : heldWhile(before, props),
  );
  const findings = found.value ?? found.diagnostics;
  const step = findings.some(({ severity }) => severity === 'error')
    ? { planned: open }
    : planned(request, proposed, props);
  return { ...step, ...creates, ...(findings.length === 0 ? {} : { diagnostics: findings }) };
}

/** Errors where another owner has taken the release that is to be changed. */
function heldWhile(before: ReleaseState | undefined, props: ReleaseProps): readonly Diagnostic[] {
  const { hasChanges, release } = releaseResource();
  const step = release.plan(before, props);
  return hasChanges(step) ? heldErrors(step) : [];
}

function planned({ prior }: PlanRequest, proposed: Fields, props: ReleaseProps): Planned {
  const { hasChanges, release } = releaseResource();
  const remembered = rememberedIn(prior);
  const before = remembered?.release;
  const step = release.plan(before, props);
  if (
    prior !== null &&
    before !== undefined &&
    areSame(prior, proposed, steady) &&
    !hasChanges(step)
  ) {
    return { planned: prior };
  }
  const known: Record<string, Value> = {
    id: idOf(props.bundle.namespace, props.name),
    bundle_digest: bundleDigest(props.bundle),
    summary: summaryLine(props.name, step),
    changes: changeLines(withFieldsSince(step, before, remembered?.applied, props)),
    clusters: Object.fromEntries(expectedClusters(step).map((name) => [name, unknown])),
    leaving: step.clusters.filter(({ step }) => step === 'retire').map(({ name }) => name),
    unreachable: unknown,
    inventory: unknown,
  };
  const replace = before === undefined ? [] : replacing(before, props, prior);
  return {
    planned: { ...proposed, ...known },
    ...(replace.length === 0 ? {} : { requiresReplace: replace }),
  };
}

/** Another name or namespace is another release. */
function replacing(before: ReleaseState, props: ReleaseProps, prior: Fields | null): Path[] {
  const isNamed = before.release !== props.name;
  if (!isNamed && before.namespace === props.bundle.namespace) return [];
  const given = textOf(prior?.name) !== undefined || isNamed;
  return given ? [['name'], ['id']] : [['bundle'], ['document'], ['id']];
}

async function apply(request: ApplyRequest, context: Context, inside: Inside): Promise<Kept> {
  const { prior, planned: wanted } = request;
  if (wanted === null) return destroy(request, context, inside);
  const locate = locateIn(wanted);
  const { value: props, diagnostics } = await gathering(locate, () => propsOf(wanted, context));
  if (props === undefined) return { state: prior, diagnostics };
  const changed = changedSince(wanted, props);
  if (changed !== undefined) return { state: prior, diagnostics: [changed] };
  const before = rememberedIn(prior);
  const run = await gathering(locate, () =>
    releaseResource().release.reconcile(
      before?.release,
      props,
      acting(inside, context, prior === null),
    ),
  );
  if (run.value === undefined) return { state: prior, diagnostics: run.diagnostics };
  const { state, problems, warnings } = run.value;
  const isCut = problems.length > 0 && (prior === null || before?.unfinished === true);
  const release = state ?? nothingThere(props);
  const applied = appliedOf(props, release, before?.applied);
  const after = stateOf(wanted, {
    release,
    ...(isCut ? { unfinished: true } : {}),
    ...(applied === undefined ? {} : { applied }),
  });
  // What was planned to leave is told so even of a cluster that does not answer: a plan is kept to the letter.
  const leaving = Array.isArray(wanted.leaving) ? wanted.leaving : (after.leaving ?? null);
  const found = [...problemsOf(problems), ...warningsOf(warnings)];
  return { state: { ...after, leaving: leaving as Value }, diagnostics: found };
}

/** The state with everything that was observed in clusters. */
function stateOf(fields: Fields, remembered: Remembered): Fields {
  return {
    ...fieldsOf(schema.attributes, fields),
    clusters: standingIn(fields.clusters, remembered.release),
    leaving: releaseResource().leavingIn(remembered.release),
    unreachable: unreachableIn(remembered.release),
    inventory: JSON.stringify(remembered),
  };
}

/** How the release stands in the clusters that were planned: a lost one that it left is told in `unreachable`, so that the keys are known while planning. */
function standingIn(planned: Value | undefined, release: ReleaseState): Value {
  const lines = standingLines(release);
  if (typeof planned !== 'object' || planned === null || planned === unknown) return lines;
  return Object.fromEntries(
    Object.keys(planned).map((name) => [name, lines[name] ?? 'is not there']),
  );
}

/** Nothing on no cluster is a release too: of an app that no cluster was chosen for. */
function nothingThere({ name, bundle, decision }: ReleaseProps): ReleaseState {
  const { namespace } = bundle;
  const { digest } = decision;
  return { release: name, namespace, decision: digest, fleet: '', objects: '', clusters: [] };
}

/** A file that changed between plan and apply is not what was reviewed. */
function changedSince(wanted: Fields, props: ReleaseProps): Diagnostic | undefined {
  const reviewed = textOf(wanted.bundle_digest);
  if (reviewed === undefined || reviewed === bundleDigest(props.bundle)) return undefined;
  return changedWords(wanted, props, reviewed);
}

/** The same in the plan that Terraform makes once more at apply: it would call the difference a bug of the provider. */
function editedSinceReview(wanted: Fields, props: ReleaseProps): Diagnostic | undefined {
  const file = textOf(wanted.bundle);
  if (file === undefined) return undefined;
  const key = JSON.stringify([file, props.bundle.namespace, props.name]);
  const digest = bundleDigest(props.bundle);
  const reviewed = otherReviewed(key, digest, dataFolder(process.env), parentRun());
  return reviewed === undefined ? undefined : changedWords(wanted, props, reviewed);
}

function changedWords({ bundle }: Fields, props: ReleaseProps, reviewed: string): Diagnostic {
  return {
    severity: 'error',
    summary: `What is to be run has changed since it was planned${typeof bundle === 'string' ? `: ${bundle} was edited` : ''}.`,
    detail: `Got ${bundleDigest(props.bundle)}, expected ${reviewed}. Plan again.`,
    path: bundle === null ? ['document'] : ['bundle'],
  };
}

async function destroy(
  { prior, hidden }: ApplyRequest,
  context: Context,
  inside: Inside,
): Promise<Kept> {
  const remembered = rememberedIn(prior);
  inside.owners.saw(remembered?.release);
  if (prior === null || remembered === undefined) return { state: null };
  // Terraform replaces what it could not finish creating. What is there is as it should be: the creation
  // that follows adopts it, and no user notices.
  if (remembered.unfinished === true && intends(hidden).creates === true) return { state: null };
  const run = await gathering(locateIn(prior), () =>
    removed(prior, remembered.release, acting(inside, context)),
  );
  if (run.value === undefined) return { state: prior, diagnostics: run.diagnostics };
  const { state, problems, warnings } = run.value;
  const notes = warnings.length === 0 ? {} : { diagnostics: warningsOf(warnings) };
  if (problems.length === 0) return { state: null, ...notes };
  const left = state ?? remembered.release;
  return {
    state: stateOf(prior, { ...remembered, release: left }),
    diagnostics: [...problemsOf(problems), ...warningsOf(warnings)],
  };
}

/** Removes the release as carefully as its configuration said when it was applied last; what another has taken since stays. */
async function removed(prior: Fields, release: ReleaseState, world: World) {
  const { carryOut, observeAndPlanRemoval, rolloutSchema } = releaseResource();
  const rollout = rolloutSchema.parse(documentOf(rolloutShape, prior.rollout ?? null) ?? {});
  const { release: name, namespace } = release;
  const noFleet = { clusters: [] };
  const own = { ...rollout, takeOver: false };
  const course = await observeAndPlanRemoval({ name, namespace }, noFleet, own, release, world);
  return carryOut(course, release, world);
}

function problemsOf(
  problems: readonly {
    readonly subject: string;
    readonly summary: string;
    readonly remedy: string;
  }[],
): readonly Diagnostic[] {
  const errors = problems.map(({ subject, summary, remedy }) => ({
    name: 'EdgeError',
    message: '',
    code: 'SourceFailed' as const,
    path: '',
    summary: inHcl(`${subject}: ${summary}`),
    remedy: inHcl(remedy),
  }));
  return diagnosticsOf(errors, () => []);
}

async function read(prior: Fields, context: Context, inside: Inside): Promise<Kept> {
  const remembered = rememberedIn(prior);
  inside.owners.saw(remembered?.release);
  // What the last change did is no property of what is there: kept, it would hide the same words of the next change.
  const settled = { ...prior, changes: [] };
  if (remembered === undefined) return { state: prior };
  if (remembered.release.clusters.length === 0) return { state: settled };
  const world = inside.reach(context);
  const { release: resource, elsewhereWarning } = releaseResource();
  const seen = await resource.read(remembered.release, world);
  if (seen === undefined) return { state: null };
  const release = await secretsSeen(seen, () => propsOf(prior, context), world);
  const warning = elsewhereWarning(remembered.release, seen);
  return {
    state: stateOf(settled, { ...remembered, release }),
    ...(warning === undefined ? {} : { diagnostics: warningsOf([inHcl(warning)]) }),
  };
}

/** Arguments as they are; everything observed is made new from the inventory. */
function upgrade(version: number, state: unknown): Fields {
  const before = fieldsOf(schema.attributes, olderState(schema, version, state));
  const remembered = rememberedIn(before);
  return remembered === undefined ? before : stateOf(before, remembered);
}

async function validate(config: Fields): Promise<readonly Diagnostic[]> {
  const generated = generatedMistake(config);
  if (generated !== undefined) return generated;
  const locate = locateIn(config);
  const parts = [() => exactlyOne(config), () => checkRollout(config)];
  const found = await Promise.all(parts.map((part) => knownErrors(config, locate, part)));
  return found.flat();
}

interface Intention {
  readonly creates?: true;
  readonly destroys?: true;
  /** The owner of a resource that stays, unless the plan that comes next is one without it. */
  readonly stays?: string;
  /** The owner whose place a creation takes. */
  readonly follows?: string;
}

function intention(what: Intention): Uint8Array {
  return Buffer.from(JSON.stringify(what));
}

function intends(hidden: Uint8Array | undefined): Intention {
  if (hidden === undefined) return {};
  try {
    return (JSON.parse(Buffer.from(hidden).toString('utf8')) as Intention | null) ?? {};
  } catch {
    return {};
  }
}

/** How clusters are reached in a call. */
type Reach = (context: Context) => World;

/** What one process has for all releases. */
interface Inside {
  readonly reach: Reach;
  readonly owners: Owners;
  readonly objects: () => PlannedObjects;
}

function acting({ reach, owners }: Inside, context: Context, creates = false): World {
  return creates ? owners.creating(reach(context)) : owners.acting(reach(context));
}

/** The resource `littoral_release`, in a world of its own. `origin` tells in which state it is. */
export function releaseIn(
  reach: Reach,
  origin: () => string = () => stateOrigin(process.env, process.cwd()),
): ManagedResource {
  let planned: PlannedObjects | undefined;
  const objects = () => {
    planned ??= new (releaseResource().PlannedObjects)();
    return planned;
  };
  const inside = { reach, owners: new Owners(origin), objects };
  return {
    schema,
    validate,
    upgrade: (version, state) => {
      const fields = upgrade(version, state);
      inside.owners.saw(rememberedIn(fields)?.release);
      return fields;
    },
    read: (prior, _hidden, context) => read(prior, context, inside),
    plan: (request, context) => plan(request, context, inside),
    apply: (request, context) => apply(request, context, inside),
    import: async (id, context) => {
      const { fields, remembered } = await importRelease(id, context, reach(context));
      return { state: stateOf(fields, remembered) };
    },
  };
}

/** The resource `littoral_release`. */
export const release: ManagedResource = releaseIn(realWorld);
