/** Leave: the facts of an app on its previous clusters, whose limits leaveMargin eases. */
import type { EdgeApp } from '../../policy';
import { type Facts, factsOf } from '../input/app-facts';
import type { Circumstances } from '../input/inputs';
import type { Asked } from '../rules/evaluation';

/** A tenth, unless the policy says otherwise. */
const DEFAULT_SHARE = 0.1;

/** What is asked of the previous clusters of an app, with every limit eased; undefined where nothing is eased. */
export function askedToStand(
  given: Circumstances,
  app: EdgeApp,
  openTiers: number,
): Asked | undefined {
  const share = app.policy.stability.leaveMargin ?? DEFAULT_SHARE;
  if (share === 0) return undefined;
  const facts = factsOf(given, eased(app, share), openTiers);
  if (facts.previous === undefined) return undefined;
  const restrictions = { freeze: false, held: true, maxChanges: true };
  return { facts: { ...facts, ease: 1 + share }, restrictions, now: given.now };
}

function eased(app: EdgeApp, share: number): EdgeApp {
  const { constraints } = app.policy;
  const signals: Facts['app']['policy']['constraints']['signals'] = {};
  for (const [name, limit] of Object.entries(constraints.signals)) {
    const { min, max, leaveMin, leaveMax } = limit;
    signals[name] = {
      ...limit,
      missing: 'ignore',
      min: min === undefined ? undefined : (leaveMin ?? min - share * Math.abs(min)),
      max: max === undefined ? undefined : (leaveMax ?? max + share * Math.abs(max)),
    };
  }
  const { latency, capacity } = constraints;
  const changed = {
    ...constraints,
    signals,
    latency: latency && {
      milliseconds: latency.milliseconds * (1 + share),
      share: Math.max(0, 1 - (1 - latency.share) * (1 + share)),
    },
    capacity: capacity && {
      ...capacity,
      headroom: Math.max(0, 1 - (1 - capacity.headroom) * (1 + share)),
    },
  };
  return { ...app, policy: { ...app.policy, constraints: changed } };
}
