/** Phrases: what one app's decision amounts to, in the few words that every surface shows. */
import type { AppDecision } from '../../model/decision';
import { bareMilliseconds, percent, signed, usd } from '../../model/numbers';

/** `proved optimal`, or how far from the proven bound the decision may be. */
export function proof(gap: number): string {
  return gap <= 0 ? 'proved optimal' : `within ${percent(gap)} of the proven bound`;
}

/** `mean 61 -> 38 ms, p95 150 -> 81 ms`; undefined when nothing is measured. */
export function latencyPhrase({ latency }: AppDecision): string | undefined {
  const { before } = latency;
  if (before === undefined && latency.p99 === 0) return undefined;
  const one = (name: string, now: number, then: number | undefined) => {
    const [from, to] = [then, now].map((ms) => (ms === undefined ? '' : bareMilliseconds(ms)));
    return `${name} ${from === '' || from === to ? '' : `${from} -> `}${to}`;
  };
  const mean = one('mean', latency.meanMilliseconds, before?.meanMilliseconds);
  return `${mean} ms, ${one('p95', latency.p95, before?.p95)} ms`;
}

/** `4.10 USD/h (+0.62)`; undefined when the fleet has no prices. */
export function costPhrase({ cost, clusters, dropped }: AppDecision): string | undefined {
  if (cost.usdPerHour === 0 && cost.delta === 0) return undefined;
  const hadOthers = dropped.length > 0 || clusters.some(({ change }) => change === 'kept');
  const delta = hadOthers ? signed(usd(cost.delta)) : '0';
  return `${usd(cost.usdPerHour)} USD/h${/[1-9]/.test(delta) ? ` (${delta})` : ''}`;
}

/** Requests/s that all clusters of the app serve together. */
export function servedBy(app: AppDecision): number {
  return app.clusters.reduce((sum, cluster) => sum + cluster.requestsPerSecond, 0);
}
