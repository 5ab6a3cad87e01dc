/** The checker against the engine: every honest decision is accepted, and every forged number or name is found. */
import * as fc from 'fast-check';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import type { PlaceInput } from '../../constructs/placement/input';
import { place } from '../../constructs/placement/place';
import { verify } from '../../constructs/placement/verify';
import { problems } from './random';
import { runs, seed, TIMEOUT } from './runs';

type Step = string | number;
interface Forgery {
  readonly path: readonly Step[];
  readonly value: unknown;
}

/** What the digest alone covers, what is prose, and what the parser already refuses. */
const uncovered =
  /^(apiVersion|kind|engine|digest)|churnCurve|warnings|reason$|conflict\.(summary|rules\[\d+\]\.(rule|relaxation))$|originPrices/;

const textOf = (path: readonly Step[]) =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

/** Every number a bit more, a bit less; every name another one. */
function forgeriesOf(value: unknown, path: readonly Step[] = []): Forgery[] {
  if (uncovered.test(textOf(path))) return [];
  if (typeof value === 'number') {
    const step = Math.max(1, Math.abs(value)) * (Number.isInteger(value) ? 1 : 0.01);
    return [value + step, value - step, value * (1 + 1e-6) + 1e-6].map((forged) => ({
      path,
      value: forged,
    }));
  }
  if (typeof value === 'string') return [{ path, value: forgedText(value) }];
  if (typeof value === 'boolean') return [{ path, value: !value }];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, member]) =>
    forgeriesOf(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function forgedText(value: string): string {
  if (value === 'added') return 'kept';
  if (value === 'kept') return 'added';
  const instant = Date.parse(value);
  return Number.isNaN(instant) || !value.includes('T')
    ? `${value}x`
    : new Date(instant + 1000).toISOString();
}

/** The decision with one value replaced, and the digest made to fit. */
function forged(decision: PlacementDecision, { path, value }: Forgery): PlacementDecision {
  const copy = JSON.parse(JSON.stringify(decision)) as PlacementDecision;
  let at = copy as unknown as Record<Step, unknown>;
  for (const step of path.slice(0, -1)) at = at[step] as Record<Step, unknown>;
  at[path.at(-1) as Step] = value;
  const { digest: _, ...rest } = copy;
  return { ...rest, digest: digestOf(rest) };
}

/** The part of the document that a finding about `path` should point into: an app's list or block, or a top key. */
const partOf = (path: string) => /^apps\[\d+\]\.\w+|^\w+/.exec(path)?.[0] ?? '';

function accepted(input: PlaceInput): void {
  const { findings } = verify(place(input), input);
  expect(findings).toEqual([]);
}

describe('an honest decision is accepted', () => {
  const check = (size: Parameters<typeof problems>[0], numRuns: number) =>
    fc.assert(fc.property(problems(size), accepted), { seed, numRuns: runs(numRuns) });

  it('for one app', () => check({ apps: 1, clusters: 8, origins: 8 }, 1000), TIMEOUT);
  it('for several apps', () => check({ apps: 3, clusters: 5, origins: 4 }, 300), TIMEOUT);
});

describe('a forged decision is refused where it was forged', () => {
  const check = (size: Parameters<typeof problems>[0], numRuns: number, except = /^$/) =>
    fc.assert(
      fc.property(problems(size), (input) => {
        const decision = place(input);
        // Findings of the honest decision would hide what the forgery adds.
        if (!verify(decision, input).valid) return;
        for (const forgery of forgeriesOf(decision)) {
          const path = textOf(forgery.path);
          if (except.test(path)) continue;
          const { findings } = verify(forged(decision, forgery), input);
          const parts = findings.map((finding) => partOf(finding.path));
          expect({ path, value: forgery.value, parts }).toEqual({
            path,
            value: forgery.value,
            parts: expect.arrayContaining([partOf(path)]),
          });
        }
      }),
      { seed, numRuns: runs(numRuns) },
    );

  it('for one app', () => check({ apps: 1, clusters: 5, origins: 4 }, 80), TIMEOUT);
  // What room on a shared cluster saves depends on who would get it: no single number is right.
  it(
    'for several apps, but for prices',
    () => {
      check({ apps: 3, clusters: 4, origins: 3 }, 25, /^prices.*saves$/);
    },
    TIMEOUT,
  );
});
