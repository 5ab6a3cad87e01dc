/**
 * The corpus has the bytes that are written down beside it, on every machine and every version of Node.
 * After a change of the engine that is meant to decide otherwise: LITTORAL_WRITE=1 npx jest test/placement/corpus.test.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../constructs/model/canonical';
import type { PlacementDecision } from '../../constructs/model/decision';
import { place } from '../../constructs/placement/decide/place';
import { verify } from '../../constructs/verification';
import { type CorpusEntry, corpus } from './corpus';
import { TIMEOUT } from './runs';

const file = join(__dirname, 'corpus.json');
let decided: readonly (CorpusEntry & { readonly decision: PlacementDecision })[] = [];
beforeAll(() => {
  decided = corpus().map((entry) => ({ ...entry, decision: place(entry.input) }));
}, TIMEOUT);

it('is decided as written down', () => {
  const digests = Object.fromEntries(
    decided.map(({ name, decision }) => [name, digestOf(decision)]),
  );
  if (process.env.LITTORAL_WRITE === '1') {
    writeFileSync(file, `${JSON.stringify(digests, null, 2)}\n`);
  }
  expect(digests).toEqual(JSON.parse(readFileSync(file, 'utf8')));
});

it('has answers and refusals, and every kind of proof', () => {
  const said = new Set(
    decided.flatMap(({ decision }) => decision.apps.map((one) => one.satisfied)),
  );
  const proofs = new Set(
    decided.flatMap(({ decision: { certificate } }) =>
      (certificate.apps ?? []).map(({ kind }) => `${certificate.kind} ${kind}`),
    ),
  );
  expect([...said].sort()).toEqual([false, true]);
  expect([...proofs].sort()).toEqual([
    'independent dual',
    'independent enumeration',
    'joint dual',
    'joint enumeration',
  ]);
});

it(
  'is all right in the eyes of the checker',
  () => {
    const wrong = decided.flatMap(({ input, decision }) => verify(decision, input).findings);
    expect(wrong).toEqual([]);
  },
  TIMEOUT,
);
