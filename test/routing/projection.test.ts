/** The projection: least cost under a budget of slots, held against every labelling of small trees. */
import * as fc from 'fast-check';
import type { PlaceNode } from '../../constructs/routing/place-costs';
import { type Projection, project } from '../../constructs/routing/projection';
import { runs } from '../placement/runs';

const forbidden = Number.POSITIVE_INFINITY;

/** Trees of up to eight places and three clusters; costs are small whole numbers, so that there are many ties. */
const trees = fc
  .record({
    parents: fc.array(fc.nat(), { minLength: 0, maxLength: 6 }),
    costs: fc.array(fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, fc.constant(forbidden)), {
      minLength: 21,
      maxLength: 21,
    }),
    clusters: fc.integer({ min: 1, max: 3 }),
    maxSlots: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ parents, costs, clusters, maxSlots }) => ({
    nodes: [0, ...parents].map((parent, n) =>
      node(n, n === 0 ? -1 : parent % n, costs.slice(n * 3, n * 3 + clusters)),
    ),
    maxSlots,
  }));

function node(n: number, parent: number, costs: readonly number[]): PlaceNode {
  const cost = Float64Array.from(costs);
  const legal = Uint8Array.from(costs, (one) => (one === forbidden ? 0 : 1));
  const empty = { origins: [], milliseconds: cost, legal, requestsPerSecond: 0 };
  return { key: `n${n}`, kind: 'country', code: `${n}`, parent, cost, ...empty };
}

const costOf = (nodes: readonly PlaceNode[], { cluster }: Projection) =>
  nodes.reduce((sum, { cost }, n) => sum + cost[cluster[n]], 0);
const slotsOf = ({ hasSlot }: Projection) => hasSlot.reduce((sum, one) => sum + one, 0);

/** The least [cost, slots] over every choice of slots and clusters. */
function bruteForce(nodes: readonly PlaceNode[], maxSlots: number): readonly [number, number] {
  const clusters = nodes[0]?.cost.length ?? 0;
  let best: readonly [number, number] = [forbidden, forbidden];
  const label = (n: number, labels: readonly number[], slots: number, cost: number): void => {
    if (slots > maxSlots) return;
    if (n === nodes.length) {
      if (cost < best[0] || (cost === best[0] && slots < best[1])) best = [cost, slots];
      return;
    }
    const { parent, cost: costs } = nodes[n] as PlaceNode;
    if (parent >= 0) {
      const inherited = labels[parent] as number;
      label(n + 1, [...labels, inherited], slots, cost + (costs[inherited] as number));
    }
    for (let c = 0; c < clusters; c++) {
      label(n + 1, [...labels, c], slots + 1, cost + (costs[c] as number));
    }
  };
  label(0, [], 0, 0);
  return best;
}

it('costs as little as the best of all labellings, in as few slots', () => {
  fc.assert(
    fc.property(trees, ({ nodes, maxSlots }) => {
      const [cost, slots] = bruteForce(nodes, maxSlots);
      const found = project(nodes, maxSlots);
      if (cost === forbidden) {
        expect(found).toBeUndefined();
        return;
      }
      expect(found).toBeDefined();
      expect([costOf(nodes, found as Projection), slotsOf(found as Projection)]).toEqual([
        cost,
        slots,
      ]);
    }),
    { numRuns: runs(400) },
  );
});

it('gives places without a slot the cluster of the place around them', () => {
  fc.assert(
    fc.property(trees, ({ nodes, maxSlots }) => {
      const found = project(nodes, maxSlots);
      if (found === undefined) return;
      expect(found.hasSlot[0]).toBe(1);
      nodes.forEach(({ parent }, n) => {
        if (found.hasSlot[n] === 0) expect(found.cluster[n]).toBe(found.cluster[parent]);
      });
    }),
    { numRuns: runs(200) },
  );
});
