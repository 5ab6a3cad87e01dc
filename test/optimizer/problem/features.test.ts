/** Every rule about load is in one table, and every question about an app's problem is answered from it. */
import { capacitiesOf } from '../../../constructs/optimizer/problem/capacity';
import {
  allowsFlow,
  dependsOnLoad,
  hasClosestAssignment,
  isCapacitated,
  LOAD_RULES,
  type LoadField,
  needsAssignment,
  withoutLoadRules,
} from '../../../constructs/optimizer/problem/features';
import type { AppProblem } from '../../../constructs/optimizer/problem/problem';
import { at, type Constraints, free, from, inputOf } from '../../placement/placing';
import { compiledOf } from '../compiled';

const fields = Object.keys(LOAD_RULES) as LoadField[];
const origins = [from('oa', 0), from('ob', 10)];
const clusters = [
  at('a', 0).with({ usdPerReplicaHour: 1 }),
  at('b', 10).with({ usdPerReplicaHour: 1 }),
];

const compiledWith = (constraints: Constraints, money = 0, places = clusters) =>
  compiledOf(
    inputOf(
      { constraints: { ...free, ...constraints }, objective: { latency: 1, money } },
      places,
      origins,
    ),
  );
const { problem: plain, limits: unlimited } = compiledWith({});

/** An app of a policy that has the rule, by field. */
const withRule: Readonly<Record<LoadField, AppProblem>> = {
  threshold: compiledWith({ minRequestsPerSecond: 20 }).problem,
  replicaCost: compiledWith({}, 1).problem,
  nearShare: compiledWith({ latency: { milliseconds: 50, share: 0.5 } }).problem,
  survive: compiledWith({ survive: 1 }).problem,
  budget: compiledWith({ budget: { usdPerHour: 5 } }).problem,
};

it('finds no load rule where pair costs and rules about sets decide', () => {
  expect(fields.filter((field) => LOAD_RULES[field].isActive(plain))).toEqual([]);
  expect(dependsOnLoad(plain)).toBe(false);
  expect(needsAssignment(plain, unlimited)).toBe(false);
  expect(hasClosestAssignment(plain, undefined)).toBe(false);
});

it.each(fields)('finds the load rule in %s, and leaves it out where asked to', (field) => {
  const app = withRule[field];
  expect(fields.filter((one) => LOAD_RULES[one].isActive(app))).toEqual([field]);
  expect(dependsOnLoad(app)).toBe(true);
  expect(needsAssignment(app, unlimited)).toBe(true);
  expect(hasClosestAssignment(app, undefined)).toBe(LOAD_RULES[field].isRelaxed);
  expect(dependsOnLoad(withoutLoadRules(app))).toBe(false);
  expect(dependsOnLoad(LOAD_RULES[field].without(app))).toBe(false);
});

it('has every field of a compiled app in the table, or among those that say nothing about load', () => {
  const others =
    'origins clusters requestsPerSecond components ease capacity headroom cost implicitCosts';
  const sets = 'openCost constantCost allowed required previous reluctant maxChanges rules';
  const known = new Set([...fields, ...others.split(' '), ...sets.split(' ')]);
  const compiled = Object.values(withRule).flatMap((app) => Object.keys(app));
  expect(compiled.filter((field) => !known.has(field))).toEqual([]);
});

it('asks nothing of a cluster that may not be chosen', () => {
  const threshold = Float64Array.of(20, 0);
  expect(dependsOnLoad({ ...plain, threshold, allowed: Uint8Array.of(0, 1) })).toBe(false);
  expect(dependsOnLoad({ ...plain, threshold, allowed: Uint8Array.of(1, 0) })).toBe(true);
});

it('tells capacity that may bind from capacity that holds all demand', () => {
  const limited = (requestsPerSecond: number) => {
    const places = [at('a', 0).with({ requestsPerSecond }), at('b', 10)];
    const { problem, limits } = compiledWith({ capacity: { assignment: 'split' } }, 0, places);
    return { problem, limits, capacities: capacitiesOf(problem, limits) };
  };
  const ample = limited(1000);
  const scarce = limited(150);
  for (const { problem, limits, capacities } of [ample, scarce]) {
    expect(dependsOnLoad(problem)).toBe(false);
    expect(needsAssignment(problem, limits)).toBe(true);
    expect(allowsFlow(problem, capacities)).toBe(true);
  }
  expect(isCapacitated(ample.problem, ample.capacities)).toBe(false);
  expect(isCapacitated(scarce.problem, scarce.capacities)).toBe(true);
  const threshold = Float64Array.of(20, 20);
  expect(hasClosestAssignment({ ...ample.problem, threshold }, ample.capacities)).toBe(true);
  expect(hasClosestAssignment({ ...scarce.problem, threshold }, scarce.capacities)).toBe(false);
});
