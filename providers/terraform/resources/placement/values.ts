/** Placement values: an answer as the computed attributes of littoral_placement, in the order reviewers read them. */
import { summed } from '../../../resources/placement/summed';
import type { Fields, Value } from '../../protocol/provider';
import { computedOf, withUnknown } from '../attributes';
import { requirementLines } from './requirements';
import type { PlacementResult, ResultApp } from './result';
import { placementSchema } from './schema';

/** Lines that are listed; the rest are counted. */
const most = 200;
const results = computedOf(placementSchema.attributes);

/** Computed attributes that are not known yet. */
export const nothingKnown: Fields = withUnknown({}, results);

/** The computed attributes of `state`. */
export function resultsOf(state: Fields): Fields {
  return Object.fromEntries(results.map((name) => [name, state[name] ?? null]));
}

/** The computed attributes of an answer. */
export function valuesOf(
  decided: NonNullable<PlacementResult['decided']>,
  documents: readonly object[],
): Readonly<Record<string, Value>> {
  const { apps, satisfied, gap, summary, warnings, decision, digest, routings } = decided;
  const several = apps.length > 1;
  return {
    id: apps.map(({ name }) => name).join(','),
    clusters: [...new Set(apps.flatMap(({ clusters }) => clusters))].sort(),
    replicas: summed(apps.map(({ replicas }) => replicas)),
    requests_per_second: summed(apps.map((app) => app.requestsPerSecond)),
    usd_per_hour: rounded(apps.reduce((sum, app) => sum + app.usdPerHour, 0)),
    placements: Object.fromEntries(apps.map((app) => [app.name, shownPlacement(app)])),
    satisfied,
    gap,
    summary,
    delta: bounded(
      apps.flatMap(({ name, changes }) =>
        changes.map((line) => (several ? `${line.slice(0, 2)}${name}/${line.slice(2)}` : line)),
      ),
    ),
    warnings,
    requirements: bounded(requirementLines(documents)),
    decision,
    app_documents: Object.fromEntries(
      documents.map((one) => {
        const whole = { apiVersion: 'littoral.dev/v1alpha1', kind: 'EdgeApp', ...one };
        return [(one as { readonly name: string }).name, JSON.stringify(whole)];
      }),
    ),
    digest,
    routing: routings,
    origins: Object.fromEntries(apps.map(({ name, origins }) => [name, origins])),
  };
}

function shownPlacement({
  clusters,
  replicas,
  summary,
}: ResultApp): Readonly<Record<string, Value>> {
  return { clusters, replicas, summary };
}

/** All that a decision tells of an app, as functions give it. */
export function decidedPlacement(app: ResultApp): Readonly<Record<string, Value>> {
  const { requestsPerSecond, satisfied, gap } = app;
  return {
    ...shownPlacement(app),
    ...{ satisfied, gap },
    requests_per_second: requestsPerSecond,
    mean_latency_milliseconds: rounded(app.meanLatencyMilliseconds),
    usd_per_hour: rounded(app.usdPerHour),
  };
}

/** Rounded for display; the decision keeps all digits. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** At most 200 lines, and how many more there are. */
export function bounded(lines: readonly string[]): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `... and ${lines.length - most} more`];
}
