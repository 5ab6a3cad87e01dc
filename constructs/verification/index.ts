/** The door of the verification: a decision and its inputs in, findings out. What it computes with is loaded by the first call. */
import type { PlacementDecision } from '../model/decision';
import type { PlaceInput } from '../policy';
import type { VerifyReport } from './input/findings';

export type { Finding, VerifyReport } from './input/findings';

/**
 * Checks clusters, replicas, assignments, latencies, costs, prices, the bound with its certificate and the digest.
 * `input` is what the decision was made from. Numbers must agree within a relative tolerance of 10^-9. The digest alone covers
 * `engine.workUnits` and `churnCurve`. The report lists what would take too long to check in `notChecked`. Never throws for a
 * wrong decision.
 */
export function verify(decision: PlacementDecision, input: PlaceInput): VerifyReport {
  return (require('./verify') as typeof import('./verify')).verify(decision, input);
}
