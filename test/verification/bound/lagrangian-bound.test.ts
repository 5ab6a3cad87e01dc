/** Prospects of the checker: no legal answer costs less than they say, whatever is still to be decided; a set without room has none. */
import * as fc from 'fast-check';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { prospectOf } from '../../../constructs/verification/bound/lagrangian-bound';
import { factsOf } from '../../../constructs/verification/input/app-facts';
import { slack } from '../../../constructs/verification/input/findings';
import { circumstancesOf } from '../../../constructs/verification/input/inputs';
import { type Asked, judged } from '../../../constructs/verification/rules/evaluation';
import { totalOf } from '../../../constructs/verification/rules/value';
import { problems } from '../../placement/random';
import { runs, seed, TIMEOUT } from '../../placement/runs';

const restrictions = { freeze: false, held: true, maxChanges: false };

/** All subsets, with what the legal ones cost. */
function valued(asked: Asked): readonly (readonly [readonly number[], number])[] {
  const { eligible } = asked.facts;
  return [...Array(2 ** eligible.length).keys()].flatMap((bits) => {
    const chosen = eligible.filter((_, i) => (bits & (2 ** i)) !== 0);
    const [answer] = (chosen.length > 0 && judged([asked], [chosen])) || [];
    return answer === undefined ? [] : [[chosen, totalOf(asked.facts, answer.outcome)] as const];
  });
}

it(
  'say no more than what any legal set costs, at every step on the way to it',
  () => {
    let [all, close] = [0, 0];
    const property = fc.property(problems({ apps: 1, clusters: 6, origins: 6 }), (input) => {
      const given = circumstancesOf(input);
      const [app] = given.apps;
      if (app === undefined || given.bases.get(app.name)?.kind !== 'placed') return;
      const asked: Asked = { facts: factsOf(given, app, 1), restrictions, now: given.now };
      const { held, eligible } = asked.facts;
      const sets = valued(asked);
      const most = Math.min(...sets.map(([, value]) => value));
      if (sets.length === 0) return;
      const free = eligible.filter((cluster) => !held.has(cluster));
      const { order, least } = prospectOf(asked.facts, free, most);
      for (const [chosen, value] of sets) {
        for (let at = 0; at <= order.length; at++) {
          const taken = order.slice(0, at).filter((cluster) => chosen.includes(cluster));
          const told = least([...held, ...taken], at);
          expect(told).toBeLessThanOrEqual(value + slack(value));
          all++;
          if (told >= most - 0.05 * Math.abs(most)) close++;
        }
      }
    });
    fc.assert(property, { seed, numRuns: runs(150) });
    // Otherwise they would leave out next to nothing.
    expect(close / all).toBeGreaterThan(0.3);
  },
  TIMEOUT,
);

it('are endless for sets without room for all demand', () => {
  const property = fc.property(problems({ apps: 1, clusters: 5, origins: 5 }), (input) => {
    const clusters = input.fleet.clusters.map((one) => ({ ...one, requestsPerSecond: 1e-6 }));
    const given = circumstancesOf({ ...input, fleet: parseFleet({ clusters }) });
    const [app] = given.apps;
    if (app === undefined || app.policy.constraints.capacity === false) return;
    const facts = factsOf(given, app, 1);
    if (facts.total <= 1) return;
    const { least } = prospectOf(facts, facts.eligible, Number.POSITIVE_INFINITY);
    expect(least([], 0)).toBe(Number.POSITIVE_INFINITY);
  });
  fc.assert(property, { seed, numRuns: runs(100) });
});
