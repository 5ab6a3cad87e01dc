/** Finding: what is known about one desired object in one cluster. */
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { FieldConflict, LiveObject } from '../../../clusters/cluster';
import type { Entry } from '../state/inventory';
import { ownedDigest } from '../state/ownership';
import { hasSameSecrets } from '../state/secrecy';

/** What is known about one desired object in one cluster. */
export interface Finding {
  readonly manifest: Manifest;
  readonly digest: string;
  readonly entry?: Entry;
  readonly live?: LiveObject;
  /** What it would become, by a dry run on the server; absent when it is as desired already, or does not exist. */
  readonly after?: Manifest;
  /** Only who owns the fields would change, when `after` looks the same. */
  readonly ownership?: boolean;
  readonly conflicts?: readonly FieldConflict[];
  /** Why the server will not have it. */
  readonly refusal?: string;
  /** The field for whose sake it is deleted and made anew, which its manifest allows. */
  readonly replacedFor?: string;
  /** Why the server could not be asked what it would make of it. */
  readonly unchecked?: string;
  /** The fields of client-side apply become ours first. */
  readonly migrates?: true;
  /** Only fields that nobody watches any more stand against it: they are taken. */
  readonly takes?: true;
  /** So many replicas are handed over before we stop stating them. */
  readonly handsOver?: number;
  /** What scales it in the cluster: its replicas are left out. */
  readonly scaledBy?: string;
  /** Fields that are empty in its manifest and that a controller fills: they are left out. */
  readonly filledBy?: string;
  /** A Namespace that is another's: the Pod Security that it has, and the one that is left out. */
  readonly foreignSecurity?: string;
  /** What the server says about it, or about a pod of it, where that does not refuse it. */
  readonly note?: string;
}

/** Whether it is as it was applied last, and no other manager has taken a field since. */
export function isAsApplied({ entry, live, digest, manifest }: Finding): boolean {
  return (
    live !== undefined &&
    entry?.uid === live.metadata.uid &&
    entry.digest === digest &&
    entry.fields !== undefined &&
    entry.fields === ownedDigest(live) &&
    live.metadata.deletionTimestamp === undefined &&
    hasSameSecrets(live, manifest)
  );
}
