/** Answers of DNS for people: what changes, for whom, how well it fits, and why it may not be published. */
import { fitText, type TrafficPlan, type TrafficProps } from '../../../resources/traffic';
import { printErrors } from '../print';
import { paintFor, type Session } from '../terminal';

/** A plan of one app. */
export function trafficText(
  { table }: TrafficProps,
  { lines }: Pick<TrafficPlan, 'lines'>,
  { paint }: Session,
): string {
  const head = `${paint('bold', table.app)}   ${fitText(table)}`;
  const body = lines.length === 0 ? ['as it is'] : lines;
  const warnings = table.warnings.map((text) => paint('yellow', `! ${text}`));
  return `${[head, ...[...body, ...warnings].map((line) => `  ${line}`)].join('\n')}\n\n`;
}

/** Why nothing is published, on standard error. */
export function remarkRefusals(
  { refusals }: Pick<TrafficPlan, 'refusals'>,
  session: Session,
): void {
  if (refusals.length === 0) return;
  const paint = paintFor(session.stderr, session.env);
  session.remark(printErrors(refusals, { paint, cwd: session.cwd }));
}
