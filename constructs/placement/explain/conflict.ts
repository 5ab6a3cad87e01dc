/** Conflict: a smallest set of rules that cannot hold together, and the nearest relaxation of each. */
import type { Conflict } from '../../model/decision';
import type { AppProblem, Limits, Problem, Work } from '../../optimizer';
import {
  enumerate,
  holdsDemand,
  isEnumerable,
  isSatisfiable,
  roomShortage,
  search,
  subsets,
} from '../../optimizer';
import type { EdgeApp, RuleContext } from '../../policy';
import { linkedApps } from '../../policy';
import type { AppInput } from '../compile/app-input';
import { type CompiledApp, compileApp, compileOnNearPairs, limitsOf } from '../compile/compile';
import { type PolicyRule, partAt, rulesOf, withValue } from './policy-rules';
import { roomNeeded } from './room-needed';

/** Sets of rules tried when looking for a smaller conflict than the irreducible one found first. */
const MAX_SUBSETS = 200;
/** Work of looking for a legal set by search, before all sets are tried where that is affordable. */
const SEARCH_WORK = 2e7;
/** Work of all feasibility checks of all apps together; beyond its part of it the remaining rules of an app are reported without further reduction. */
const MAX_WORK = 4e8;
/** However many apps are left out, each may take this much. */
const LEAST_WORK = 4e6;

/** All apps of a decision, as far as they have a place. */
export interface Together {
  readonly problem: Problem;
  /** By app of `problem`. */
  readonly names: readonly string[];
  /** By cluster: its name. */
  readonly clusters: readonly string[];
  readonly isPlaced: readonly boolean[];
  /** True when it is known that no placement has more apps. */
  readonly isMostPlaced: boolean;
}

/** Why an app has no place beside the others, whatever these do. */
type BesideProof = NonNullable<Conflict['proof']>;

/** Conflicts of the apps without a place. Equal apps have one problem and one conflict: what the placed apps leave is the same for all of them. */
export class Conflicts {
  private readonly known = new Map<AppProblem, Conflict>();
  private readonly allowed: number;

  constructor(
    private readonly together: Together,
    private readonly work: Work,
  ) {
    const { problem, isPlaced } = together;
    const unplaced = new Set(problem.apps.filter((_, a) => !isPlaced[a]));
    this.allowed = Math.max(LEAST_WORK, MAX_WORK / Math.max(1, unplaced.size));
  }

  /** Why the app cannot be satisfied within `limits`, what the other apps leave. */
  of(compiled: CompiledApp, limits: Limits): Conflict {
    const { problem } = compiled;
    const known = this.known.get(problem) ?? this.conflictOf(compiled, limits);
    this.known.set(problem, known);
    return known;
  }

  private conflictOf(compiled: CompiledApp, limits: Limits): Conflict {
    const all = this.together.problem.limits;
    const alone = new FeasibilityTests(compiled, all, this.allowed / 2, this.work);
    const nothing = () => undefined;
    if (alone.areInfeasible(alone.rules)) return conflictOf(compiled, alone, nothing);
    const beside = new FeasibilityTests(compiled, limits, this.allowed / 2, this.work);
    return conflictOf(compiled, beside, () => this.proofFor(compiled.app.name));
  }

  /** The apps that are placed and this one lack room, or no placement has more apps than there are; undefined when neither is known. */
  private proofFor(name: string): BesideProof | undefined {
    const { problem, names, isPlaced, isMostPlaced } = this.together;
    const at = names.flatMap((one, a) => (isPlaced[a] || one === name ? [a] : []));
    const effort: Work = { spent: 0, allowed: this.allowed };
    const found = roomShortage(problem, at, effort);
    this.work.spent += effort.spent;
    if (found !== undefined) {
      const { resource, short } = found;
      const clusters = found.clusters.map((c) => this.together.clusters[c]);
      const needy = found.apps.map((a) => names[a]);
      return { kind: 'room', resource, apps: needy, clusters, short: rounded(short) };
    }
    return isMostPlaced ? { kind: 'search', apps: isPlaced.filter(Boolean).length } : undefined;
  }
}

function conflictOf(
  input: AppInput,
  question: FeasibilityTests,
  proofBeside: () => BesideProof | undefined,
): Conflict {
  const all = question.rules;
  if (!question.areInfeasible(all)) return betweenApps(input.app, all);
  const found = irreducibleSubset(question, all);
  const core = question.isProof ? smallerSubset(question, found) : found;
  const rules = core.map((rule) => ({
    path: `policy.${rule.path}`,
    rule: rule.words,
    relaxation: question.relaxation(rule, core),
  }));
  const isBeside = question.isBesideOthers(core);
  const proof = isBeside ? proofBeside() : undefined;
  const beside = isBeside ? besideWords(proof) : '';
  return {
    summary: summaryOf(question, core, rules, beside, proof !== undefined),
    ...(proof && { proof }),
    rules,
  };
}

/** What is known of the app beside the others. */
function besideWords(proof: BesideProof | undefined): string {
  if (proof === undefined)
    return ' beside the other apps as they are placed (not proved of other placements)';
  if (proof.kind === 'search') {
    const most = proof.apps === 1 ? 'one app has a place' : `${proof.apps} apps have a place`;
    return ` beside the other apps (proved: no more than ${most} at the same time)`;
  }
  const { apps, clusters, resource, short } = proof;
  const need = apps.length === 1 ? 'needs' : 'need';
  const have = clusters.length === 1 ? 'has' : 'have';
  const there = clusters.length === 0 ? 'can be used anywhere' : `${listed(clusters)} ${have}`;
  return ` beside the other apps (proved: ${listed(apps)} ${need} ${short} ${resource} more than ${there})`;
}

/** Names that are listed in a sentence; of more, how many there are. */
const MAX_LISTED = 6;

function listed(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  const shown = names.slice(0, names.length > MAX_LISTED ? MAX_LISTED : -1);
  const last =
    names.length > MAX_LISTED ? `${names.length - MAX_LISTED} more` : names[names.length - 1];
  return `${shown.join(', ')} and ${last}`;
}

/** To six digits: what is below them is tolerance. */
function rounded(amount: number): number {
  return Number(amount.toPrecision(6));
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
  beside: string,
  isProvedBeside: boolean,
): string {
  const words = core.map((rule) => rule.words);
  const remain = question.remainingClusters(core);
  if (core.length === 0) return `no cluster of the fleet can serve this app: ${remain}`;
  const way = rules.find((rule) => rule.relaxation !== NO_RELAXATION);
  const would = way === undefined ? '' : `; ${way.relaxation} would do`;
  if (!question.isProof && !isProvedBeside) {
    return `no set of clusters was found for ${words.join(', ')}${beside}: ${remain}${beside === '' ? '' : would}`;
  }
  const joined =
    words.length === 1
      ? `${words[0]} cannot hold`
      : `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]} cannot ${words.length === 2 ? 'both' : 'all'} hold`;
  return `${joined}${beside}: ${remain}${would}`;
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
    return this.isTaken() && this.isSatisfiable(this.appWith(kept), limitsOf(this.input.fleet));
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
      (rule.key === 'capacity' ? this.moreRoom() : undefined) ??
      this.nearestRelaxation(rule, (app) => this.isSatisfiable(app), this.rules) ??
      this.nearestRelaxation(rule, (app) => this.isSatisfiable(app), core) ??
      NO_RELAXATION
    );
  }

  /** How much more room would do, where other apps take some. */
  private moreRoom(): string | undefined {
    if (!this.isTaken()) return undefined;
    const { problem, fleet } = this.compiled(this.input.app);
    const effort: Work = { spent: 0, allowed: SEARCH_WORK };
    const all = limitsOf(this.input.fleet);
    const alone = isEnumerable(problem)
      ? enumerate(problem, all, effort).best
      : search(problem, all, [], effort, () => true);
    this.work.spent += effort.spent;
    return roomNeeded(
      problem,
      this.limits,
      fleet.clusters.map(({ name }) => name),
      alone?.evaluated.assigned,
      (limits) => this.work.spent <= this.workLimit && this.isSatisfiable(this.input.app, limits),
    );
  }

  private isTaken(): boolean {
    return Object.values(this.limits.taken).some((amounts) =>
      amounts.some((amount: number) => amount > 0),
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
    const tiers = Math.max(1, app.policy.tiers.length);
    const input = { ...this.input, app };
    return compileOnNearPairs(input, tiers, stability) ?? compileApp(input, tiers, stability);
  }

  private isSatisfiable(app: EdgeApp, limits = this.limits): boolean {
    if (this.work.spent > this.workLimit) return true;
    const { problem } = this.compiled(app);
    if (!holdsDemand(problem, limits)) return false;
    const left = this.workLimit - this.work.spent;
    const effort: Work = { spent: 0, allowed: Math.min(SEARCH_WORK, left) };
    const found = search(problem, limits, [], effort, () => true) !== undefined;
    this.work.spent += effort.spent;
    if (found || !isEnumerable(problem)) return found;
    return isSatisfiable(problem, limits, this.work);
  }
}
