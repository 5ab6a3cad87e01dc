/** Disown: gives up objects that stay behind: they lose the label of the release and our part of their fields, and keep every value. */
import type { ClusterClient, ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { goOn } from '../observe/world';
import type { ObjectPlan } from '../plan/plan';
import { objectText, ourLabels } from '../state/identity';

/** What stays, and why. */
export interface Kept {
  readonly ref: ObjectRef;
  readonly reason: string;
}

/** Changes of others in between that are followed, before an object is left as it is. */
const attempts = 3;

/** Gives up the objects of the plan that stay and are no longer of the release. An object that cannot be given up stays as it is. */
export async function disownObjects(
  plans: readonly ObjectPlan[],
  client: ClusterClient,
  signal: AbortSignal | undefined,
): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  for (const { ref, uid, reason = 'kept' } of plans.filter(({ disowned }) => disowned === true)) {
    goOn(signal);
    const trouble = await disownOne(ref, uid, client);
    const text = trouble === undefined ? reason : `${reason}; its label stays: ${trouble}`;
    kept.push({ ref, reason: `${objectText(ref)} stays: ${text}` });
  }
  return kept;
}

/** Why the object could not be given up; undefined when it was, or is not there. */
async function disownOne(
  ref: ObjectRef,
  uid: string | undefined,
  client: ClusterClient,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const live = await client.get(ref);
    if (live === undefined || live.metadata.uid !== uid) return undefined;
    try {
      await client.disown(live, ourLabels(live));
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof ClusterError) || thrown.unreachable) throw thrown;
      if (thrown.status !== 409 || attempt === attempts) return thrown.summary;
    }
  }
}
