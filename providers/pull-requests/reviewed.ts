/** Reviewed: which plan a pull request showed when it was merged, as the marker of its comment says. */
import { createHash } from 'node:crypto';
import { EdgeError } from '../../constructs/parsing';
import type { Forge } from './forge';
import { markerOf } from './summary';

/** A plan that was shown for review. */
export interface ReviewedPlan {
  /** The pull request. */
  readonly number: number;
  /** The run of the workflow that has the plan as an artifact. */
  readonly run: string;
  /** Of the bytes of the plan, in hex. */
  readonly sha256: string;
}

/** The line of a comment that says which plan it shows. */
export function planMarker(plan: Buffer, head: string, run: string): string {
  return `<!-- littoral plan: head=${head} run=${run} sha256=${sha256Of(plan)} -->`;
}

/** SHA-256 in hex. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The plan that was reviewed with the last commit of the pull request that `commit` was merged by. Throws EdgeError where there is none. */
export async function reviewedPlan(
  forge: Forge,
  commit: string,
  name: string,
): Promise<ReviewedPlan> {
  const pull = await forge.mergedBy(commit);
  if (pull === undefined) throw refused(`no merged pull request has commit ${commit.slice(0, 12)}`);
  const own = await forge.ownComments(pull.number);
  const text = own.find((one) => one.text.startsWith(markerOf(name)))?.text ?? '';
  const marker =
    /^<!-- littoral plan: head=([0-9a-f]{7,64}) run=(\d{1,20}) sha256=([0-9a-f]{64}) -->$/m;
  const [, head, run, sha256] = marker.exec(text) ?? [];
  if (head === undefined || run === undefined || sha256 === undefined) {
    throw refused(`pull request ${pull.number} shows no plan`);
  }
  if (head !== pull.headSha) {
    throw refused(
      `the plan of pull request ${pull.number} is of ${head.slice(0, 12)}, and ${pull.headSha.slice(0, 12)} was merged`,
    );
  }
  return { number: pull.number, run, sha256 };
}

function refused(summary: string): EdgeError {
  const remedy = 'Plan and apply by hand, or open a pull request whose plan is reviewed.';
  return new EdgeError({ code: 'GuardStopped', path: 'pull request', summary, remedy });
}
