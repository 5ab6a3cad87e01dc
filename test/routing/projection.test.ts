/** The projection: least cost under a budget of slots, held against every labelling of small trees. */
import * as fc from 'fast-check';
import type { Projection } from '../../constructs/routing/budget';
import type { PlaceNode } from '../../constructs/routing/place-costs';
import { project } from '../../constructs/routing/projection';
import { runs } from '../placement/runs';

const forbidden = Number.POSITIVE_INFINITY;

/** What trees are drawn with: at most so many places and clusters. */
const sizes = { places: 8, clusters: 4 };

/**
 * Trees of up to eight places and four clusters; costs are small whole numbers, so that there are many ties. Of costs
 * that are not least some are not known, only a part of them.
 */
const trees = fc
  .record({
    parents: fc.array(fc.nat(), { minLength: 0, maxLength: sizes.places - 1 }),
    costs: fc.array(
      fc.tuple(
        fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, fc.constant(forbidden)),
        fc.constantFrom(undefined, 0, 0.5, 1),
      ),
      { minLength: sizes.places * sizes.clusters, maxLength: sizes.places * sizes.clusters },
    ),
    clusters: fc.integer({ min: 1, max: sizes.clusters }),
    maxSlots: fc.integer({ min: 1, max: sizes.places - 1 }),
  })
  .map(({ parents, costs, clusters, maxSlots }) => {
    const of = (n: number) => costs.slice(n * sizes.clusters, n * sizes.clusters + clusters);
    const places = [0, ...parents];
    return {
      nodes: places.map((parent, n) => node(n, n === 0 ? -1 : parent % n, of(n))),
      whole: places.map((_, n) => of(n).map(([cost]) => cost)),
      maxSlots,
    };
  });

/** A cost, and what part of it is known as a bound; undefined where it is known itself. */
type Drawn = readonly [cost: number, part: number | undefined];

function node(n: number, parent: number, drawn: readonly Drawn[]): PlaceNode {
  const all = drawn.map(([cost]) => cost);
  const least = Math.min(...all);
  const isKnown = ([cost, part]: Drawn) => part === undefined || cost === least;
  const cost = Float64Array.from(drawn, (one) => (isKnown(one) ? one[0] : forbidden));
  const atLeast = Float64Array.from(drawn, ([one, part]) =>
    one === forbidden ? one : one * (part ?? 1),
  );
  const legal = Uint8Array.from(all, (one) => (one === forbidden ? 0 : 1));
  const empty = { origins: [], milliseconds: cost, legal, requestsPerSecond: 0 };
  return { key: `n${n}`, kind: 'country', code: `${n}`, parent, cost, atLeast, ...empty };
}

type Tree = Pick<typeof trees extends fc.Arbitrary<infer T> ? T : never, 'nodes' | 'whole'>;

const projected = ({ nodes, whole }: Tree, maxSlots: number) =>
  project(nodes, maxSlots, (n, c) => whole[n]?.[c] ?? forbidden);
const costOf = ({ whole }: Tree, { cluster }: Projection) =>
  whole.reduce((sum, costs, n) => sum + (costs[cluster[n] ?? 0] ?? forbidden), 0);
const slotsOf = ({ hasSlot }: Projection) => hasSlot.reduce((sum, one) => sum + one, 0);

/** The least [cost, slots] over every choice of slots and clusters. */
function bruteForce({ nodes, whole }: Tree, maxSlots: number): readonly [number, number] {
  const clusters = whole[0]?.length ?? 0;
  let best: readonly [number, number] = [forbidden, forbidden];
  const label = (n: number, labels: readonly number[], slots: number, cost: number): void => {
    if (slots > maxSlots) return;
    if (n === nodes.length) {
      if (cost < best[0] || (cost === best[0] && slots < best[1])) best = [cost, slots];
      return;
    }
    const { parent } = nodes[n] as PlaceNode;
    const costs = whole[n] ?? [];
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
    fc.property(trees, ({ maxSlots, ...tree }) => {
      const [cost, slots] = bruteForce(tree, maxSlots);
      const found = projected(tree, maxSlots);
      if (cost === forbidden) {
        expect(found).toBeUndefined();
        return;
      }
      expect(found).toBeDefined();
      expect([costOf(tree, found as Projection), slotsOf(found as Projection)]).toEqual([
        cost,
        slots,
      ]);
    }),
    { numRuns: runs(400) },
  );
});

it('gives places without a slot the cluster of the place around them', () => {
  fc.assert(
    fc.property(trees, ({ maxSlots, ...tree }) => {
      const { nodes } = tree;
      const found = projected(tree, maxSlots);
      if (found === undefined) return;
      expect(found.hasSlot[0]).toBe(1);
      nodes.forEach(({ parent }, n) => {
        if (found.hasSlot[n] === 0) expect(found.cluster[n]).toBe(found.cluster[parent]);
      });
    }),
    { numRuns: runs(200) },
  );
});
