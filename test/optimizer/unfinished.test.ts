/** A tree that ends before it is done: it proves its open parts, the checker agrees, and no more than that is believed. */
import type { Certificate, PlacementDecision } from '../../constructs/model/decision';
import { solveSingleApp } from '../../constructs/optimizer/single-app-solver';
import { limitsOf } from '../../constructs/placement/compile/compile';
import { certificateOf } from '../../constructs/placement/decide/certificate';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { compiledOf, inputOf } from '../bench/engine-input';
import { bildeKrarup } from '../placement/literature';
import { plane } from '../placement/literature-medians';
import { withProof } from './reproved';

/** Far between what the root proves and the best; and near it. */
const drawn = [bildeKrarup(3, 'D'), bildeKrarup(4, 'C'), plane(3, 120, 9)].map(
  ({ name, build }) => {
    const input = inputOf(build());
    return { name, input, decision: place(input) };
  },
);
const whole = (one: Certificate) => (one.apps?.[0]?.kind === 'dual' ? one.apps[0] : undefined);

/** The answer when the work is over after so many work units. */
function stopped(input: (typeof drawn)[number]['input'], allowed: number) {
  const compiled = compiledOf(input);
  const answer = solveSingleApp(compiled.problem, limitsOf(input.fleet), { spent: 0, allowed });
  const apps = [{ compiled, answer, warnings: [] }];
  return { answer, certificate: certificateOf({ apps, proof: 'independent' }) };
}

function complaints(decision: PlacementDecision, input: (typeof drawn)[number]['input']) {
  const { findings } = verify(decision, input);
  return findings.filter(({ path }) => path.startsWith('certificate') || path.endsWith('bound'));
}

it.each(drawn)('$name: proves more with more work, and the checker agrees', (one) => {
  const { input, decision } = one;
  const { value } = decision.objective;
  expect(decision.objective.gap).toBe(0);
  let branched = 0;
  let least = Number.NEGATIVE_INFINITY;
  for (const allowed of [1e5, 1e6, 3e6, 1e7]) {
    const { answer, certificate } = stopped(input, allowed);
    expect(answer.bound).toBeLessThanOrEqual(value);
    expect(answer.bound).toBeGreaterThanOrEqual(least);
    least = answer.bound;
    expect(complaints(withProof(decision, certificate, answer.bound), input)).toEqual([]);
    const isBranched = whole(certificate)?.steps?.some(({ splitAt }) => splitAt) === true;
    if (isBranched && answer.bound < value) branched++;
  }
  if (decision.engine.workUnits > 1e7) expect(branched).toBeGreaterThan(0);
});

it('is refused when a part is left out, or more is claimed than the least of its parts proves', () => {
  const [, one] = drawn;
  if (one === undefined) throw new Error('there are three');
  const { answer, certificate } = stopped(one.input, 3e6);
  const proof = whole(certificate);
  if (proof?.steps === undefined) throw new Error('expected a tree');
  const told = (steps: typeof proof.steps, bound: number) => {
    const apps = [{ ...proof, steps, bound }];
    return complaints(withProof(one.decision, { ...certificate, apps }, bound), one.input);
  };
  expect(told(proof.steps, answer.bound)).toEqual([]);
  expect(told(proof.steps.slice(0, -1), answer.bound)).not.toEqual([]);
  const { value } = one.decision.objective;
  expect(told(proof.steps, (answer.bound + value) / 2)).not.toEqual([]);
  const withoutPrices = proof.steps.map((step) => ({ ...step, originPrices: {} }));
  expect(told(withoutPrices, answer.bound)).not.toEqual([]);
});
