/** Bench of the churn curve: demand moves by six hours of daytime, and each further change is worth so much. */
import type { AppDecision } from '../../constructs/model/decision';
import type { Demand } from '../../constructs/model/demand';
import { evaluate } from '../../constructs/optimizer/assignment/evaluation';
import { compileApp, fullStability, limitsOf } from '../../constructs/placement/compile/compile';
import { place } from '../../constructs/placement/decide/place';
import { churnCurve } from '../../constructs/placement/explain/churn-curve';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { hasData, world } from '../placement/public-data';
import { inputOf } from './engine-input';
import type { BenchRow } from './row';

const [clusters, origins, locations] = [1_000, 10_000, 20];
const hours = [0, 6, 12, 18];
/** An exchange is two changes. */
const FEW = 10;

/** Milliseconds of the processor per point of the curve, and what five moves recover; none without the data. */
export async function benchChurn(): Promise<readonly BenchRow[]> {
  if (!hasData) return [];
  const input = inputOf(world(clusters, origins, locations));
  return hours.map((hour) => {
    const previous = place(at(input, hour));
    const later = at(input, hour + 6);
    const decided = place({ ...later, previous }).apps[0] as AppDecision;
    const { curve, milliseconds } = timed(later, previous.apps[0] as AppDecision, decided);
    const [first, last] = [curve[0]?.value ?? 0, decided.objective.value];
    const few = [...curve].reverse().find(({ changes }) => changes <= FEW)?.value ?? first;
    const free = (100 * (first - few)) / (first - last);
    const steps = Math.max(1, curve.length - 1);
    return {
      name: `churn ${clusters} x ${origins}, p = ${locations}, ${hour} h + 6`,
      unit: 'ms/step',
      samples: [milliseconds / steps],
      note: `${steps} steps; nothing moved +${percent(first / last - 1)}, 5 moves +${percent(few / last - 1)}: ${free.toFixed(1)} % of what ${(curve[curve.length - 1]?.changes ?? 0) / 2} moves gain`,
    };
  });
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Requests follow the sun: most in the early afternoon, hardly any at night. */
function at(input: PlaceInput, hour: number): PlaceInput {
  const [app] = input.apps;
  if (app?.demand === undefined || !('inline' in app.demand)) throw new Error('no demand');
  const demand: Demand = app.demand.inline;
  const daytime = (longitude: number) =>
    1.05 + Math.cos((2 * Math.PI * (hour + longitude / 15 - 14)) / 24);
  const observedAt = new Date(Date.parse(demand.observedAt) + hour * 3.6e6).toISOString();
  return {
    ...input,
    apps: [
      { ...app, policy: { ...app.policy, stability: { ...app.policy.stability, minGain: 0 } } },
    ],
    demand: {
      ...demand,
      observedAt,
      origins: demand.origins.map((one) => ({
        ...one,
        requestsPerSecond: one.requestsPerSecond * daytime(one.longitude),
      })),
    },
  };
}

function timed(input: PlaceInput, before: AppDecision, decided: AppDecision) {
  const { apps, fleet, demand } = input;
  const [app] = apps;
  if (app === undefined) throw new Error('no app');
  const previous = new Map(before.clusters.map(({ name, since }) => [name, since]));
  const now = Date.parse((demand as Demand).observedAt);
  const compiled = compileApp(
    { app, fleet, demand: demand as Demand, previous, now },
    1,
    fullStability,
  );
  const names = new Set(decided.clusters.map(({ name }) => name));
  const open = fleet.clusters.flatMap(({ name }, index) => (names.has(name) ? [index] : []));
  const limits = limitsOf(fleet);
  const work = { spent: 0, allowed: 1e12 };
  const best = { open, evaluated: evaluate(compiled.problem, open, limits, work) };
  const start = process.cpuUsage();
  const curve = churnCurve(compiled, best, () => limits, work);
  const { user, system } = process.cpuUsage(start);
  return { curve, milliseconds: (user + system) / 1e3 };
}
