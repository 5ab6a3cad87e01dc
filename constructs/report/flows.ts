/** Flows: who serves whom, by the numbers of origins and clusters. */
import type { AppDecision } from '../model/decision';
import { type NumberedClusters, type NumberedOrigins, rounded } from './columns';
import type { ReportFlows } from './report-data';

interface Part {
  readonly cluster: number;
  readonly share: number;
  readonly milliseconds: number;
}

/** The assignments of an app; undefined where its decision keeps none. */
export function flowsOf(
  app: AppDecision | undefined,
  clusters: NumberedClusters,
  origins: NumberedOrigins,
): ReportFlows | undefined {
  if (app === undefined || app.assignments.length === 0) return undefined;
  const count = origins.columns.name.length;
  const parts: Part[][] = Array.from({ length: count }, () => []);
  for (const { origin, cluster, share, milliseconds } of app.assignments) {
    if (cluster === null || share <= 0) continue;
    const part = { cluster: clusters.numberOf(cluster), share, milliseconds: milliseconds ?? 0 };
    parts[origins.numberOf(origin)]?.push(part);
  }
  const most = parts.map((some) =>
    some.reduce<Part | undefined>(
      (best, one) => (best !== undefined && best.share >= one.share ? best : one),
      undefined,
    ),
  );
  return {
    cluster: most.map((one) => one?.cluster ?? -1),
    milliseconds: most.map((one) => rounded(one?.milliseconds ?? 0, 10)),
    divided: parts.flatMap((some, origin) =>
      some.length < 2
        ? []
        : some.map(
            ({ cluster, share, milliseconds }) =>
              [origin, cluster, rounded(share, 1000), rounded(milliseconds, 10)] as const,
          ),
    ),
  };
}
