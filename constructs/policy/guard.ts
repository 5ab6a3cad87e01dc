/** Guards: changes that are legal and yet need a person to say yes by name. */
import type { PlacementDecision } from '../model/decision';
import type { PlaceInput } from './place-input';

/** One guard that stops one app. */
export interface GuardStop {
  /** Name of the app. */
  readonly app: string;
  /** The guard that stops the decision. */
  readonly guard: 'maxDroppedShare';
  /** Why the decision is stopped, in one sentence. */
  readonly summary: string;
  /** How to lift the guard, in one sentence. */
  readonly remedy: string;
}

/** The guards of each app's policy that this decision trips; those in `guard.allow` do not. */
export function guardStops(decision: PlacementDecision, input: PlaceInput): readonly GuardStop[] {
  return decision.apps.flatMap((one) => {
    const policy = input.apps.find((app) => app.name === one.app)?.policy;
    const before = input.previous?.apps.find((app) => app.app === one.app)?.clusters.length ?? 0;
    if (policy === undefined || before === 0) return [];
    const { maxDroppedShare, allow } = policy.guard;
    const share = one.dropped.length / before;
    if (share <= maxDroppedShare || allow.includes('maxDroppedShare')) return [];
    return [
      {
        app: one.app,
        guard: 'maxDroppedShare' as const,
        summary: `${one.app} would leave ${one.dropped.length} of its ${before} clusters (${one.dropped.map(({ name }) => name).join(', ')}); maxDroppedShare is ${maxDroppedShare}`,
        remedy: `Look at why; if it is right, add maxDroppedShare to guard.allow of ${one.app}.`,
      },
    ];
  });
}
