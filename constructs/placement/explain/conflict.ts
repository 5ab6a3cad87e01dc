/** Conflict: a smallest set of rules that cannot hold together, and the nearest relaxation of each. */
import type { Conflict } from '../../model/decision';
import type { AppProblem, Limits, Work } from '../../optimizer';
import { isEnumerable, isSatisfiable, search, subsets } from '../../optimizer';
import type { ConstraintRow, ConstraintRule, EdgeApp, RuleContext } from '../../policy';
import { type Constraints, linkedApps, rowsOf } from '../../policy';
import type { AppInput } from '../compile/app-input';
import { type CompiledApp, compileApp, limitsOf } from '../compile/compile';

/** Sets of rules tried when looking for a smaller conflict than the irreducible one found first. */
const MAX_SUBSETS = 200;
/** Work of looking for a legal set by search, before all sets are tried where that is affordable. */
const SEARCH_WORK = 2e7;
/** Work of all feasibility checks of all apps together; beyond its part of it the remaining rules of an app are reported without further reduction. */
const MAX_WORK = 4e8;
/** However many apps are left out, each may take this much. */
const LEAST_WORK = 4e6;

interface PolicyRule {
  readonly key: string;
  readonly path: string;
  readonly words: string;
}

/** Conflicts of the apps without a place. Equal apps have one problem and one conflict: what the placed apps leave is the same for all of them. */
export class Conflicts {
  private readonly known = new Map<AppProblem, Conflict>();
  private readonly allowed: number;

  /** `unplaced` are the problems of all apps without a place; equal apps share theirs. */
  constructor(
    unplaced: ReadonlySet<AppProblem>,
    private readonly work: Work,
  ) {
    this.allowed = Math.max(LEAST_WORK, MAX_WORK / Math.max(1, unplaced.size));
  }

  /** Why the app cannot be satisfied within `limits`, what the other apps leave. */
  of(compiled: CompiledApp, limits: Limits): Conflict {
    const { problem } = compiled;
    const known = this.known.get(problem) ?? conflictOf(compiled, limits, this.allowed, this.work);
    this.known.set(problem, known);
    return known;
  }
}

function conflictOf(input: AppInput, limits: Limits, allowed: number, work: Work): Conflict {
  const question = new FeasibilityTests(input, limits, allowed, work);
  const all = question.rules;
  if (!question.areInfeasible(all)) return betweenApps(input.app, all);
  const found = irreducibleSubset(question, all);
  const core = question.isProof ? smallerSubset(question, found) : found;
  const rules = core.map((rule) => ({
    path: `policy.${rule.path}`,
    rule: rule.words,
    relaxation: question.relaxation(rule, core),
  }));
  return { summary: summaryOf(question, core, rules), rules };
}

/** The conflict of an app that could be satisfied alone: it lies between the app and the others. */
function betweenApps(app: EdgeApp, all: readonly PolicyRule[]): Conflict {
  const linked = new Set(linkedApps(app).map(({ rule }) => rule));
  const links = all.filter(({ key }) => linked.has(key));
  const blamed = links.length > 0 ? links : all.filter(({ key }) => key === 'capacity');
  return {
    summary: `this app can be satisfied alone, but not beside the other apps${
      links.length > 0 ? `: ${links.map(({ words }) => words).join(', ')}` : ''
    }`,
    rules: blamed.map((rule) => ({
      path: `policy.${rule.path}`,
      rule: rule.words,
      relaxation: `without ${rule.words}`,
    })),
  };
}

/** Removes rules one by one as long as the rest is still infeasible. */
function irreducibleSubset(question: FeasibilityTests, all: readonly PolicyRule[]): PolicyRule[] {
  let core = [...all];
  if (!question.areInfeasible([])) {
    for (const rule of all) {
      const fewer = core.filter((other) => other !== rule);
      if (question.areInfeasible(fewer)) core = fewer;
    }
    return core;
  }
  return [];
}

/** A set with fewer rules than `core`, if one is found within MOST_TRIES. */
function smallerSubset(
  question: FeasibilityTests,
  core: readonly PolicyRule[],
): readonly PolicyRule[] {
  let tries = 0;
  const at = question.rules.map((_, index) => index);
  for (let size = 1; size < core.length; size++) {
    for (const chosen of subsets(at, size)) {
      if (++tries > MAX_SUBSETS) return core;
      const rules = chosen.map((index) => question.rules[index]);
      if (question.areInfeasible(rules)) return rules;
    }
  }
  return core;
}

function summaryOf(
  question: FeasibilityTests,
  core: readonly PolicyRule[],
  rules: Conflict['rules'],
): string {
  const words = core.map((rule) => rule.words);
  const remain = question.remainingClusters(core);
  if (core.length === 0) return `no cluster of the fleet can serve this app: ${remain}`;
  if (!question.isProof) {
    return `no set of clusters was found for ${words.join(', ')}: ${remain}`;
  }
  const joined =
    words.length === 1
      ? `${words[0]} cannot hold`
      : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]} cannot ${words.length === 2 ? 'both' : 'all'} hold`;
  const beside = question.isBesideOthers(core)
    ? ' beside the other apps as they are placed (not proved of other placements)'
    : '';
  const way = rules.find((rule) => rule.relaxation !== NO_RELAXATION);
  return `${joined}${beside}: ${remain}${way === undefined ? '' : `; ${way.relaxation} would do`}`;
}

const NO_RELAXATION = 'no change of this rule alone is enough';

/** Asks whether parts of the policy can be satisfied; answers are remembered. */
class FeasibilityTests {
  readonly rules: readonly PolicyRule[];
  /** False when there are too many sets to try them all, so that "cannot hold" means "was not found". */
  readonly isProof: boolean;
  private readonly context: RuleContext;
  private readonly answers = new Map<string, boolean>();
  private readonly workLimit: number;

  constructor(
    private readonly input: AppInput,
    private readonly limits: Limits,
    allowed: number,
    private readonly work: Work,
  ) {
    this.workLimit = work.spent + allowed;
    this.context = this.compiled(input.app).context;
    this.rules = rulesOf(input.app, this.context);
    this.isProof = isEnumerable(this.compiled(input.app).problem);
  }

  /** True when these rules could hold if the other apps left their capacity: then the conflict is one with their placement. */
  isBesideOthers(kept: readonly PolicyRule[]): boolean {
    if (!kept.some(({ key }) => key === 'capacity')) return false;
    const { taken } = this.limits;
    const isTaken = Object.values(taken).some((amounts) =>
      amounts.some((amount: number) => amount > 0),
    );
    return isTaken && this.isSatisfiable(this.appWith(kept), limitsOf(this.input.fleet));
  }

  /** True when these rules alone leave no legal set. */
  areInfeasible(kept: readonly PolicyRule[]): boolean {
    const key = kept.map((rule) => rule.path).join(' ');
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const answer = !this.isSatisfiable(this.appWith(kept));
    this.answers.set(key, answer);
    return answer;
  }

  /** The nearest change of `rule` that lets the policy hold, or, failing that, the conflict itself. */
  relaxation(rule: PolicyRule, core: readonly PolicyRule[]): string {
    return (
      this.nearestRelaxation(rule, (app) => this.isSatisfiable(app), this.rules) ??
      this.nearestRelaxation(rule, (app) => this.isSatisfiable(app), core) ??
      NO_RELAXATION
    );
  }

  /** How many clusters these rules leave to choose from. */
  remainingClusters(kept: readonly PolicyRule[]): string {
    const { problem, fleet } = this.compiled(this.appWith(kept));
    const left = problem.allowed.reduce((sum, flag) => sum + flag, 0);
    return `${left} of ${fleet.clusters.length} clusters may be chosen`;
  }

  private nearestRelaxation(
    rule: PolicyRule,
    holds: (app: EdgeApp) => boolean,
    kept: readonly PolicyRule[],
  ): string | undefined {
    const app = this.appWith(kept);
    const found = partAt(app, rule, this.context);
    if (found === undefined) return undefined;
    const { part } = found;
    const taken = withValue(app, rule.key, part.without, part);
    if (!holds(taken)) return undefined;
    let [low, high] = [0, part.relaxations.length];
    // Each step asks for less than the one before, so the first that holds is found by halving.
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(withValue(app, rule.key, part.relaxations[middle].value, part))) high = middle;
      else low = middle + 1;
    }
    return low < part.relaxations.length ? part.relaxations[low].words : `without ${rule.words}`;
  }

  /** The app with every rule taken back that is not in `kept`; from the last to the first, so that indices hold. */
  private appWith(kept: readonly PolicyRule[]): EdgeApp {
    const paths = new Set(kept.map((rule) => rule.path));
    let app = this.input.app;
    for (const rule of [...this.rules].reverse()) {
      if (paths.has(rule.path)) continue;
      const found = partAt(app, rule, this.context);
      if (found !== undefined) app = withValue(app, rule.key, found.part.without, found.part);
    }
    return app;
  }

  private compiled(app: EdgeApp) {
    const stability = { frozen: false, held: false, maxChanges: false };
    return compileApp({ ...this.input, app }, Math.max(1, app.policy.tiers.length), stability);
  }

  private isSatisfiable(app: EdgeApp, limits = this.limits): boolean {
    if (this.work.spent > this.workLimit) return true;
    const { problem } = this.compiled(app);
    const left = this.workLimit - this.work.spent;
    const effort: Work = { spent: 0, allowed: Math.min(SEARCH_WORK, left) };
    const found = search(problem, limits, [], effort, () => true) !== undefined;
    this.work.spent += effort.spent;
    if (found || !isEnumerable(problem)) return found;
    return isSatisfiable(problem, limits, this.work);
  }
}

function rulesOf(app: EdgeApp, context: RuleContext): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    for (const part of partsOf(row, value, context)) {
      rules.push({ key, path: `constraints.${key}${part.path}`, words: part.words });
    }
  }
  if (app.policy.tiers.length > 0) {
    rules.push({ key: 'tiers', path: 'tiers', words: 'tiers leave out the other clusters' });
  }
  return rules;
}

function partsOf(
  row: ConstraintRow,
  value: unknown,
  context: RuleContext,
): readonly ConstraintRule[] {
  return row.rules(value, context) as readonly ConstraintRule[];
}

function partAt(
  app: EdgeApp,
  rule: PolicyRule,
  context: RuleContext,
): { readonly part: ConstraintRule } | undefined {
  if (rule.key === 'tiers') {
    return { part: { path: '', words: rule.words, without: [], relaxations: [] } };
  }
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    if (key !== rule.key) continue;
    const part = partsOf(row, value, context).find(
      (one) => `constraints.${key}${one.path}` === rule.path,
    );
    return part && { part };
  }
  return undefined;
}

function withValue(app: EdgeApp, key: string, value: unknown, part: ConstraintRule): EdgeApp {
  const { policy } = app;
  if (key === 'tiers') return { ...app, policy: { ...policy, tiers: [] } };
  const constraints = { ...policy.constraints, [key]: value } as Constraints;
  const silenced = Object.fromEntries((part.clears ?? []).map((one) => [one, undefined]));
  return {
    ...app,
    policy: { ...policy, constraints, stability: { ...policy.stability, ...silenced } },
  };
}
