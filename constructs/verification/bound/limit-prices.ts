/** Prices: what one more unit of a limit that binds would save, from the residual graph of each app. */
import type { PlacementDecision } from '../../model/decision';
import { residualOf } from '../assignment/residual-graph';
import { type Answer, othersOf } from '../input/answer';
import { headroomOf, isCounted, roomAt } from '../input/app-assignment';
import type { Notes } from '../input/findings';
import { largestLoad, NOTHING, type Room, resources, roomOf, stepOf } from '../input/load';
import { readTariffs, unitsOf } from './joint-bound';

type Resource = (typeof resources)[number];

const UNLIMITED: Room = {
  cpuMillicores: Number.POSITIVE_INFINITY,
  memoryMebibytes: Number.POSITIVE_INFINITY,
  pods: Number.POSITIVE_INFINITY,
  requestsPerSecond: Number.POSITIVE_INFINITY,
};

/** What a limit that binds is worth. */
interface Price {
  readonly cluster: number;
  readonly key: string;
  readonly saves: number;
  /** Another limit of the same cluster binds at the very same load, so that this one alone saves nothing. */
  readonly isDoubtful: boolean;
}

/**
 * Every price is the right one, none is missing, and they are in order. Where several apps share clusters, the
 * price depends on who would get the next unit: there only the place and the sign are checked, unless the
 * certificate prices limits, which are then the prices of the decision.
 */
export function checkPrices(
  { prices: said, certificate }: PlacementDecision,
  answers: readonly Answer[],
  notes: Notes,
): void {
  const facts = answers.map((answer) => answer.facts);
  if (certificate.limitPrices !== undefined && facts.length > 0) {
    const { byCluster } = readTariffs(certificate.limitPrices, facts[0]!);
    compare(said, unitsOf(byCluster, facts), notes);
    return;
  }
  const isShared = areShared(answers);
  const expected = pricesOf(answers);
  for (const [index, price] of said.entries()) {
    const at = `prices[${index}]`;
    const found = expected.get(`${price.cluster} ${price.resource}`);
    if (index > 0 && rank(said[index - 1]!) >= rank(price)) {
      notes.say(at, 'got a price out of order, expected clusters by name, each resource once');
    }
    if (price.saves <= 0) notes.say(`${at}.saves`, `got ${price.saves}, expected more than 0`);
    if (isShared) checkPlace(price, at, answers, notes);
    else if (found === undefined) {
      notes.say(at, `got ${price.resource} of ${price.cluster}, which saves nothing`);
    } else notes.close(`${at}.saves`, price.saves, found.saves);
  }
  for (const [key, { saves, isDoubtful }] of isShared ? [] : expected) {
    if (isDoubtful || said.some((one) => `${one.cluster} ${one.resource}` === key)) continue;
    notes.say('prices', `got no price for ${key}, expected ${saves}`);
  }
}

/** Prices of limits, in order, each times the share that headroom leaves usable. */
function compare(
  said: PlacementDecision['prices'],
  expected: ReadonlyMap<string, number>,
  notes: Notes,
): void {
  for (const [index, price] of said.entries()) {
    const at = `prices[${index}]`;
    if (index > 0 && rank(said[index - 1]!) >= rank(price)) {
      notes.say(at, 'got a price out of order, expected clusters by name, each resource once');
    }
    const saves = expected.get(`${price.cluster} ${price.resource}`);
    if (saves === undefined) {
      notes.say(
        at,
        `got ${price.resource} of ${price.cluster}, which the certificate does not price`,
      );
    } else notes.close(`${at}.saves`, price.saves, saves);
  }
  const names = new Set(said.map(({ cluster, resource }) => `${cluster} ${resource}`));
  for (const [key, saves] of expected) {
    if (!names.has(key)) notes.say('prices', `got no price for ${key}, expected ${saves}`);
  }
}

function rank({ cluster, resource }: PlacementDecision['prices'][number]): string {
  return `${cluster}\u0000${resources.indexOf(resource as Resource)}`;
}

function areShared(answers: readonly Answer[]): boolean {
  const counted = answers
    .filter(({ facts }) => isCounted(facts.app))
    .flatMap(({ chosen }) => chosen);
  return new Set(counted).size < counted.length;
}

/** A price is for a limit that exists, on a cluster where an app counts against it. */
function checkPlace(
  { cluster, resource }: PlacementDecision['prices'][number],
  at: string,
  answers: readonly Answer[],
  notes: Notes,
): void {
  const there = answers.find(
    ({ facts, chosen }) =>
      isCounted(facts.app) && chosen.some((one) => facts.clusters[one]!.name === cluster),
  );
  const found = there?.facts.clusters.find(({ name }) => name === cluster);
  const room = found && roomOf(found, 0)[resource as Resource];
  if (room !== undefined && room < Number.POSITIVE_INFINITY) return;
  notes.say(at, `got ${resource} of ${cluster}, where it is no limit`);
}

/** By `cluster resource`; where several apps would pay, the most. */
function pricesOf(answers: readonly Answer[]): ReadonlyMap<string, Price> {
  const found: Price[] = [];
  for (const answer of answers) {
    const { capacity } = answer.facts.app.policy.constraints;
    if (capacity === false || capacity.assignment === 'whole') continue;
    found.push(...pricesFor(answer, answers));
  }
  found.sort((a, b) => a.saves - b.saves);
  return new Map(found.map((price) => [price.key, price]));
}

function pricesFor(answer: Answer, answers: readonly Answer[]): readonly Price[] {
  const { facts, chosen } = answer;
  const others = othersOf(answer, answers);
  const parties = [{ ...facts, chosen, cost: facts.pairs.cost }];
  const isLimited = chosen.some((cluster) => {
    const room = roomAt(cluster, parties, others);
    return largestLoad(facts.app, room, others.taken(cluster)) < Number.POSITIVE_INFINITY;
  });
  if (!isLimited) return [];
  const { prices } = residualOf(answer, others);
  return chosen.flatMap((cluster, position) => {
    const price = prices[position]!;
    if (price <= 1e-12) return [];
    const room = roomAt(cluster, parties, others);
    const headroom = Math.max(headroomOf(facts.app), others.headroom(cluster));
    const bound = binding(answer, room, others.taken(cluster));
    const isDoubtful = bound.length > 1 && bound.includes('requestsPerSecond');
    return bound.flatMap((resource) => {
      const saves = price * loadPerUnit(answer, resource) * (1 - headroom);
      const key = `${facts.clusters[cluster]!.name} ${resource}`;
      return saves > 0 ? [{ cluster, key, saves, isDoubtful }] : [];
    });
  });
}

/** The resources that alone would allow no more than all of them together do. */
function binding({ facts }: Answer, room: Room, taken: Room): readonly Resource[] {
  const most = largestLoad(facts.app, room, taken);
  return resources.filter((resource) => {
    const alone = { ...UNLIMITED, [resource]: room[resource] };
    const used = { ...NOTHING, [resource]: taken[resource] };
    return largestLoad(facts.app, alone, used) <= most * (1 + 1e-9);
  });
}

/** Requests/s that one more unit of the resource carries. */
function loadPerUnit({ facts }: Answer, resource: Resource): number {
  if (resource === 'requestsPerSecond') return 1;
  const perRequest = facts.app.sizing.reduce(
    (sum, one) => sum + (resource === 'pods' ? 1 : one.resources[resource]) / stepOf(one),
    0,
  );
  return perRequest === 0 ? 0 : 1 / perRequest;
}
