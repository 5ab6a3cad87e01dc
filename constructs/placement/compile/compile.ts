/** Compile: an app, a fleet and a demand become the arrays of the optimizer's problem. */
import type { Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import type { AppProblem, ComponentLoad, Limits, SetRule } from '../../optimizer';
import type { Contribution, EdgeApp, RuleContext } from '../../policy';
import { freezeEnd, linkedApps, rowsOf, type Term, termsOf } from '../../policy';
import type { AppInput } from './app-input';
import type { Eligibility } from './eligibility';
import { type Pairs, pairsOf } from './latency';
import { type Costs, costsOf, storesAllPairsForLimits } from './pair-costs';
import { SharedCompilation } from './shared-compilation';

/** An app as numbers, with what is needed to turn numbers back into words. */
export interface CompiledApp extends AppInput {
  readonly problem: AppProblem;
  /** Origins with demand, in name order; the solver's origins. */
  readonly origins: readonly Origin[];
  readonly pairs: Pairs;
  readonly terms: readonly Term[];
  readonly eligibility: Eligibility;
  readonly context: RuleContext;
  readonly tiers: number;
}

/** The stability limits in force; they are relaxed rather than leave an app without clusters. */
export interface ActiveStability {
  readonly frozen: boolean;
  readonly held: boolean;
  readonly maxChanges: boolean;
}

/** All limits in force. */
export const fullStability: ActiveStability = { frozen: true, held: true, maxChanges: true };

/**
 * Compiles one app; `tiers` says how many tiers are open. `like` is the same app on the same fleet under the same demand, compiled
 * with other limits: what its pairs cost is taken from there. `shared` holds what apps of one decision have in common.
 */
export function compileApp(
  input: AppInput,
  tiers: number,
  stability: ActiveStability,
  like?: CompiledApp,
  shared: SharedCompilation = new SharedCompilation(),
): CompiledApp {
  const origins = like?.origins ?? shared.origins(input);
  const pairs = like?.pairs ?? shared.pairs(input, origins);
  return compileWith(input, tiers, stability, { origins, pairs, like, shared });
}

/**
 * The app with lists of near pairs, where only capacity and the minimum load would need all of them: undefined in other cases. The
 * methods for such a problem do not hold these rules; see `solveWithoutLimits`.
 */
export function compileOnNearPairs(
  input: AppInput,
  tiers: number,
  stability: ActiveStability,
): CompiledApp | undefined {
  const { app, fleet } = input;
  const shared = new SharedCompilation();
  const origins = shared.origins(input);
  if (!storesAllPairsForLimits(app, fleet, origins)) return undefined;
  const pairs = pairsOf(fleet, origins, false);
  return compileWith(input, tiers, stability, { origins, pairs, shared });
}

/** What a compilation takes as given. */
interface Parts {
  readonly origins: readonly Origin[];
  readonly pairs: Pairs;
  readonly like?: CompiledApp | undefined;
  readonly shared: SharedCompilation;
}

function compileWith(
  input: AppInput,
  tiers: number,
  stability: ActiveStability,
  { origins, pairs, like, shared }: Parts,
): CompiledApp {
  const { app, fleet, previous, now } = input;
  const { clusters } = fleet;
  const known = previous ?? new Map<string, string>();
  const eligible = excludeByFixedApps(shared.eligibility(input, tiers), input);
  const eligibility = applyStability(eligible, input, stability);
  const terms = termsOf(app.policy.objective, {
    clusters,
    sizing: app.sizing,
    now,
    previous: previous && [...previous.keys()],
  });
  const legal = like?.context.legal ?? shared.legal(input, origins, pairs);
  const context: RuleContext = {
    now,
    isPrevious: (name) => known.has(name),
    sizing: app.sizing,
    stability: app.policy.stability,
    isStatic: app.policy.static,
    latencyLimit: app.policy.constraints.latency,
    clusters,
    allowed: eligible.allowed,
    previous: eligibility.previous,
    origins,
    milliseconds: pairs.milliseconds,
    legal,
  };
  const problem = problemOf(input, context, eligibility, { origins, pairs, like, shared }, terms, stability); // biome-ignore format: a call
  return { ...input, problem, origins, pairs, terms, eligibility, context, tiers };
}

/** A link to an app that keeps its previous clusters is a rule about single clusters. */
function excludeByFixedApps(
  eligibility: Eligibility,
  { app, fleet, fixedApps }: AppInput,
): Eligibility {
  const links = linkedApps(app);
  if (links.length === 0) return eligibility;
  const allowed = eligibility.allowed.slice();
  const refusals = [...eligibility.refusals];
  fleet.clusters.forEach(({ name }, cluster) => {
    for (const { kind, rule, name: other } of links) {
      const isThere = fixedApps?.get(other)?.has(name);
      if (isThere !== (kind === 'apart') || allowed[cluster] === 0) continue;
      allowed[cluster] = 0;
      refusals[cluster] = { rule, reason: `${other} is ${isThere ? '' : 'not '}there` };
    }
  });
  const held = eligibility.held.map((flag, c) => flag & allowed[c]);
  return { ...eligibility, allowed, held, refusals };
}

/** Removes relaxed stability limits. A freeze requires all previous clusters, when all are still eligible. */
function applyStability(
  eligibility: Eligibility,
  input: AppInput,
  stability: ActiveStability,
): Eligibility {
  const held = stability.held ? eligibility.held : new Uint8Array(eligibility.held.length);
  if (!stability.frozen || !isFrozen(input)) return { ...eligibility, held };
  return {
    ...eligibility,
    held,
    allowed: eligibility.allowed.map((flag, c) => flag & eligibility.previous[c]),
  };
}

/** In a freeze every previous cluster is required. One that may no longer be chosen makes the problem infeasible, and the freeze is relaxed. */
function freezeRules(
  input: AppInput,
  eligibility: Eligibility,
  stability: ActiveStability,
): SetRule[] {
  if (!stability.frozen || !isFrozen(input)) return [];
  const min = input.previous?.size ?? 0;
  return [{ kind: 'count', members: eligibility.previous, min, max: min, keepsThin: false }];
}

/** True when a freeze window holds the previous clusters. */
export function isFrozen({ app, previous, now }: AppInput): boolean {
  return previous !== undefined && freezeEnd(app.policy.stability.freeze, now) !== undefined;
}

function problemOf(
  input: AppInput,
  context: RuleContext,
  eligibility: Eligibility,
  { pairs, like, shared }: Parts,
  terms: readonly Term[],
  stability: ActiveStability,
): AppProblem {
  const { app, fleet, previous } = input;
  const { clusters, origins, legal } = context;
  const contributions = contributionsOf(app, context);
  const { allowed } = eligibility;
  const costs =
    like !== undefined && covers(like.problem, allowed)
      ? costsLike(like.problem, terms)
      : costsOf({ app, fleet, origins, pairs, terms, legal, allowed }, (basis, rates) =>
          shared.cost(basis, rates),
        );
  const { maxChanges } = app.policy.stability;
  // What is held may serve as little as it likes, until other sets are judged by what it serves: see `withStandingMinimum`.
  const threshold = contributions.threshold?.map((least, cluster) =>
    eligibility.held[cluster] === 1 ? 0 : least,
  );
  return {
    origins: origins.length,
    clusters: clusters.length,
    requestsPerSecond: Float64Array.from(origins, (origin) => origin.requestsPerSecond),
    ...costs,
    allowed,
    required: eligibility.held,
    previous: eligibility.previous,
    reluctant: eligibility.reluctant,
    maxChanges:
      previous === undefined || maxChanges === undefined || !stability.maxChanges
        ? Number.POSITIVE_INFINITY
        : maxChanges,
    components: componentsOf(app),
    capacity: 'split',
    headroom: 0,
    ...contributions,
    threshold: threshold ?? new Float64Array(clusters.length),
    rules: [...contributions.rules, ...freezeRules(input, eligibility, stability)],
  };
}

/** The components of an app, as loads. */
export function componentsOf({ sizing }: EdgeApp): ComponentLoad[] {
  return sizing.map((one) => ({
    requestsPerSecondPerReplica:
      one.requestsPerRequest === 0
        ? Number.POSITIVE_INFINITY
        : one.requestsPerSecondPerReplica / one.requestsPerRequest,
    minReplicas: one.minReplicas,
    ...one.resources,
  }));
}

/** True when its pairs cover all clusters that may be chosen now: lists of near pairs leave out the others. */
function covers({ implicitCosts, allowed }: AppProblem, now: Uint8Array): boolean {
  return implicitCosts === undefined || now.every((flag, cluster) => flag <= allowed[cluster]);
}

/** Costs of the same pairs; what opening a cluster costs may be another. */
function costsLike(
  { cost, implicitCosts, replicaCost }: AppProblem,
  terms: readonly Term[],
): Costs {
  const opening = (cluster: number) =>
    terms.reduce((sum, one) => sum + (one.open?.[cluster] ?? 0), 0);
  return {
    cost,
    ...(implicitCosts && { implicitCosts }),
    replicaCost,
    openCost: Float64Array.from(replicaCost, (_, cluster) => opening(cluster)),
    constantCost: terms.reduce((sum, one) => sum + (one.constant ?? 0), 0),
  };
}

function contributionsOf(app: EdgeApp, context: RuleContext): Contribution & { rules: SetRule[] } {
  const rules: SetRule[] = [];
  let merged: Contribution = {};
  for (const { row, value } of rowsOf(app.policy.constraints)) {
    const contribution = row.compile?.(value, context);
    if (contribution === undefined) continue;
    rules.push(...(contribution.rules ?? []));
    merged = { ...merged, ...contribution };
  }
  return { ...merged, rules };
}

/** The capacity that the pods of all apps together may use. */
export function limitsOf(fleet: Fleet): Limits {
  const { clusters } = fleet;
  const total = (pick: (c: Fleet['clusters'][number]) => number | undefined) =>
    Float64Array.from(clusters, (cluster) => pick(cluster) ?? Number.POSITIVE_INFINITY);
  const nothing = () => new Float64Array(clusters.length);
  return {
    total: {
      cpuMillicores: total((c) => c.allocatable?.cpuMillicores),
      memoryMebibytes: total((c) => c.allocatable?.memoryMebibytes),
      pods: total((c) => c.allocatable?.pods),
      requestsPerSecond: total((c) => c.requestsPerSecond),
    },
    taken: {
      cpuMillicores: nothing(),
      memoryMebibytes: nothing(),
      pods: nothing(),
      requestsPerSecond: nothing(),
    },
    headroom: nothing(),
  };
}
