/** Report file: writes the page that shows a decision, for commands that were asked for one. */
import { type ReportInput, reportOf } from '../../../constructs/report';
import { resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import { nearPath } from '../output/print';
import type { Session } from '../output/terminal';
import type { Flags } from './flags';

/** The flag of commands that decide. */
export const reportFlags = {
  report: {
    value: 'FILE.html',
    doc: 'Also writes a report: one HTML file with a map, reasons and what-ifs, which needs no network.',
  },
} as const satisfies Flags;

/** Writes the report where the flag says; nothing without it. Throws EdgeErrors where the file cannot be written. */
export function writeReport(path: string | undefined, input: ReportInput, session: Session): void {
  if (path === undefined) return;
  const file = resolvePath(path, session.cwd);
  writeFileAtomically(file, reportOf(input));
  session.remark(`wrote ${nearPath(file, session.cwd)}\n`);
}
