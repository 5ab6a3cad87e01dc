/** Larger problems with many rules at once: the bound knows all of them, and a certificate that says something else is refused. */
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { app } from '../build';
import { planted } from './planted';

const first = planted(12);
const second = planted(16);
if (first === undefined || second === undefined) throw new Error('these seeds plant an answer');
const decided = [first, second].map(({ input }) => ({ input, decision: place(input) }));

/** A planted fleet under rules of one kind. */
const alone = (constraints: Parameters<typeof app>[1]) => {
  const input = { ...first.input, apps: [app('shop', constraints)] };
  return { input, decision: place(input) };
};

it('is proved within a percent of the best with all rules in force, and the checker agrees', () => {
  for (const { input, decision } of decided) {
    expect(decision.objective.gap).toBeLessThan(0.01);
    expect(verify(decision, input).findings).toEqual([]);
  }
});

it('needs prices of money, distance and losses for that', () => {
  const names = decided.flatMap(({ decision }) =>
    proofOf(decision).steps.flatMap(({ rulePrices = {} }) => Object.keys(rulePrices)),
  );
  expect(names.join(' ')).toMatch(/budget/);
  expect(names.join(' ')).toMatch(/cliques\[/);
  expect(names.join(' ')).toMatch(/survive\./);
});

it('is proved with a share of requests near, and with clusters that must be used', () => {
  const loose = { minClusters: 2, maxClusters: 6, capacity: false } as const;
  const cheap = { latency: 0.01, money: 1 };
  const near = { milliseconds: 45, share: 0.85 };
  const near50 = alone({
    objective: cheap,
    constraints: { ...loose, minRequestsPerSecond: 0, latency: near },
  });
  const used = alone({ constraints: { ...loose, minRequestsPerSecond: 100 } });
  for (const { input, decision } of [near50, used]) {
    expect(decision.apps[0]?.satisfied).toBe(true);
    expect(decision.objective.gap).toBeLessThan(0.01);
    expect(verify(decision, input).findings).toEqual([]);
  }
  const prices = (one: PlacementDecision) => JSON.stringify(one.certificate);
  expect(prices(near50.decision)).toMatch(/"latency"/);
  expect(prices(used.decision)).toMatch(/minRequestsPerSecond\./);
  const [dual] = used.decision.certificate.apps ?? [];
  const changed = { ...dual, splitSize: 5 } as NonNullable<typeof dual>;
  expect(findings(used, changed)).toContain('certificate.apps[0].bound');
});

it('is refused when prices are left out, or cliques are of clusters that may well be chosen together', () => {
  const [, one] = decided;
  if (one === undefined) throw new Error('there are two');
  const { proof, steps } = proofOf(one.decision);
  const without = (kind: RegExp) =>
    steps.map((step) => ({
      ...step,
      rulePrices: Object.fromEntries(
        Object.entries(step.rulePrices ?? {}).filter(([name]) => !kind.test(name)),
      ),
    }));
  const [head, ...rest] = without(/^budget/);
  expect(findings(one, { ...proof, ...head, steps: rest })).toContain('certificate.apps[0].bound');
  const chosen = one.decision.apps[0]?.clusters.map(({ name }) => name) ?? [];
  const cliques = (proof.cliques ?? []).map(() => chosen);
  expect(findings(one, { ...proof, cliques })).not.toEqual([]);
  expect(findings(one, { ...proof, cliques: [] })).toContain('certificate.apps[0]');
});

it('is refused when a price is for a rule that the policy does not have', () => {
  const { input, decision } = alone({
    constraints: { minClusters: 7, maxClusters: 7, minRequestsPerSecond: 0, capacity: false },
  });
  const { proof } = proofOf(decision);
  for (const name of ['budget', 'latency', 'survive.o000', 'survive.room', 'cliques[0]', 'x']) {
    const rulePrices = { [name]: 1 };
    expect(findings({ input, decision }, { ...proof, rulePrices })).toContain(
      'certificate.apps[0]',
    );
  }
});

it('is refused for a looser policy, which has cheaper answers', () => {
  const loose = {
    minClusters: 2,
    maxClusters: 6,
    minRequestsPerSecond: 0,
    capacity: false,
  } as const;
  const { decision } = alone({ constraints: loose });
  const usdPerHour = decision.apps[0]?.cost.usdPerHour ?? 0;
  const pairs = [
    [{ budget: { usdPerHour: 0.6 * usdPerHour } }, { budget: { usdPerHour: 0.9 * usdPerHour } }],
    [{ apartKilometers: 6000 }, { apartKilometers: 3000 }],
    [{ minRequestsPerSecond: 120 }, { minRequestsPerSecond: 80 }],
  ] as const;
  for (const [strict, less] of pairs) {
    const here = alone({ constraints: { ...loose, ...strict } });
    const there = alone({ constraints: { ...loose, ...less } });
    expect(there.decision.objective.value).toBeLessThan(here.decision.objective.bound);
    const { proof } = proofOf(here.decision);
    expect(findings(there, proof).join(' ')).toMatch(/certificate\.apps\[0\]/);
  }
});

type Dual = Extract<
  NonNullable<PlacementDecision['certificate']['apps']>[number],
  { kind: 'dual' }
>;

function proofOf({ certificate }: PlacementDecision) {
  const [proof] = certificate.apps ?? [];
  if (proof?.kind !== 'dual') throw new Error('expected a proof by prices');
  return { proof, steps: [proof, ...(proof.steps ?? [])] };
}

/** Where the checker finds something wrong when the decision has this proof. */
function findings(
  { input, decision }: (typeof decided)[number],
  proof: NonNullable<PlacementDecision['certificate']['apps']>[number],
): string[] {
  const { digest: _, ...rest } = {
    ...decision,
    certificate: { ...decision.certificate, apps: [proof as Dual] },
  };
  return verify({ ...rest, digest: digestOf(rest) }, input).findings.map(({ path }) => path);
}
