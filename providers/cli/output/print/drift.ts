/** What `place --check` found: which clusters a decision of now would add and drop, and what that gains. */
import type { PlacementDecision } from '../../../../constructs/model/decision';
import { percent } from '../../../../constructs/model/numbers';
import { latencyPhrase } from '../../../../constructs/placement';
import { type Drift, isDrift } from '../../../../constructs/policy';
import type { Paint } from '../terminal';

/** One or two lines per app, then an empty one. */
export function driftText(
  drift: readonly Drift[],
  lock: PlacementDecision,
  now: PlacementDecision,
  name: string,
  { paint }: { readonly paint: Paint },
): string {
  const lines = drift.map((one) => {
    const app = paint('bold', one.app);
    if (!one.satisfied) return `${app}   ${paint('red', `${name} no longer satisfies the policy`)}`;
    if (!isDrift(one)) {
      const latency = now.apps.find((other) => other.app === one.app);
      const phrase = latency === undefined ? undefined : latencyPhrase(latency);
      return `${app}   ${paint('green', `the same clusters as in ${name}`)}${phrase === undefined ? '' : `   ${phrase}`}`;
    }
    const moves = [
      ...one.added.map((cluster) => paint('green', `+${cluster}`)),
      ...one.dropped.map((cluster) => paint('red', `-${cluster}`)),
    ].join(' ');
    const gain =
      one.gain === undefined || one.gain <= 0 ? '' : `   objective ${percent(one.gain)} lower`;
    return `${app}   ${paint('yellow', `would choose otherwise than ${name}`)}   ${moves}${gain}`;
  });
  return `${lines.join('\n')}\n${drift.some(isDrift) ? `  decided ${lock.now}, compared with ${now.now}\n\n` : ''}`;
}
