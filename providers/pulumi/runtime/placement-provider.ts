/** The dynamic provider of placements: decides in `check`, so that a preview knows the decision; later calls only keep it. */
import type {
  AppDecision,
  ClusterDecision,
  PlacementDecision,
} from '../../../constructs/model/decision';
import { decisionSchema } from '../../../constructs/model/decision';
import { withStandIns } from '../../../constructs/policy';
import type { PlacementPlan, PlacementProps, PlacementState } from '../../resources/placement';
import { placement } from '../../resources/placement';
import type { Routings } from '../../resources/placement/routings';
import { summed } from '../../resources/placement/summed';
import type { SourceWorld } from '../../resources/source-world';
import { type DecisionFolder, decidedOnce } from './kept-decisions';
import { placementOutputs } from './placement-outputs';
import {
  type Bag,
  type Checked,
  type DynamicProvider,
  documentIn,
  type Failure,
  failureOf,
  failuresOf,
  isSame,
  own,
  pick,
  refusing,
} from './property-bag';
import { isKnown, UNKNOWN } from './unknown';

/** What of the inputs a person wrote: a change of it is a change even when no cluster moves. */
const written = ['apps', 'lock', 'now', 'allowUnsatisfied', 'allow'] as const;
/** What depends on every part of the documents. */
const undecided = { decision: UNKNOWN, digest: UNKNOWN, routing: UNKNOWN };
/** A dropped cluster that does not answer: what runs there stays until it answers, or is let go of. */
export interface HeldCluster {
  /** Name of the app. */
  readonly app: string;
  /** The cluster as the decision had it. */
  readonly cluster: ClusterDecision;
  /** Digest of the decision that put it there. */
  readonly decision: string;
}

/** What was decided for the arguments and the decision in force. */
interface Answer {
  readonly outputs: ReturnType<typeof outputsOf>;
  readonly moved: boolean;
  readonly warnings: readonly string[];
  readonly failures: Failure[];
}

/** Of nothing that is kept: every check decides. */
const nowhere: DecisionFolder = { folder: '', lifetimeSeconds: 0, clock: () => 0 };

/** The dynamic provider of placements. `world` is called only for an import; `kept` says where a preview leaves what it decided. */
export function placementProvider(
  world: () => SourceWorld,
  kept: () => DecisionFolder = () => nowhere,
): DynamicProvider {
  return {
    check: async (olds, news) => checkPlacement(own(olds), own(news), kept()),
    diff: async (_id, olds, news) => {
      const keys = [...written, ...placementOutputs].filter((key) => key !== 'warnings');
      return { changes: !isSame(pick(own(olds), keys), pick(own(news), keys)) };
    },
    create: async (inputs) => ({ id: idOf(inputs), outs: own(inputs) }),
    update: async (_id, _olds, news) => ({ outs: own(news) }),
    read: async (id, props = {}) => {
      if (props.decision !== undefined) return { id, props: own(props) };
      const { decision } = await refusing(() => placement.import(id, world()));
      const outs = { decision: JSON.stringify(decision), digest: decision.digest };
      return { id: idOf({ decision }), props: outs, inputs: outs };
    },
    delete: async () => undefined,
  };
}

/** Names what is placed; the same for as long as the same apps are placed. */
function idOf(bag: Bag): string {
  const decision = documentIn(bag.decision) as PlacementDecision | undefined;
  return (decision?.apps ?? []).map(({ app }) => app).join('+') || 'placement';
}

function checkPlacement(olds: Bag, news: Bag, kept: DecisionFolder): Checked {
  const apps = completed(news.apps);
  const others = pick(news, [...written, 'fleet', 'demands']);
  if (apps === undefined || !isKnown({ ...others, apps })) return { inputs: notYet(news) };
  try {
    const props = propsOf({ ...news, apps });
    const prior = priorOf(olds);
    const { decision: inForce, routing } = olds;
    const answer = decidedOnce(
      { ...others, apps, inForce, routing },
      () => answerOf(prior, props),
      ({ failures }) => failures.length === 0,
      ({ outputs }) => decisionSchema.safeParse(documentIn(outputs.decision)).success,
      kept,
    );
    if (answer.failures.length > 0) return { inputs: { ...news }, failures: answer.failures };
    const warnings = [...lostWarning(olds, prior), ...answer.warnings];
    const config = configOf(news, props);
    const held = heldBy(answer.outputs, prior, heldIn(olds), props);
    const stays =
      !answer.moved &&
      isSame(withoutDemands(config), withoutDemands(pick(olds, written))) &&
      isSame(held, heldIn(olds)) &&
      placementOutputs.every((key) => olds[key] !== undefined);
    // What is to be known about the metrics is no change of the placement.
    if (stays) return { inputs: { ...olds, warnings } };
    // Pulumi shows what vanishes as a removal: lines about the last move stay until the next one.
    const delta = answer.outputs.delta.length > 0 ? answer.outputs.delta : (olds.delta ?? []);
    const outputs = { ...config, ...answer.outputs, delta, warnings, held };
    // What is decided is known; which document it was decided from is not.
    return { inputs: isKnown(news) ? outputs : { ...outputs, ...undecided } };
  } catch (thrown) {
    return { inputs: { ...news }, failures: failuresOf(thrown) };
  }
}

function answerOf(prior: PlacementState | undefined, props: PlacementProps): Answer {
  const plan = placement.plan(prior, props);
  if (plan === undefined) throw new Error('unreachable: props always give a plan');
  const { moved, warnings } = plan;
  return { outputs: outputsOf(plan), moved, warnings, failures: plan.errors.map(failureOf) };
}

/** Apps with stand-ins for what is unknown and has no part in the placement; undefined when something that has is unknown. */
function completed(apps: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(apps)) return undefined;
  const whole = apps.map((app) => {
    const document = documentIn(app);
    if (isKnown(document) || typeof document !== 'object' || document === null) return document;
    const filled = withStandIns(document, (value) => value === UNKNOWN);
    return filled.relevant.length > 0 ? UNKNOWN : filled.document;
  });
  return isKnown(whole) ? whole : undefined;
}

/** Nothing can be said yet; documents that only make a preview long are left out. */
function notYet(news: Bag): Record<string, unknown> {
  const open = Object.fromEntries(placementOutputs.map((key) => [key, UNKNOWN]));
  return { ...pick(news, ['apps', 'now', 'allowUnsatisfied', 'allow']), ...open };
}

function propsOf(news: Bag): PlacementProps {
  const demands = Object.entries((news.demands ?? {}) as Bag).map(([app, demand]) => {
    return [app, documentIn(demand) ?? null];
  });
  return placement.parse({
    ...pick(news, ['now', 'allowUnsatisfied', 'allow']),
    ...(news.lock == null ? {} : { lock: documentIn(news.lock) }),
    apps: (news.apps as readonly unknown[] | undefined)?.map(documentIn),
    fleet: documentIn(news.fleet),
    demands: Object.fromEntries(demands),
  });
}

/** What is kept of the arguments: fleet, demands and lock are large, and the decision says which they were. */
function configOf(news: Bag, { lock }: PlacementProps): Record<string, unknown> {
  const kept = pick(news, ['apps', 'now', 'allowUnsatisfied', 'allow']);
  return lock === undefined ? kept : { ...kept, lock: lock.digest };
}

/** The same without requests that were measured before and handed over as numbers: like those in `demands` they alone are no change. */
function withoutDemands(config: Bag): Bag {
  if (!Array.isArray(config.apps)) return config;
  const apps = config.apps.map((app: unknown) => {
    const document = documentIn(app) as Bag | undefined;
    const demand = document?.demand as Bag | undefined;
    if (!Array.isArray(demand?.origins)) return app;
    return { ...document, demand: 'measured' };
  });
  return { ...config, apps };
}

function priorOf(olds: Bag): PlacementState | undefined {
  const decision = decisionSchema.safeParse(documentIn(olds.decision));
  if (!decision.success) return undefined;
  const tables = Object.entries((olds.routing ?? {}) as Bag).map(([app, text]) => [
    app,
    documentIn(text),
  ]);
  const routings = Object.fromEntries(tables) as Routings;
  return { decision: decision.data, ...(olds.routing === undefined ? {} : { routings }) };
}

/** A decision that is there and cannot be read holds nothing where it is. */
function lostWarning(olds: Bag, prior: PlacementState | undefined): readonly string[] {
  const kept = documentIn(olds.decision);
  if (prior !== undefined || typeof kept !== 'object' || kept === null) return [];
  return [
    'the decision in force was made by another version of littoral and cannot be read; this one is made as if there were none',
  ];
}

function heldIn(olds: Bag): readonly HeldCluster[] {
  return (olds.held ?? []) as readonly HeldCluster[];
}

/** Clusters that were dropped and do not answer: what runs there could not be removed. */
function heldBy(
  { placements }: Answer['outputs'],
  prior: PlacementState | undefined,
  before: readonly HeldCluster[],
  { fleet }: PlacementProps,
): readonly HeldCluster[] {
  const silent = new Set(
    fleet.clusters.filter(({ state }) => state === 'unreachable').map(({ name }) => name),
  );
  const last = (prior?.decision.apps ?? []).flatMap(({ app, clusters }) =>
    clusters.map((cluster) => ({ app, cluster, decision: prior?.decision.digest ?? '' })),
  );
  const isChosen = ({ app, cluster }: HeldCluster) =>
    placements[app]?.clusters.includes(cluster.name) === true;
  const keyOf = ({ app, cluster }: HeldCluster) => `${app}/${cluster.name}`;
  const all = new Map([...before, ...last].map((one) => [keyOf(one), one]));
  return [...all.values()]
    .filter((one) => silent.has(one.cluster.name) && !isChosen(one))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** What a preview shows and programs use. */
function outputsOf(plan: PlacementPlan) {
  const { apps, decision, carried, summary, routings } = plan;
  const replicas = summed(apps.map((app) => app.replicas));
  const placements = apps.map((app) => {
    const { clusters, replicas, requestsPerSecond, satisfied, gap, summary } = app;
    const its = decision.apps.find((one) => one.app === app.app);
    const known = { clusters, replicas, requestsPerSecond, satisfied, gap, summary };
    return [app.app, { ...known, ...numbersOf(its) }];
  });
  return {
    clusters: Object.keys(replicas).sort(),
    replicas,
    requestsPerSecond: summed(apps.map((app) => app.requestsPerSecond)),
    usdPerHour: decision.apps.reduce((sum, { cost }) => sum + cost.usdPerHour, 0),
    placements: Object.fromEntries(placements) as Readonly<Record<string, Placed>>,
    satisfied: apps.every(({ satisfied }) => satisfied),
    gap: decision.objective.gap,
    summary,
    delta: apps.flatMap(({ app, changes }) =>
      changes.map((line) => (apps.length > 1 ? `${app}: ${line}` : line)),
    ),
    decision: JSON.stringify(carried),
    digest: decision.digest,
    routing: Object.fromEntries(
      Object.entries(routings).map(([app, table]) => [app, JSON.stringify(table)]),
    ),
    origins: Object.fromEntries(apps.map(({ app, origins }) => [app, JSON.stringify(origins)])),
  };
}

type Placed = { readonly clusters: readonly string[] };

function numbersOf(app: AppDecision | undefined) {
  return {
    objective: app?.objective.value,
    bound: app?.objective.bound,
    meanLatencyMilliseconds: app?.latency.meanMilliseconds,
    usdPerHour: app?.cost.usdPerHour,
  };
}
