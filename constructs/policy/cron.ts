/** Schedules of cron in a time zone, as the library reads them that knows their rules. */
import { Cron } from 'croner';

/** The times of five fields of a crontab; it runs nothing. Throws where the fields or the IANA time zone are wrong. */
export function scheduleOf(fields: string, timeZone: string): Cron {
  return new Cron(fields, { timezone: timeZone, paused: true, mode: '5-part' });
}
