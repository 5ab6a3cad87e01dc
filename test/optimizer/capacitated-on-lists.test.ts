/** Capacity on lists of near pairs: the answer and its bound agree with what all pairs say, within the work that is allowed. */
import { parseFleet } from '../../constructs/model/fleet-document';
import { solveAlone, solveOnLists } from '../../constructs/optimizer';
import { evaluate } from '../../constructs/optimizer/assignment/evaluation';
import type { AppProblem, Limits } from '../../constructs/optimizer/problem/problem';
import { compileApp, fullStability } from '../../constructs/placement/compile/compile';
import { implicitCosts } from '../../constructs/placement/compile/implicit-costs';
import { pairsOf } from '../../constructs/placement/compile/latency';
import { world } from '../bench/world';
import { app } from '../build';

const [m, n] = [28, 500];
const documents = world(m, n, 3);
const fleet = parseFleet(documents.fleet);
const { demand } = documents;
const shop = app(
  'shop',
  { constraints: { minClusters: 3, maxClusters: 8, capacity: false, minRequestsPerSecond: 0 } },
  { demand: { observedAt: demand.observedAt, origins: demand.origins } },
);
const input = {
  app: shop,
  fleet,
  demand: { ...demand, validForSeconds: 600 },
  previous: undefined,
};
const compiled = compileApp({ ...input, now: 0 }, 1, fullStability);
const { terms, origins } = compiled;
const held: AppProblem = { ...compiled.problem, capacity: 'split' };
const near: AppProblem = {
  ...held,
  cost: new Float64Array(0),
  implicitCosts: implicitCosts(
    {
      ...{ app: shop, fleet, origins, terms, pairs: pairsOf(fleet, origins, false) },
      ...{ legal: new Uint8Array(0), allowed: held.allowed },
    },
    { perMillisecond: 1, perKilometer: 0, flat: new Float64Array(m) },
  ),
};
const total = held.requestsPerSecond.reduce((sum, one) => sum + one, 0);

/** Every cluster holds this share of the demand. */
function limitsOf(share: number): Limits {
  const all = (value: number) => new Float64Array(m).fill(value);
  const amounts = (cpuMillicores: number, requestsPerSecond: number) => ({
    ...{ cpuMillicores: all(cpuMillicores), memoryMebibytes: all(cpuMillicores) },
    ...{ pods: all(cpuMillicores), requestsPerSecond: all(requestsPerSecond) },
  });
  return { total: amounts(Infinity, share * total), taken: amounts(0, 0), headroom: all(0) };
}

const work = (allowed = 3e7) => ({ spent: 0, allowed });

it.each([0.15, 0.2])(
  'where a cluster holds %f of the demand, value and bound are those that all pairs allow',
  (share) => {
    const limits = limitsOf(share);
    const whole = solveAlone(held, limits, work());
    const onLists = solveOnLists(near, limits, work());
    const value = onLists?.best?.evaluated.value ?? Number.NaN;
    const best = whole.best?.evaluated.value ?? Number.NaN;
    expect(onLists?.bound).toBeLessThanOrEqual(best * (1 + 1e-9));
    expect(value).toBeGreaterThanOrEqual(whole.bound * (1 - 1e-9));
    expect(value).toBeLessThanOrEqual(best * 1.01);
    expect(onLists?.bound).toBeGreaterThanOrEqual(whole.bound * 0.97);
  },
);

it('a set is assigned at the cost of a flow over all of its pairs, and prices its capacity alike', () => {
  const limits = limitsOf(0.2);
  const open = solveOnLists(near, limits, work())?.best?.open ?? [];
  const [ours, theirs] = [near, held].map((one) => evaluate(one, open, limits, work()));
  expect(ours?.violation).toBe(0);
  expect(ours?.value).toBeCloseTo(theirs?.value ?? Number.NaN, 3);
  const prices = [ours, theirs].map((one) => one?.assignment.flow?.answer.clusterSaving() ?? []);
  expect([...(prices[0] ?? [])]).toEqual([...(prices[1] ?? [])]);
});

it.each([4e6, 2e7])('at %d work units the limit holds', (allowed) => {
  const effort = work(allowed);
  solveOnLists(near, limitsOf(0.16), effort);
  expect(effort.spent).toBeGreaterThan(0);
  expect(effort.spent).toBeLessThan(1.1 * allowed);
});

it('demand that the largest set cannot hold is known before anything is searched', () => {
  const effort = work();
  expect(solveOnLists(near, limitsOf(0.12), effort)?.best).toBeUndefined();
  expect(solveAlone(held, limitsOf(0.12), effort).best).toBeUndefined();
  expect(effort.spent).toBe(0);
});
