/** Public interface of report: a decision as one self-contained HTML file for people. */
import { type ReportInput, reportData } from './gather';
import { pageOf } from './page';

export type { ReportInput } from './gather';

/**
 * The page that shows a decision: a map of who serves whom, clusters with their reasons, churn curve, what-ifs, prices of
 * limits, latency and cost, and the fit of DNS. It has everything inside, at most about 1.5 MB, and asks the network for
 * nothing. Pure: equal inputs give equal bytes. Its script and style are in the built package alone.
 */
export function reportOf(input: ReportInput): string {
  return pageOf(reportData(input));
}
