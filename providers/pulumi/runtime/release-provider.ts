/** The dynamic provider of releases: plans from state in `check`, applies to all clusters in `create` and `update`. */
import type { Problem } from '../../resources/contract';
import {
  carryOut,
  elsewhereWarning,
  hasChanges,
  leavingIn,
  observeAndPlanRemoval,
  PlannedObjects,
  type Released,
  type ReleasePlan,
  type ReleaseProps,
  type ReleaseState,
  readState,
  release,
  rolloutSchema,
  type World,
} from '../../resources/release';
import { versionsIn, withChangedFields } from '../../resources/release/plan/changed-fields';
import {
  type Bag,
  type Checked,
  type DynamicProvider,
  documentIn,
  failuresOf,
  isSame,
  own,
  PROVIDER_KEY,
  pick,
  Refusal,
  refusing,
} from './property-bag';
import { expectedState, secretLines } from './release-expected';
import { configOf, propsOf, staysReached, tryProps } from './release-inputs';
import {
  changeLines,
  plannedClusters,
  planSummary,
  shortcomings,
  shortSummary,
  standingClusters,
  withRepetitions,
} from './release-lines';
import { acting, creationPlan, heldFailures, inPulumi } from './release-owner';
import { isKnown, UNKNOWN } from './unknown';

/** What a person, or an EdgeApp, gives. */
const given = ['name', 'bundle', 'decision', 'fleet', 'rollout'] as const;
/** What `check` leaves of it. */
const written = ['name', 'bundle', 'decision', 'rollout'] as const;
/** What `check` computes. */
const computed = ['plan', 'changes', 'summary'] as const;

/** The dynamic provider of releases. `world` reaches the clusters; `say` gives what a person should know, a line each. */
export function releaseProvider(
  world: () => World,
  say: (line: string) => void = () => undefined,
): DynamicProvider {
  const objects = new PlannedObjects();
  return {
    check: (olds, news) => checkRelease(own(olds), own(news), world, objects),
    diff: async (_id, olds, news) => refusing(async () => difference(own(olds), own(news))),
    create: async (inputs) => {
      const props = await refusing(async () => propsOf(inputs));
      const released = await refusing(() =>
        release.reconcile(undefined, props, acting(world(), inputs)),
      );
      released.warnings.forEach(say);
      return { id: idOf(props), outs: settled(released, own(inputs), inputs) };
    },
    update: async (_id, olds, news) => {
      const props = await refusing(async () => propsOf(news));
      const released = await refusing(() =>
        release.reconcile(stateOf(olds), props, acting(world(), news)),
      );
      released.warnings.forEach(say);
      return { outs: settled(released, own(news), news) };
    },
    read: (id, props = {}) => refusing(() => readRelease(id, own(props), world())),
    delete: (_id, props) => refusing(() => deleteRelease(own(props), world(), say)),
  };
}

async function checkRelease(
  olds: Bag,
  news: Bag,
  world: () => World,
  objects: PlannedObjects,
): Promise<Checked> {
  if (!isKnown(pick(news, given))) return { inputs: notYet(news) };
  try {
    const props = propsOf(news);
    objects.add(props);
    const before = tryProps(olds);
    const known = release.plan(seenIn(olds) ?? expectedState(before), props);
    const isNew = Object.keys(olds).length === 0;
    const plan = isNew ? await creationPlan(known, props, acting(world(), news)) : known;
    const failures = hasChanges(plan) || isNew ? heldFailures(plan) : [];
    if (failures.length > 0) return { inputs: { ...news }, failures };
    const secrets = secretLines(before, props);
    const hasReport = computed.every((key) => olds[key] !== undefined);
    const isQuiet = hasReport && !hasChanges(plan) && secrets.length === 0;
    if (isQuiet && staysReached(before, props) && isSame(olds.rollout, news.rollout)) {
      return { inputs: { ...olds } };
    }
    const config = { ...configOf(props, news), ...pick(news, ['owner']) };
    const lines = isQuiet
      ? pick(olds, computed)
      : {
          plan: plannedClusters(plan),
          changes: withRepetitions(
            [...changeLines(withFields(plan, before, props)), ...secrets],
            olds,
          ),
          summary: planSummary(plan),
        };
    return { inputs: { ...config, ...lines } };
  } catch (thrown) {
    return { inputs: { ...news }, failures: failuresOf(thrown) };
  }
}

function withFields(plan: ReleasePlan, before: ReleaseProps | undefined, props: ReleaseProps) {
  return before === undefined
    ? plan
    : withChangedFields(plan, versionsIn(before), versionsIn(props));
}

/** What is kept of the documents depends on all of them. */
function notYet(news: Bag): Record<string, unknown> {
  const open = Object.fromEntries(computed.map((key) => [key, UNKNOWN]));
  const rest = pick(news, ['name', 'rollout', 'owner']);
  return { ...rest, bundle: UNKNOWN, decision: UNKNOWN, ...open };
}

function difference(olds: Bag, news: Bag) {
  const isNamed = olds.name !== undefined;
  const replaces = ['name', 'namespace'].filter(
    (key) => isNamed && news[key] !== UNKNOWN && news[key] !== undefined && olds[key] !== news[key],
  );
  if (!isKnown(pick(news, written))) return { changes: true, replaces };
  const isMoved = hasChanges(release.plan(stateOf(olds), propsOf(news)));
  const isRewritten = written.some((key) => key in olds && !isSame(olds[key], news[key]));
  return {
    changes: replaces.length > 0 || isMoved || isRewritten,
    replaces,
    // In the namespace that stays the objects have the same names: the old ones have to go first.
    deleteBeforeReplace: replaces.length > 0 && !replaces.includes('namespace'),
  };
}

/** What the last refresh saw, when it was not what was expected. */
function seenIn({ bundle }: Bag): ReleaseState | undefined {
  return stateOf({ state: (documentIn(bundle) as Bag | undefined)?.seen });
}

/** Throws an EdgeError for a state that cannot be read. */
function stateOf({ state }: Bag): ReleaseState | undefined {
  return state == null || state === UNKNOWN ? undefined : readState(documentIn(state));
}

function idOf({ name, bundle }: ReleaseProps): string {
  return `${bundle.namespace}/${name}`;
}

/** The outputs of what was done; throws what Pulumi takes as done in part when a cluster fell short. */
function settled({ state, outcome, problems }: Released, inputs: Bag, whole: Bag) {
  const kept = state ?? nowhere(inputs);
  const outs = { ...inputs, ...outputsOf(kept) };
  if (problems.length === 0) return outs;
  throw new Unfinished(shortSummary(outcome, problems.length), problems, {
    id: `${kept.namespace}/${kept.release}`,
    properties: { ...outs, ...pick(whole, [PROVIDER_KEY]) },
  });
}

/** A decision without clusters leaves nothing to keep but the name. */
function nowhere(inputs: Bag): ReleaseState {
  const [release, namespace] = [String(inputs.name), String(inputs.namespace)];
  return { release, namespace, decision: '', fleet: '', objects: '', clusters: [] };
}

function outputsOf(state: ReleaseState): Record<string, unknown> {
  const away = state.clusters.filter(({ standing }) => standing === 'unreachable');
  return {
    clusters: standingClusters(state),
    leaving: leavingIn(state),
    unreachable: away.map(({ name }) => name),
    state: JSON.stringify(state),
  };
}

/** What Pulumi's server takes as made, but not finished: it keeps `properties`, and the next update goes on. */
class Unfinished extends Refusal {
  readonly id: string;
  readonly properties: Record<string, unknown>;
  readonly reasons: readonly string[];

  constructor(
    summary: string,
    problems: readonly Problem[],
    made: { readonly id: string; readonly properties: Record<string, unknown> },
  ) {
    super(summary, 'Run pulumi up again once the cause is gone; what is done stays done.');
    this.id = made.id;
    this.properties = made.properties;
    this.reasons = shortcomings(problems).map(inPulumi);
  }
}

async function readRelease(id: string, props: Bag, world: World) {
  const known = stateOf(props);
  if (known === undefined) {
    const state = await release.import(id, world);
    const { release: name, namespace } = state;
    const outs = { name, namespace, ...outputsOf(state) };
    return { id: `${namespace}/${name}`, props: outs, inputs: inputsSeen(outs, state) };
  }
  const state = await release.read(known, world);
  if (state === undefined) return { id: '' };
  const now = { ...props, ...outputsOf(state) };
  return isSame(state, known)
    ? { id, props: now }
    : { id, props: now, inputs: inputsSeen(now, state, elsewhereText(known, state)) };
}

function elsewhereText(known: ReleaseState, seen: ReleaseState): string | undefined {
  const warning = elsewhereWarning(known, seen);
  return warning === undefined ? undefined : inPulumi(warning);
}

/** What was seen goes into the inputs, beside the bundle, where the next check can tell what to do about it. */
function inputsSeen(props: Bag, seen: ReleaseState, warning?: string): Record<string, unknown> {
  const packed = (documentIn(props.bundle) ?? {}) as Bag;
  return {
    ...pick(props, [...written, 'namespace', 'owner']),
    bundle: JSON.stringify({ ...packed, seen }),
    plan: standingClusters(seen),
    changes: [],
    summary: warning ?? 'not as it was left',
  };
}

async function deleteRelease(props: Bag, world: World, say: (line: string) => void): Promise<void> {
  const state = stateOf(props);
  if (state === undefined || state.clusters.length === 0) return;
  const { release: name, namespace } = state;
  // What another has taken since stays.
  const rollout = { ...rolloutSchema.parse(props.rollout ?? {}), takeOver: false };
  const course = await observeAndPlanRemoval(
    { name, namespace },
    { clusters: [] },
    rollout,
    state,
    world,
  );
  const { outcome, problems, warnings } = await carryOut(course, state, world);
  warnings.forEach(say);
  if (problems.length === 0) return;
  const why = shortcomings(problems).map(inPulumi).join('\n  ');
  throw new Refusal(
    `${shortSummary(outcome, problems.length)}\n  ${why}`,
    'Run it again once the cause is gone.',
  );
}
