/** Recurring freezes: a schedule of cron in a time zone, held against a clock that reads the zone minute by minute. */
import * as fc from 'fast-check';
import { freezeEnd, freezeSchema } from '../../constructs/policy/freeze';
import { parsePolicy } from '../../constructs/policy/policy-document';
import { runs } from '../placement/runs';

const MINUTE = 60_000;
const end = (freeze: object, now: string) =>
  freezeEnd(freezeSchema.parse([freeze]), Date.parse(now));

it('holds from each start for so many minutes, in the time zone, in summer and in winter', () => {
  const office = { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin', minutes: 480 };
  expect(end(office, '2026-11-30T07:59:59Z')).toBeUndefined();
  expect(end(office, '2026-11-30T08:00:00Z')).toBe('2026-11-30T16:00:00Z');
  expect(end(office, '2026-11-30T15:59:59Z')).toBe('2026-11-30T16:00:00Z');
  expect(end(office, '2026-11-30T16:00:00Z')).toBeUndefined();
  expect(end(office, '2026-07-01T07:00:00Z')).toBe('2026-07-01T15:00:00Z');
  expect(end(office, '2026-11-28T10:00:00Z')).toBeUndefined();
});

it('goes on where windows overlap, until the last of them ends', () => {
  const often = { cron: '*/20 * * * *', minutes: 30 };
  expect(end(often, '2026-11-30T10:25:00Z')).toBe('2026-11-30T10:50:00Z');
});

it('is what a clock in the time zone says, minute by minute', () => {
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'];
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  const draws = fc.record({
    timeZone: fc.constantFrom(...zones),
    minute: fc.constantFrom(0, 15, 59),
    // The hours at which no zone of these changes its clocks.
    hour: fc.integer({ min: 4, max: 23 }),
    day: fc.constantFrom('*', '1', '6'),
    minutes: fc.constantFrom(1, 60, 600),
    now: fc.integer({ min: Date.UTC(2026, 0, 1) / MINUTE, max: Date.UTC(2027, 11, 1) / MINUTE }),
  });
  const property = fc.property(draws, ({ timeZone, minute, hour, day, minutes, now }) => {
    const clock = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const isStart = (at: number) => {
      const parts = new Map(clock.formatToParts(at * MINUTE).map((one) => [one.type, one.value]));
      const isDay = day === '*' || days.indexOf(parts.get('weekday') ?? '') === Number(day);
      return Number(parts.get('minute')) === minute && Number(parts.get('hour')) === hour && isDay;
    };
    const held = Array.from({ length: minutes }, (_, ago) => now - ago).some(isStart);
    const cron = `${minute} ${hour} * * ${day}`;
    const found = freezeEnd([{ cron, timeZone, minutes }], now * MINUTE);
    expect(found !== undefined).toBe(held);
  });
  fc.assert(property, { numRuns: runs(60) });
});

it.each([
  ['0 25 * * *', 'UTC', /Invalid value for hour: 25/],
  ['often', 'UTC', /five fields of a crontab/],
  ['0 9 * * *', 'Mars/Phobos', /Mars\/Phobos/],
])('%s in %s is refused with what is wrong', (cron, timeZone, words) => {
  const stability = { freeze: [{ cron, timeZone, minutes: 5 }] };
  expect(() => parsePolicy({ stability })).toThrow(words);
});
