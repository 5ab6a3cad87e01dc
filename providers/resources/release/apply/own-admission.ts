/** Own admission: a release that brings webhooks or policies may be kept by them from writing its own inventory. */
import { EdgeError } from '../../../../constructs/parsing';
import type { ObjectRef } from '../../../clusters/cluster';
import { ClusterError } from '../../../clusters/errors';
import { pauseFor } from '../observe/world';
import { objectText } from '../state/identity';

/** Webhooks and policies: the server asks them before it writes. */
export function isAdmission({ apiVersion }: Pick<ObjectRef, 'apiVersion'>): boolean {
  return apiVersion.startsWith('admissionregistration.k8s.io/');
}

/** True when a server answered, and would not write. */
export function isRefusal(thrown: unknown): thrown is ClusterError {
  return thrown instanceof ClusterError && !thrown.unreachable;
}

/** Writes again for a while: servers go on calling a webhook for a moment after it was changed or deleted. */
export async function patiently<T>(
  write: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (thrown) {
      if (!isRefusal(thrown) || attempt === attempts) throw thrown;
      await pauseFor(1, signal);
    }
  }
}

const attempts = 5;

/** The refusal of an inventory by what the release itself has to admit objects, with the way out; other refusals as they are. */
export function ownRefusal(thrown: unknown, own: readonly ObjectRef[]): unknown {
  if (!isRefusal(thrown) || own.length === 0) return thrown;
  const names = own.map(objectText).join(', ');
  return new EdgeError({
    code: 'SourceFailed',
    path: '',
    summary: `${thrown.summary}; the release brings ${names}, which the server asks before it writes the inventory of the release, a ConfigMap`,
    remedy:
      'Let it leave out what is labelled littoral.dev/release (objectSelector, operator DoesNotExist), or see that its service answers, and apply again: it is mended first.',
  });
}
