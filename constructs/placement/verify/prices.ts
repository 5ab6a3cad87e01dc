/** Prices: what one more unit of a limit that binds would save, from the residual graph of each app. */
import type { PlacementDecision } from '../../model/decision';
import { type Answer, othersOf } from './legality';
import { largestLoad, NOTHING, type Room, resources, stepOf } from './load';
import { headroomOf, isCounted, roomAt } from './party';
import type { Notes } from './report';
import { residualOf } from './residual';

type Resource = (typeof resources)[number];

const UNLIMITED: Room = {
  cpuMillicores: Number.POSITIVE_INFINITY,
  memoryMebibytes: Number.POSITIVE_INFINITY,
  pods: Number.POSITIVE_INFINITY,
  requestsPerSecond: Number.POSITIVE_INFINITY,
};

/** Every price is the right one, none is missing, and they are in order. */
export function checkPrices(
  said: PlacementDecision['prices'],
  answers: readonly Answer[],
  notes: Notes,
): void {
  const expected = pricesOf(answers);
  const rank = (one: { cluster: string; resource: string }) =>
    [...expected.keys()].indexOf(`${one.cluster} ${one.resource}`);
  for (const [index, price] of said.entries()) {
    const saves = expected.get(`${price.cluster} ${price.resource}`);
    if (saves === undefined)
      notes.say(
        `prices[${index}]`,
        `got ${price.resource} of ${price.cluster}, which saves nothing`,
      );
    else notes.close(`prices[${index}].saves`, price.saves, saves);
    if (index > 0 && rank(said[index - 1]!) >= rank(price)) {
      notes.say(
        `prices[${index}]`,
        'got a price out of order, expected clusters by name, each resource once',
      );
    }
  }
  for (const [key, saves] of expected) {
    if (said.some((one) => `${one.cluster} ${one.resource}` === key)) continue;
    notes.say('prices', `got no price for ${key}, expected ${saves}`);
  }
}

/** By `cluster resource`, sorted; where several apps would pay, the most. */
function pricesOf(answers: readonly Answer[]): ReadonlyMap<string, number> {
  const found: { readonly cluster: number; readonly key: string; readonly saves: number }[] = [];
  for (const answer of answers) {
    const { capacity } = answer.facts.app.policy.constraints;
    if (!isCounted(answer.facts.app) || capacity === false || capacity.assignment === 'whole')
      continue;
    found.push(...pricesFor(answer, answers));
  }
  const order = (key: string) => resources.indexOf(key.split(' ')[1] as Resource);
  found.sort((a, b) => a.cluster - b.cluster || order(a.key) - order(b.key) || a.saves - b.saves);
  return new Map(found.map(({ key, saves }) => [key, saves]));
}

function pricesFor(answer: Answer, answers: readonly Answer[]) {
  const { facts, chosen } = answer;
  const others = othersOf(answer, answers);
  const { prices } = residualOf(answer, others);
  const parties = [{ ...facts, chosen, cost: facts.pairs.cost }];
  return chosen.flatMap((cluster, position) => {
    const price = prices[position]!;
    if (price <= 1e-12) return [];
    const room = roomAt(cluster, parties, others);
    const headroom = Math.max(headroomOf(facts.app), others.headroom(cluster));
    return binding(answer, room, others.taken(cluster)).flatMap((resource) => {
      const saves = price * loadPerUnit(answer, resource) * (1 - headroom);
      const key = `${facts.clusters[cluster]!.name} ${resource}`;
      return saves > 0 ? [{ cluster, key, saves }] : [];
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
