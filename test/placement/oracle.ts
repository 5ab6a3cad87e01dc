/** The oracle: the best answer to a small problem, found by trying every set of clusters; written to be obvious, not fast. */
import type { PlaceInput } from '../../constructs/policy/place-input';
import { type Amounts, assignment, leftOf, tiedAssignments } from './oracle-assignment';
import { type Case, caseOf, standingCase } from './oracle-case';
import { besideStanding, loadHolds, setHolds, type Try, value } from './oracle-rules';

/** The best answer. */
export interface OracleAnswer {
  readonly satisfied: boolean;
  /** Of all apps together. */
  readonly value: number;
  /** The least value any legal answer has, before minGain keeps the previous clusters. */
  readonly least: number;
  /** Names of the chosen clusters, app by app. */
  readonly clusters: readonly (readonly string[])[];
  /** False when another answer is as good up to a part in 10^7. */
  readonly isUnique: boolean;
}

interface Found {
  readonly answers: readonly Try[];
  readonly value: number;
}

const nothing: OracleAnswer = {
  satisfied: false,
  value: 0,
  least: 0,
  clusters: [],
  isUnique: true,
};

/** The best answer for a single app, tiers and stability included. */
export function oracleOfOne(input: PlaceInput): OracleAnswer {
  const [app] = input.apps as [PlaceInput['apps'][number]];
  for (let tiers = 1; tiers <= Math.max(1, app.policy.tiers.length); tiers++) {
    const one = besideWhatStands(input, app, caseOf(input, app, tiers));
    for (const level of [0, 1, 2, 3]) {
      const found = legalSets(one)
        .filter((chosen) => staysPut(one, chosen, level, Date.parse(input.now as string)))
        .flatMap((chosen) => tried([one], [chosen], level < 2));
      if (found.length > 0) return kept(one, found, stood(input, app, tiers));
      if (level > 0) continue;
      const standing = stood(input, app, tiers);
      if (standing !== undefined) return { ...best([standing.one], [standing.found]) };
    }
  }
  return nothing;
}

/**
 * The best answer for several apps together, without tiers, freeze windows and maxChanges. Undefined when it
 * would have to say which app gives up a cluster that is held.
 */
export function oracleOfAll(input: PlaceInput): OracleAnswer | undefined {
  const cases = input.apps.map((app) => besideWhatStands(input, app, caseOf(input, app, 1)));
  const foundAt = (level: number) =>
    combinations(cases, level).flatMap((sets) => tried(cases, sets, level < 2));
  const found = foundAt(1);
  if (found.length > 0) return best(cases, found);
  if (input.apps.some((app) => stood(input, app, 1) !== undefined)) return undefined;
  return foundAt(2).length > 0 ? undefined : nothing;
}

/**
 * Whether some sets worth no more than this hold with one of their cheapest assignments and not with another one that costs as much:
 * which of them is taken decides then, and the documents do not say.
 */
export function dependsOnTies(input: PlaceInput, limit: number): boolean {
  const cases = input.apps.map((app) => besideWhatStands(input, app, caseOf(input, app, 1)));
  const { clusters } = input.fleet;
  return combinations(cases, 1).some((sets) => {
    const seats = seatsOf(cases, sets);
    const first = assignment(seats, leftOf(clusters, seats));
    if (first === undefined || foundWith(cases, sets, first).value > limit) return false;
    const ways = tiedAssignments(seats, leftOf(clusters, seats));
    const holding = ways.filter((one) => allHold(cases, foundWith(cases, sets, one).answers, true));
    return holding.length > 0 && holding.length < ways.length;
  });
}

/** All sets of all apps that hold on their own and stay put as this level asks. */
function combinations(
  cases: readonly Case[],
  level: number,
): readonly (readonly (readonly number[])[])[] {
  let all: readonly (readonly (readonly number[])[])[] = [[]];
  for (const one of cases) {
    const legal = legalSets(one).filter((chosen) => staysPut(one, chosen, level, 0));
    all = all.flatMap((sets) => legal.map((chosen) => [...sets, chosen]));
  }
  return all;
}

interface Stood {
  readonly one: Case;
  readonly found: Found;
}

/** The app on its previous clusters, noise forgiven; undefined when they do not hold even so. */
function stood(input: PlaceInput, app: PlaceInput['apps'][number], tiers: number) {
  const one = standingCase(input, app, tiers);
  const chosen = one?.clusters.flatMap(({ name }, c) => (one.before?.has(name) ? [c] : []));
  if (one === undefined || chosen?.length !== one.before?.size) return undefined;
  if (!setHolds(one, chosen as readonly number[])) return undefined;
  const [found] = tried([one], [chosen as readonly number[]], true);
  return found && ({ one, found } satisfies Stood);
}

/** The case for other sets than the previous one; the same where that may not stay, with all tiers open. */
function besideWhatStands(input: PlaceInput, app: PlaceInput['apps'][number], one: Case): Case {
  const tiers = Math.max(1, app.policy.tiers.length);
  const written = caseOf(input, app, tiers);
  const chosen = written.clusters.flatMap(({ name }, c) => (one.before?.has(name) ? [c] : []));
  if (chosen.length === 0 || chosen.length !== one.before?.size) return one;
  const asWritten = setHolds(written, chosen) ? tried([written], [chosen], true)[0] : undefined;
  const [answer] = (asWritten ?? stood(input, app, tiers)?.found)?.answers ?? [];
  return answer === undefined ? one : besideStanding(one, answer);
}

/** All sets that hold on their own. */
function legalSets(one: Case): readonly (readonly number[])[] {
  const all: number[][] = [];
  for (let bits = 0; bits < 2 ** one.clusters.length; bits++) {
    const chosen = one.clusters.flatMap((_, c) => ((bits >> c) % 2 === 1 ? [c] : []));
    if (setHolds(one, chosen)) all.push(chosen);
  }
  return all;
}

/** The answers that follow from these sets: one, or none when a rule does not hold. */
function tried(
  cases: readonly Case[],
  sets: readonly (readonly number[])[],
  mayBeThin: boolean,
): readonly Found[] {
  const [{ clusters }] = cases as [Case];
  const seats = seatsOf(cases, sets);
  const amounts = assignment(seats, leftOf(clusters, seats));
  if (amounts === undefined) return [];
  const found = foundWith(cases, sets, amounts);
  return allHold(cases, found.answers, mayBeThin) ? [found] : [];
}

function seatsOf(cases: readonly Case[], sets: readonly (readonly number[])[]) {
  return cases.map(({ app, origins, cost }, index) => ({
    app,
    cost,
    chosen: sets[index] as readonly number[],
    requestsPerSecond: origins.map(({ requestsPerSecond }) => requestsPerSecond),
  }));
}

function foundWith(
  cases: readonly Case[],
  sets: readonly (readonly number[])[],
  amounts: readonly Amounts[],
): Found {
  const answers = sets.map(
    (chosen, index): Try => ({ chosen, amounts: amounts[index] as Amounts }),
  );
  const total = cases.reduce((sum, one, index) => sum + value(one, answers[index] as Try, true), 0);
  return { answers, value: total };
}

function allHold(cases: readonly Case[], answers: readonly Try[], mayBeThin: boolean): boolean {
  return cases.every((one, index) => {
    const beside = cases.flatMap((of, other) =>
      other === index ? [] : [{ of, answer: answers[other] as Try }],
    );
    return loadHolds(one, answers[index] as Try, mayBeThin, beside);
  });
}

/** Level 0: all of freeze, held and maxChanges; 1: no freeze; 2: only maxChanges; 3: nothing. */
function staysPut(one: Case, chosen: readonly number[], level: number, now: number): boolean {
  const { before, clusters, eligible } = one;
  if (before === undefined) return true;
  const names = chosen.map((c) => clusters[c]?.name as string);
  const { freeze, maxChanges } = one.app.policy.stability;
  const isFrozen = freeze.some(
    (one) => 'from' in one && Date.parse(one.from) <= now && now < Date.parse(one.until),
  );
  if (level < 1 && isFrozen && !isSame(names, before)) return false;
  if (level < 2 && one.held.some((held, c) => held && !chosen.includes(c))) return false;
  if (level > 2 || maxChanges === undefined) return true;
  const added = names.filter((name) => !before.has(name)).length;
  const dropped = clusters.filter(
    ({ name }, c) => eligible[c] && before.has(name) && !names.includes(name),
  ).length;
  return added + dropped <= maxChanges;
}

function isSame(names: readonly string[], before: ReadonlyMap<string, string>): boolean {
  return names.length === before.size && names.every((name) => before.has(name));
}

/** The best answer, unless the previous clusters are legal and moving gains too little. */
function kept(one: Case, found: readonly Found[], stood: Stood | undefined): OracleAnswer {
  const answer = best([one], found);
  const names = (chosen: readonly number[]) => chosen.map((c) => one.clusters[c]?.name as string);
  const previous =
    found.find(
      ({ answers: [only] }) =>
        one.before !== undefined && isSame(names(only?.chosen ?? []), one.before),
    ) ?? stood?.found;
  if (previous === undefined) return answer;
  const withoutChange = ({ answers: [only] }: Found) => value(one, only as Try, false);
  const before = withoutChange(previous);
  const winner = found.find((each) => each.value === answer.least) as Found;
  const gain = before - withoutChange(winner);
  const { minGain } = one.app.policy.stability;
  if (gain >= minGain * Math.abs(before)) return answer;
  return {
    ...answer,
    value: previous.value,
    clusters: [names(previous.answers[0]?.chosen ?? [])],
    isUnique: Math.abs(gain - minGain * Math.abs(before)) > 1e-7 * Math.abs(before),
  };
}

function best(cases: readonly Case[], found: readonly Found[]): OracleAnswer {
  const least = Math.min(...found.map((one) => one.value));
  const winner = found.find((one) => one.value === least) as Found;
  const near = found.filter((one) => one.value - least <= 1e-7 * Math.max(1, Math.abs(least)));
  return {
    satisfied: true,
    value: least,
    least,
    clusters: winner.answers.map(({ chosen }, index) =>
      chosen.map((c) => cases[index]?.clusters[c]?.name as string),
    ),
    isUnique: near.length === 1,
  };
}
