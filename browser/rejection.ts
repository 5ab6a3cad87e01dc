/** Rejection: why a cluster is not chosen, in a sentence. */
import type { ReportDetails } from '../constructs/report/report-data';

/** The rule and the sentence; undefined for a cluster that is in use, or of which nothing is said. */
export function rejectionIn(
  details: ReportDetails,
  cluster: number,
): { readonly rule: string; readonly reason: string } | undefined {
  for (const { rule, reason, clusters, numbers } of details.rejected) {
    const at = clusters.indexOf(cluster);
    if (at >= 0) return { rule, reason: reason.replace('{}', String(numbers?.[at] ?? '')) };
  }
  const dropped = details.dropped.find((one) => one.cluster === cluster);
  return dropped === undefined ? undefined : { rule: 'left', reason: dropped.reason };
}
