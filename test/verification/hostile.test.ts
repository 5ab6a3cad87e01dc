/** A decision made by hand that keeps to its schema is answered with findings, whatever else is wrong in it. */
import * as fc from 'fast-check';
import { decisionSchema, type PlacementDecision } from '../../constructs/model/decision';
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { problems } from '../placement/random';
import { seed, slowRuns, TIMEOUT } from '../placement/runs';

/** What stands in for any value; what the schema refuses is left out. */
const oddities: readonly unknown[] = [
  ...[0, -1, 1e15, 2.5],
  ...['', 'nobody', 'constructor', '__proto__', 'a[0].b', 'joint', 'dual'],
  ...[true, false, null, [], {}],
];

type Tree = Record<string, unknown>;
function* placesIn(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* placesIn(member, [...path, key]);
}

/** The decision with one value replaced; undefined where that is no decision any more. */
function changed(decision: unknown, path: readonly string[], odd: unknown) {
  const copy = structuredClone(decision) as Tree;
  const above = path.slice(0, -1).reduce((at, key) => at[key] as Tree, copy);
  above[path.at(-1) ?? ''] = odd;
  return decisionSchema.safeParse(copy).data;
}

/** Proofs that a decision has rarely, about apps and clusters that may not be there. */
function withProof(decision: PlacementDecision, names: readonly string[]): PlacementDecision {
  const proof = { kind: 'room' as const, resource: 'pods' as const, apps: names, clusters: names };
  const conflict = { summary: '', rules: [], proof: { ...proof, short: -1 } };
  const apps = decision.apps.map((app) => ({ ...app, satisfied: false, conflict }));
  return decisionSchema.parse({ ...decision, apps });
}

it(
  'nothing that a schema takes ends verify with an error',
  () => {
    const check = (input: PlaceInput, pick: number) => {
      const decision = place(input);
      const apps = input.apps.map(({ name }) => name);
      for (const one of [decision, withProof(decision, [...apps, ...apps, 'nobody'])]) {
        const places = [...placesIn(one)];
        const path = places[pick % places.length] ?? [];
        for (const odd of oddities) {
          const forged = changed(one, path, odd);
          if (forged !== undefined) expect(typeof verify(forged, input).valid).toBe('boolean');
        }
      }
    };
    const sizes = fc.oneof(
      problems({ apps: 1, clusters: 4, origins: 3 }),
      problems({ apps: 3, clusters: 3, origins: 2 }),
    );
    fc.assert(fc.property(sizes, fc.nat(1_000_000), check), { seed, numRuns: slowRuns(200) });
  },
  TIMEOUT,
);
