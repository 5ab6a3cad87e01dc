/** Apps without a place beside others: what is said of them is proved, or is said not to be, and the room that would do does. */
import * as fc from 'fast-check';
import { digestOf } from '../../../constructs/model/canonical';
import type { Conflict, PlacementDecision } from '../../../constructs/model/decision';
import { parseFleet } from '../../../constructs/model/fleet-document';
import { place } from '../../../constructs/placement/decide/place';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { verify } from '../../../constructs/verification';
import { crowded, crowdedTwice } from '../joint-problems';
import { seed, slowRuns, TIMEOUT } from '../runs';

const count = ({ apps }: PlacementDecision) => apps.filter(({ satisfied }) => satisfied).length;
const conflictsIn = ({ apps }: PlacementDecision) =>
  apps.flatMap(({ conflict }) => (conflict === undefined ? [] : [conflict]));

/** The additions that a relaxation names, by cluster. */
function additionsIn(conflict: Conflict): readonly (readonly [string, string, number])[] {
  const rule = conflict.rules.find(({ path }) => path.endsWith('.capacity'));
  const parts = rule?.relaxation.split(/ more on (c\d+)(?: and |$)/) ?? [];
  const found: (readonly [string, string, number])[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    for (const amount of (parts[at] as string).split(' and ')) {
      const [number, resource] = amount.split(' ') as [string, string];
      found.push([parts[at + 1] as string, resource, Number(number)]);
    }
  }
  return found;
}

function withMore(input: PlaceInput, additions: ReturnType<typeof additionsIn>): PlaceInput {
  const clusters = input.fleet.clusters.map((one) => {
    const room: Record<string, number> = { ...one.allocatable } as Record<string, number>;
    for (const [name, resource, amount] of additions)
      if (name === one.name) room[resource] = (room[resource] as number) + amount;
    return { ...one, allocatable: room };
  });
  const { latencyModel, latency } = input.fleet;
  return { ...input, fleet: parseFleet({ clusters, latencyModel, latency }) };
}

/** What is wrong with what the decision says of apps without a place. */
function wrongWords(input: PlaceInput): string | undefined {
  const decision = place(input);
  for (const conflict of conflictsIn(decision)) {
    const { summary, proof } = conflict;
    if (!summary.includes('beside the other apps')) continue;
    if (proof === undefined || !summary.includes('(proved: ')) return `not proved: ${summary}`;
    const additions = additionsIn(conflict);
    if (additions.length > 0 && count(place(withMore(input, additions))) <= count(decision))
      return `does not do: ${summary}`;
  }
  const { valid, findings } = verify(decision, input);
  return valid ? undefined : JSON.stringify(findings);
}

it.each([
  ['CPU', crowded, 40],
  ['CPU and memory of different sizes', crowdedTwice, 40],
] as const)(
  'in small fleets it is proved that no more apps have a place, and the room that would do gives one more a place: %s',
  (_, problems, all) => {
    const property = fc.property(problems, (input) => expect(wrongWords(input)).toBeUndefined());
    fc.assert(property, { seed, numRuns: slowRuns(all), endOnFailure: true });
  },
  TIMEOUT,
);

describe('a proof that some apps lack room', () => {
  const drawn = fc.sample(crowded, { seed, numRuns: 200 });
  const input = drawn.find((one) =>
    conflictsIn(place(one)).some(({ proof }) => proof?.kind === 'room'),
  ) as PlaceInput;

  /** The decision with another proof, as if it had been made so. */
  const claiming = (change: (proof: { short: number; clusters: string[] }) => void) => {
    const { digest: _, ...decision } = structuredClone(place(input));
    for (const { proof } of conflictsIn(decision as PlacementDecision))
      if (proof?.kind === 'room') change(proof as unknown as Parameters<typeof change>[0]);
    return { ...decision, digest: digestOf(decision) } as PlacementDecision;
  };

  it('is accepted as it is', () => {
    expect(
      verify(
        claiming(() => undefined),
        input,
      ).findings,
    ).toEqual([]);
  });

  it('is refused when it claims that more is short', () => {
    const boasting = claiming((proof) => {
      proof.short *= 1.5;
    });
    expect(JSON.stringify(verify(boasting, input).findings)).toContain('conflict.proof.short');
  });

  it('is refused when it names clusters that do not matter', () => {
    const elsewhere = claiming((proof) => {
      proof.clusters.length = 0;
    });
    expect(JSON.stringify(verify(elsewhere, input).findings)).toContain('conflict.proof.short');
  });
});
