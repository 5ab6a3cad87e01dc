/** Print delivery: says what the engine that delivers does not promise and a release of littoral does. */
import { type DeliverySettings, engineOf } from '../../../../constructs/delivery';
import type { Session } from '../terminal';

/** One line for each; empty where littoral delivers itself. */
export function promisesText(
  settings: DeliverySettings | undefined,
  { paint }: Pick<Session, 'paint'>,
): string {
  if (settings === undefined) return '';
  const title = `What ${settings.engine} does not promise, and a release of littoral does:`;
  const lines = engineOf(settings).cannot.map((one) => `  ${one}`);
  return `\n${[paint('dim', title), ...lines].join('\n')}\n`;
}
