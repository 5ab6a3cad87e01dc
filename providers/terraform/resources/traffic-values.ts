/** Traffic values: a plan of the answers as the computed attributes of littoral_traffic. */
import type { RoutingTable } from '../../../constructs/routing';
import type { Plain, TrafficPlan, TrafficProps } from '../../resources/traffic/index';
import type { Value } from '../protocol/provider';
import { snakeCase } from '../protocol/snake-case';

/** All computed attributes but what was published. Throws EdgeErrors where an answer has no address. */
export function trafficValues(
  { table, prefixes }: TrafficProps,
  { lines }: Pick<TrafficPlan, 'lines'>,
): Readonly<Record<string, Value>> {
  const { fitText, recordsOf } =
    require('../../resources/traffic/index') as typeof import('../../resources/traffic/index');
  return {
    id: table.app,
    changes: lines,
    records: inSnakeCase(recordsOf(table, prefixes)),
    fit: fitOf(table),
    summary: fitText(table),
  };
}

function fitOf({ fit }: RoutingTable): Value {
  return {
    matched_share: fit.matchedShare,
    added_mean_milliseconds: fit.addedMeanMilliseconds,
    added_p95_milliseconds: fit.addedP95Milliseconds,
    blind_requests_per_second: fit.blindRequestsPerSecond,
    approximate: fit.isApproximate,
    requests_per_second: Object.fromEntries(
      fit.clusters.map((one) => [one.cluster, one.routedRequestsPerSecond]),
    ),
  };
}

/** Names of arguments in snake case; keys that are codes, hosts or slots stay, and so do those of what belongs into a Kubernetes object. */
function inSnakeCase(value: Plain): Value {
  if (Array.isArray(value)) return value.map((one: Plain) => inSnakeCase(one));
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, one]: [string, Plain]) => [
    /^[a-z]+([A-Z][a-z0-9]*)+$/.test(key) ? snakeCase(key) : key,
    key === 'dnsEndpoint' ? one : inSnakeCase(one),
  ]);
  return Object.fromEntries(entries) as Value;
}
