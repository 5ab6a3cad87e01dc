/** Matchers of promises as jest calls them. */

import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement';
import { parseEdgeApp } from '../../constructs/policy';
import { decisionOf, type PlacementMatchers, placementMatchers } from '../../constructs/testing';
import { starter } from '../../providers/cli/commands/starter';

declare global {
  namespace jest {
    interface Matchers<R> extends PlacementMatchers<R> {}
  }
}

expect.extend(placementMatchers);

const [app = '', fleet = '', demand = ''] = starter.map(([, text]) => text);
const input = {
  apps: [parseEdgeApp(app)],
  fleet: parseFleet(fleet),
  demand: parseDemand(demand),
};
const decision = decisionOf(input);

it('keep what holds, and `not` keeps what does not', () => {
  expect(decision).toEqual(place(input));
  expect(decision).toSurvive({ lose: { provider: 'acme' } });
  expect(decision).not.toSurvive({ each: 'cluster', latency: { milliseconds: 60 } });
  expect(decision).toAnswerWithin({ milliseconds: 90 });
  expect(decision).not.toAnswerWithin({ milliseconds: 90, percentile: 'max' });
  expect(decision).toCostAtMost(5);
  expect(decision).not.toCostAtMost(4);
  expect(decision).toStayBelowUtilization(0.05);
  expect(decision).not.toStayBelowUtilization(0.04);
  expect(decision).toRunOn({ atLeast: 5, atMost: 5 });
  expect(decision).not.toRunInEachRegion({ atLeast: 2 });
  expect(decision).toKeepResidency({
    origins: { region: 'europe' },
    clusters: { region: 'europe' },
  });
  expect(decision).not.toSpreadOver({ by: 'provider', atMost: 0.6 });
  expect(decision).toChangeAtMost(5);
  expect(decision).toBeProvedWithin(0);
  expect(decision).toKeepPromises({ promises: [{ gap: 0 }, { usdPerHour: 5 }] });
});

it('say which promise, the number received, its limit and where', () => {
  const cost = () => expect(decision).toCostAtMost(4);
  expect(cost).toThrow(
    'expected the decision to keep: at most 4.00 USD/h\n  app shop: received 4.88 USD/h, limit 4.00 USD/h',
  );
  const negated = () => expect(decision).not.toCostAtMost(5);
  expect(negated).toThrow('expected the decision not to keep: at most 5.00 USD/h');
});

it('take the documents of a decision from elsewhere, and say so where they have none', () => {
  const placed = place(input);
  expect(placed).toSurvive({ each: 'provider' }, input);
  expect(() => expect(placed).toSurvive({ each: 'provider' })).toThrow('decisionOf(input)');
  expect(() => expect(undefined).toCostAtMost(1)).toThrow('undefined that is no decision');
});

it('refuse promises that say nothing or name what is not there', () => {
  expect(() => expect(decision).toSurvive({})).toThrow('neither lose nor each nor scale');
  expect(() => expect(decision).toSurvive({ lose: { provider: 'acmee' } })).toThrow('acmee');
});
