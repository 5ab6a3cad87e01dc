/** routingOf: slots, fit and refusals, from decisions that place made. */
import { tableFor } from './world';

const answers = (table: ReturnType<typeof tableFor>) =>
  Object.fromEntries(table.slots.map(({ key, answers: [first] }) => [key, first?.cluster]));

it('answers every origin with its cluster where countries tell them apart', () => {
  const table = tableFor('powerdns-lua');
  expect(table.fit).toMatchObject({ matchedShare: 1, addedMeanMilliseconds: 0 });
  expect(table.slots[0]).toMatchObject({ key: 'default' });
  expect(table.slots.every(({ failover }) => failover.length > 0)).toBe(true);
  expect(answers(table)).toMatchObject({ 'continent-EU': 'fra' });
});

it('answers everybody with everything by plain records, and says what that costs', () => {
  const table = tableFor('round-robin');
  expect(table.slots).toHaveLength(1);
  expect(table.slots[0]?.answers.map(({ cluster }) => cluster)).toEqual(['fra', 'iad', 'sin']);
  expect(table.fit.matchedShare).toBeCloseTo(1 / 3);
  expect(table.fit.addedMeanMilliseconds).toBeGreaterThan(50);
});

it('tells a continent from a country of the same code', () => {
  const table = tableFor('powerdns-lua');
  const keys = table.slots.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toContain('continent-NA');
});
