/** Proofs of small problems with every kind of rule: the checker walks through what the solver proved, and no prices prove too much. */
import * as fc from 'fast-check';
import type { Certificate } from '../../constructs/model/decision';
import { enumerate } from '../../constructs/optimizer/enumeration/enumeration';
import { solveSingleApp } from '../../constructs/optimizer/single-app-solver';
import { certificateOf } from '../../constructs/placement/decide/certificate';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { checkDualProof } from '../../constructs/verification/bound/dual-proof';
import { strictestConditions } from '../../constructs/verification/bound/restrictions';
import { contextOf } from '../../constructs/verification/input/context';
import { problems } from '../placement/random';
import { seed, slowRuns, TIMEOUT } from '../placement/runs';
import { compiledOf, plenty } from './compiled';
import { withProof } from './reproved';

type DualProof = Parameters<typeof checkDualProof>[1];
const slack = (value: number) => 1e-7 * Math.max(1, Math.abs(value));
/** Of fewer problems hardly one needs a proof by prices. */
const numRuns = Math.max(80, slowRuns(250));
const small = { apps: 1, clusters: 8, origins: 7 };

/** The certificate of a search and its proof, where place would have compared all sets. */
function provedBySearch(input: PlaceInput) {
  const { compiled, problem, limits } = compiledOf(input);
  const answer = solveSingleApp(problem, limits, { spent: 0, allowed: 4e6 });
  if (answer.best === undefined) return undefined;
  const apps = [{ compiled, answer, warnings: [] }];
  return { answer, certificate: certificateOf({ apps, proof: 'independent' }) };
}

const aboutProof = (path: string) => path.startsWith('certificate') || path.endsWith('bound');

it(
  'are confirmed by the checker, whatever the rules',
  () => {
    const kinds = new Map<string, number>();
    const property = fc.property(problems(small), (input) => {
      const decision = place(input);
      if (decision.apps[0]?.satisfied !== true || decision.apps[0].warnings.length > 0) return;
      const proved = provedBySearch(input);
      if (proved === undefined) return;
      const { certificate, answer } = proved;
      const { findings } = verify(withProof(decision, certificate, answer.bound), input);
      expect(findings.filter(({ path }) => aboutProof(path))).toEqual([]);
      for (const kind of kindsIn(certificate)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    });
    fc.assert(property, { seed, numRuns });
    // Larger ones, below, need prices of budgets, shares and losses.
    const all = ['capacity', 'cliques', 'minRequestsPerSecond', 'splitSize', 'spread'];
    if (numRuns >= 250) expect([...kinds.keys()]).toEqual(expect.arrayContaining(all));
    expect(kinds.size).toBeGreaterThan(2);
  },
  TIMEOUT,
);

function kindsIn({ apps }: Certificate): Set<string> {
  const kinds = new Set<string>();
  for (const app of apps ?? []) {
    if (app.kind !== 'dual') continue;
    for (const step of [app, ...(app.steps ?? [])]) {
      if (step.splitSize !== undefined) kinds.add('splitSize');
      for (const [name, price] of Object.entries(step.rulePrices ?? {})) {
        if (price > 0) kinds.add(name.replace(/[.[].*/, ''));
      }
    }
  }
  return kinds;
}

it(
  'with other prices prove something else, and never more than the optimum',
  () => {
    let [known, walked] = [0, 0];
    const factors = fc.array(
      fc.oneof(fc.constantFrom(0, 0.9, 1), fc.double({ min: 0, max: 2, noNaN: true })),
      {
        minLength: 12,
        maxLength: 12,
      },
    );
    const property = fc.property(problems(small), factors, (input, anyFactors) => {
      const { problem, limits } = compiledOf(input);
      const { best, isExact } = enumerate(problem, limits, plenty());
      const decision = place(input);
      const proof = provedBySearch(input)?.certificate.apps?.[0];
      if (best === undefined || !isExact || proof?.kind !== 'dual') return;
      if (decision.apps[0]?.warnings.length !== 0) return;
      const [app] = input.apps;
      // In a freeze there is one set, and nothing to prove.
      if (app === undefined || app.policy.stability.freeze.length > 0) return;
      const context = contextOf(input);
      const chosen = [...best.open];
      const { restrictedApp, objection } = strictestConditions(context, app, chosen, false);
      if (objection !== undefined || restrictedApp.instance.eligible.length === 0) return;
      const { value } = best.evaluated;
      // It claims more than there is: what it proves is what its prices are good for.
      const claim = { ...mutated(proof, anyFactors), bound: value + Math.abs(value) + 1000 };
      const { proved } = checkDualProof(restrictedApp, claim);
      walked++;
      if (proved > Number.NEGATIVE_INFINITY) known++;
      expect(proved).toBeLessThanOrEqual(value + slack(value));
    });
    fc.assert(property, { seed, numRuns });
    expect(known).toBeGreaterThan(walked / 2);
    expect(walked).toBeGreaterThan(numRuns / 10);
  },
  TIMEOUT,
);

/** Rules that few small problems need a price for, and what one may be about. */
const further = {
  budget: 100,
  'budget.least': 100,
  latency: 50,
  'survive.o0': 500,
  'survive.room': 20,
  'minRequestsPerSecond.c00': 20,
  'minRequestsPerSecond.c01': 20,
};

/** Every price of the proof times one of the factors, and prices of further rules; those that the policy does not have count for nothing. */
function mutated(proof: DualProof, factors: readonly number[]): DualProof {
  let at = 0;
  const scaled = (prices: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      Object.entries(prices).map(([name, price]) => [
        name,
        price * (factors[at++ % factors.length] ?? 1),
      ]),
    );
  const step = <T extends DualProof | NonNullable<DualProof['steps']>[number]>(one: T): T => ({
    ...one,
    originPrices: scaled(one.originPrices),
    rulePrices: { ...scaled(further), ...scaled(one.rulePrices ?? {}) },
  });
  return { ...step(proof), ...(proof.steps && { steps: proof.steps.map(step) }) };
}
