/** Durations as flags write them: a count and a unit, such as 30s, 10m, 1h or 1d. */
import { usageError } from './flags';

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** In seconds. Throws an EdgeError that names the flag. */
export function durationOf(command: string, flag: string, text: string): number {
  const [, count = '', unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  const summary = `got ${JSON.stringify(text)}, expected a duration`;
  throw usageError(command, flag, summary, 'Write it like 10m, 1h or 1d.');
}
