/** The life of a release in Pulumi: planned from state in `check`, applied to all clusters in `create` and `update`. */
import { API_VERSION } from '../../constructs/model/fleet';
import type { Problem } from '../resources/contract';
import {
  carryOut,
  hasChanges,
  prospectRemoval,
  type Released,
  type ReleaseProps,
  type ReleaseState,
  release,
  rolloutSchema,
  stateSchema,
  type World,
} from '../resources/release/index';
import {
  type Bag,
  type Checked,
  documentIn,
  failuresOf,
  isSame,
  type Life,
  own,
  PROVIDER_KEY,
  pick,
  Refusal,
  told,
} from './property-bag';
import { expectedState, secretLines } from './release-expected';
import {
  changeLines,
  plannedClusters,
  planSummary,
  shortcomings,
  shortSummary,
  standingClusters,
} from './release-told';
import { isKnown, UNKNOWN } from './unknown';

/** What a person, or an EdgeApp, wrote. */
const written = ['name', 'bundle', 'decision', 'fleet', 'rollout'] as const;
/** What `check` computes. */
const computed = ['clusters', 'changes', 'summary'] as const;

/** The life of a release. `world` reaches the clusters. */
export function releaseLife(world: () => World): Life {
  return {
    check: async (olds, news) => checkRelease(own(olds), own(news)),
    diff: async (_id, olds, news) => told(async () => difference(own(olds), own(news))),
    create: async (inputs) => {
      const props = await told(async () => propsOf(inputs));
      const released = await told(() => release.reconcile(undefined, props, world()));
      return { id: idOf(props), outs: settled(released, own(inputs), inputs) };
    },
    update: async (_id, olds, news) => {
      const props = await told(async () => propsOf(news));
      const released = await told(() => release.reconcile(stateOf(olds), props, world()));
      return { outs: settled(released, own(news), news) };
    },
    read: (id, props = {}) => told(() => readRelease(id, own(props), world())),
    delete: (_id, props) => told(() => deleteRelease(own(props), world())),
  };
}

function checkRelease(olds: Bag, news: Bag): Checked {
  if (!isKnown(pick(news, written))) return { inputs: notYet(news) };
  try {
    const props = propsOf(news);
    const prior = stateOf({ state: olds.seen }) ?? expectedState(tryProps(olds));
    const plan = release.plan(prior, props);
    const secrets = secretLines(tryProps(olds), props);
    const config = configOf(props, news);
    const hasTold = computed.every((key) => olds[key] !== undefined);
    const isQuiet = hasTold && !hasChanges(plan) && secrets.length === 0;
    const lines = isQuiet
      ? pick(olds, computed)
      : {
          clusters: plannedClusters(plan),
          changes: [...changeLines(plan), ...secrets],
          summary: planSummary(plan),
        };
    return { inputs: { ...config, ...lines } };
  } catch (thrown) {
    return { inputs: { ...news }, failures: failuresOf(thrown) };
  }
}

/** The fleet is left out: what of it is kept depends on the decision. */
function notYet(news: Bag): Record<string, unknown> {
  const open = Object.fromEntries(computed.map((key) => [key, UNKNOWN]));
  return { ...news, fleet: UNKNOWN, ...open };
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

function propsOf(bag: Bag): ReleaseProps {
  return release.parse({
    ...pick(bag, ['name']),
    bundle: documentIn(bag.bundle),
    decision: documentIn(bag.decision),
    fleet: documentIn(bag.fleet),
    ...(bag.rollout == null ? {} : { rollout: bag.rollout }),
  });
}

/** Inputs that another version wrote, or an import left out, are no inputs to compare with. */
function tryProps(bag: Bag): ReleaseProps | undefined {
  if (bag.bundle === undefined) return undefined;
  try {
    return propsOf(bag);
  } catch {
    return undefined;
  }
}

function stateOf(bag: Bag): ReleaseState | undefined {
  const state = stateSchema.safeParse(documentIn(bag.state));
  return state.success ? state.data : undefined;
}

/** What is kept of the arguments. Texts, because Pulumi drops nulls, and a bundle has them where slots are. */
function configOf(props: ReleaseProps, news: Bag): Record<string, unknown> {
  const { name, bundle, decision } = props;
  return {
    name,
    namespace: bundle.namespace,
    bundle: JSON.stringify(bundle),
    decision: JSON.stringify(decision),
    fleet: JSON.stringify(reachOf(props)),
    ...pick(news, ['rollout']),
  };
}

/** The part of the fleet that a release needs: where the chosen and the dropped clusters are, and what they are like. */
function reachOf({ bundle, decision, fleet }: ReleaseProps): object {
  const app = decision.apps.find((one) => one.app === bundle.app);
  const concerned = new Set(
    [...(app?.clusters ?? []), ...(app?.dropped ?? [])].map(({ name }) => name),
  );
  const clusters = fleet.clusters
    .filter(({ name }) => concerned.has(name))
    .map(({ name, latitude, longitude, region, country, city, provider, labels, access }) => {
      const place = { name, latitude, longitude, region, country };
      return {
        ...place,
        ...pick({ city, provider, labels, access }, ['city', 'provider', 'labels', 'access']),
      };
    });
  const [first] = fleet.clusters;
  // A fleet has at least one cluster, even when the decision has none.
  const kept = clusters.length > 0 || first === undefined ? clusters : [withoutNumbers(first)];
  return { apiVersion: API_VERSION, kind: 'Fleet', clusters: kept };
}

function withoutNumbers({
  name,
  latitude,
  longitude,
  region,
  country,
}: ReleaseProps['fleet']['clusters'][number]) {
  return { name, latitude, longitude, region, country };
}

function idOf({ name, bundle }: ReleaseProps): string {
  return `${bundle.namespace}/${name}`;
}

/** The outputs of what was done; throws what Pulumi takes as done in part when a cluster fell short. */
function settled({ state, outcome, problems }: Released, inputs: Bag, given: Bag) {
  const kept = state ?? nowhere(inputs);
  const outs = { ...inputs, ...outputsOf(kept) };
  if (problems.length === 0) return outs;
  throw new Unfinished(shortSummary(outcome, problems.length), problems, {
    id: `${kept.namespace}/${kept.release}`,
    properties: { ...outs, ...pick(given, [PROVIDER_KEY]) },
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
    this.reasons = shortcomings(problems);
  }
}

async function readRelease(id: string, props: Bag, world: World) {
  const known = stateOf(props);
  if (known === undefined) {
    const state = await release.import(id, world);
    const { release: name, namespace } = state;
    const seen = { name, namespace, ...outputsOf(state) };
    const inputs = {
      name,
      namespace,
      clusters: standingClusters(state),
      seen: JSON.stringify(state),
    };
    return { id: `${namespace}/${name}`, props: seen, inputs };
  }
  const state = await release.read(known, world);
  if (state === undefined) return { id: '' };
  const now = { ...props, ...outputsOf(state) };
  if (isSame(state, known)) return { id, props: now };
  // What was seen goes into the inputs, where the next check can tell what to do about it.
  const inputs = {
    ...pick(props, [...written, 'namespace', 'changes', 'summary']),
    clusters: standingClusters(state),
    seen: JSON.stringify(state),
  };
  return { id, props: now, inputs };
}

async function deleteRelease(props: Bag, world: World): Promise<void> {
  const state = stateOf(props);
  if (state === undefined || state.clusters.length === 0) return;
  const { release: name, namespace } = state;
  const rollout = rolloutSchema.parse(props.rollout ?? {});
  const course = await prospectRemoval(
    { name, namespace },
    { clusters: [] },
    rollout,
    state,
    world,
  );
  const { outcome, problems } = await carryOut(course, state, world);
  if (problems.length === 0) return;
  const why = shortcomings(problems).join('\n  ');
  throw new Refusal(
    `${shortSummary(outcome, problems.length)}\n  ${why}`,
    'Run it again once the cause is gone.',
  );
}
