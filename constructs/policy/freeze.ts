/** Freezes: windows in which nothing moves, once or recurring by a schedule of cron in a time zone. */

import { instantSchema } from '../model/fleet';
import { z } from '../parsing';

/** Longest recurring window: a week; what is longer is better said with `from` and `until`. */
const MAX_MINUTES = 7 * 24 * 60;

const onceSchema = z.strictObject({
  from: instantSchema.describe('Begins.'),
  until: instantSchema.describe('Ends.'),
});
const recurringSchema = z.strictObject({
  cron: z
    .string()
    .regex(/^\S+(\s+\S+){4}$/, 'the five fields of a crontab, e.g. 0 9 * * 1-5')
    .describe(
      'Begins at each of these times: minute, hour, day of the month, month, day of the week, as in a crontab.',
    ),
  timeZone: z
    .string()
    .min(1)
    .default('UTC')
    .describe('IANA time zone of the schedule, e.g. Europe/Berlin.'),
  minutes: z.int().min(1).max(MAX_MINUTES).describe('How long each window lasts, in minutes.'),
});
/** Windows in which nothing moves. */
export const freezeSchema = z.array(z.union([onceSchema, recurringSchema])).default([]);

type Freeze = z.output<typeof freezeSchema>[number];
type RecurringFreeze = z.output<typeof recurringSchema>;

/** Few policies have a schedule: the others load nothing that reads one. */
const scheduleOf = ({ cron, timeZone }: RecurringFreeze) =>
  (require('./cron') as typeof import('./cron')).scheduleOf(cron, timeZone);

/** When the freeze that holds at `now` (milliseconds since the epoch) ends, ISO 8601; undefined when none holds. */
export function freezeEnd(freezes: readonly Freeze[], now: number): string | undefined {
  for (const one of freezes) {
    if ('cron' in one) {
      const end = recurringEnd(one, now);
      if (end !== undefined) return end;
    } else if (Date.parse(one.from) <= now && now < Date.parse(one.until)) return one.until;
  }
  return undefined;
}

/** Why the schedule cannot be followed, in the words of its parser; undefined when it can. */
export function scheduleMistake(freeze: RecurringFreeze): string | undefined {
  try {
    scheduleOf(freeze).nextRun(new Date(0));
    return undefined;
  } catch (thrown) {
    const [first = ''] = String((thrown as Error).message).split('. ');
    return first.replace(/^Cron(Pattern|Date): /, '');
  }
}

/** The window that holds began within the last `minutes`: the first start after that is no later than `now`. */
function recurringEnd(freeze: RecurringFreeze, now: number): string | undefined {
  const milliseconds = freeze.minutes * 60_000;
  const schedule = scheduleOf(freeze);
  let end: number | undefined;
  let start = schedule.nextRun(new Date(now - milliseconds))?.getTime();
  // Windows may overlap; the last start decides. At most one start a minute: no more than `minutes` of them.
  while (start !== undefined && start <= now) {
    end = start + milliseconds;
    start = schedule.nextRun(new Date(start))?.getTime();
  }
  return end === undefined ? undefined : new Date(end).toISOString().replace('.000Z', 'Z');
}
