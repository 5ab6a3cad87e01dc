/** Tests of API.md: the reference that `npm run api` writes describes everything it lists. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(__dirname, '..', 'API.md'), 'utf8');

test('every row of the API reference has a description', () => {
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.length).toBeGreaterThan(300);
  expect(rows.filter((row) => /\|\s*-?\s*\|$/.test(row))).toEqual([]);
});

test('the signature of place names the types of its argument and its result', () => {
  expect(text).toContain('place(input: PlaceInput): PlacementDecision');
});

test('the fields of a PlacementDecision are described one by one', () => {
  expect(text).toMatch(/^#### PlacementDecision\n[\s\S]*?^\| `objective\.gap` \|/m);
});
