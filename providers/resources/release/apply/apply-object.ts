/** Apply object: one object of a release, with what must happen to its owners before and after. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import { EdgeError } from '../../../../constructs/parsing';
import type { ClusterClient, LiveObject, ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import type { Finding } from '../observe/finding';
import { getIfKnown } from '../observe/observe';
import { conflictText } from '../plan/plan';
import {
  HANDOVER_MANAGER,
  withClientSideFields,
  withoutSharedFields,
} from '../state/field-managers';
import { isHolder, objectText, otherRelease, refOf, releaseOf } from '../state/identity';

/** Applies, and takes over fields from tools where that is due. Throws EdgeErrors. */
export async function applyOne(
  client: ClusterClient,
  finding: Finding,
  force: boolean,
): Promise<LiveObject> {
  const { manifest, live, handsOver, migrates } = finding;
  if (live === undefined) await mustBeFree(client, manifest);
  if (live !== undefined && migrates === true) await migrate(client, live, withClientSideFields);
  if (handsOver !== undefined) await handOver(client, manifest, handsOver, true);
  const expected = live === undefined ? {} : { expected: live.metadata.resourceVersion };
  const answer = await client.apply(manifest, { force, ...expected });
  if (answer.kind === 'conflict') {
    throw conflicting(refOf(manifest), conflictText(answer.conflicts));
  }
  return migrate(client, answer.object, withoutSharedFields);
}

/** Throws when another release made the object since it was planned: one apply would silently replace the other's. */
async function mustBeFree(client: ClusterClient, manifest: Manifest): Promise<void> {
  const ref = refOf(manifest);
  const now = isHolder(ref) ? undefined : await getIfKnown(client, ref);
  const own = releaseOf(manifest);
  const owner = now === undefined || own === undefined ? undefined : otherRelease(now, own);
  if (owner === undefined) return;
  throw new EdgeError({
    code: 'GuardStopped',
    path: '',
    summary: `${objectText(ref)} belongs to the release ${owner} by now`,
    remedy: 'Leave it to one of them, or rename it in the other.',
  });
}

/** States the replicas of a workload under another manager than ours, so that their number stays when we do not state it. */
export async function handOver(
  client: ClusterClient,
  { apiVersion, kind, metadata }: Manifest,
  replicas: number,
  force: boolean,
): Promise<void> {
  const { name, namespace } = metadata;
  const where = { name, ...(namespace === undefined ? {} : { namespace }) };
  // Without force a conflict says that an autoscaler was faster, and it knows better.
  await client.apply(
    { apiVersion, kind, metadata: where, spec: { replicas } },
    { manager: HANDOVER_MANAGER, force },
  );
}

const attempts = 5;

/** Says anew who owns which fields. Controllers write all the time, so an object that has moved on is read again. */
async function migrate(
  client: ClusterClient,
  object: LiveObject,
  ownersOf: (live: LiveObject) => LiveObject['metadata']['managedFields'],
): Promise<LiveObject> {
  let live = object;
  for (let attempt = 1; ; attempt += 1) {
    const owners = ownersOf(live);
    if (owners === undefined || owners === live.metadata.managedFields) return live;
    try {
      return await client.assignFields(live, owners);
    } catch (thrown) {
      const isMoved = thrown instanceof ClusterError && thrown.status === 409;
      if (!isMoved || attempt === attempts) throw thrown;
      const now = await client.get(refOf(object));
      if (now === undefined || now.metadata.uid !== live.metadata.uid) throw thrown;
      live = now;
    }
  }
}

function conflicting(ref: ObjectRef, owners: string): EdgeError {
  return new EdgeError({
    code: 'GuardStopped',
    path: '',
    summary: `${objectText(ref)}: ${owners}`,
    remedy: 'Leave these fields out, or force to take them.',
  });
}
