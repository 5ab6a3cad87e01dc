/** Expected: what a release should have left when all went well, computed from its inputs: a check has no other memory. */
import { isDeepStrictEqual } from 'node:util';
import type { ReleaseProps, ReleaseState } from '../../resources/release';
import { desiredOf } from '../../resources/release/state/desired';
import { isSecret, objectText, refOf } from '../../resources/release/state/identity';
import { manifestDigest } from '../../resources/release/state/secrecy';

/** The state that applying `props` leaves when every cluster succeeds; undefined for none. */
export function expectedState(props: ReleaseProps | undefined): ReleaseState | undefined {
  if (props === undefined) return undefined;
  const desired = desiredOf(props);
  const { release, namespace, decision, fleet, objects } = desired;
  const clusters = desired.clusters.map(({ name, manifests }) => {
    const access = props.fleet.clusters.find((one) => one.name === name)?.access;
    const entries = manifests.map((manifest) => {
      return { ...refOf(manifest), uid: '', digest: manifestDigest(manifest), fields: '' };
    });
    const inventory = { release, decision, phase: 'ready' as const, objects: entries };
    return {
      name,
      ...(access === undefined ? {} : { access }),
      standing: 'ready' as const,
      inventory,
    };
  });
  return { release, namespace, decision, fleet, objects, clusters };
}

/** A line for every Secret whose values alone differ: digests do not cover them, and nothing here shows them. */
export function secretLines(
  before: ReleaseProps | undefined,
  after: ReleaseProps,
): readonly string[] {
  if (before === undefined) return [];
  const old = new Map(desiredOf(before).clusters.map((one) => [one.name, one.manifests]));
  return desiredOf(after).clusters.flatMap(({ name, manifests }) =>
    manifests.filter(isSecret).flatMap((manifest) => {
      const ref = refOf(manifest);
      const was = old.get(name)?.find((one) => isSecret(one) && isDeepStrictEqual(refOf(one), ref));
      if (was === undefined || manifestDigest(was) !== manifestDigest(manifest)) return [];
      const isEqual = isDeepStrictEqual(was, manifest);
      return isEqual ? [] : [`${name}: ~ ${objectText(ref)}, its values`];
    }),
  );
}
