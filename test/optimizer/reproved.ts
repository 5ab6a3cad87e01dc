/** A decision with the proof of somebody else: what the checker says of it is about the proof. */
import { digestOf } from '../../constructs/model/canonical';
import type { Certificate, PlacementDecision } from '../../constructs/model/decision';

/** The decision with another proof, and the bound that goes with it. */
export function withProof(
  decision: PlacementDecision,
  certificate: Certificate,
  proved: number,
): PlacementDecision {
  const [app] = decision.apps;
  if (app === undefined) throw new Error('a decision has an app');
  const { value } = app.objective;
  const bound = Math.min(value, proved);
  const isClosed = value - bound <= 1e-9 * Math.max(1, Math.abs(value));
  const gap = isClosed ? 0 : (value - bound) / Math.max(Math.abs(value), Number.MIN_VALUE);
  const objective = { value, bound, gap };
  const apps = [{ ...app, objective: { ...app.objective, ...objective } }];
  const { digest: _, ...rest } = { ...decision, objective, apps, certificate };
  return { ...rest, digest: digestOf(rest) };
}
