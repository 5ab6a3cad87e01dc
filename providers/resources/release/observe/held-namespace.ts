/** Held namespace: one that was there before the release, or is another's, is not held to a Pod Security that its owner did not choose. */
import {
  podSecurityLabels,
  withoutPodSecurity,
} from '../../../../constructs/kubernetes/pod-security-labels';
import { canonicalJson } from '../../../../constructs/model/canonical';
import { isOfRelease, type ReleaseKey } from '../state/identity';
import type { Finding } from './finding';

/** The finding, without Pod Security labels where the Namespace is another's: pods of others would be refused from then on. */
export function withForeignSecurity<Known extends Finding>(finding: Known, own: ReleaseKey): Known {
  const { manifest, live, entry } = finding;
  const wanted = podSecurityLabels(manifest);
  if (live === undefined || Object.keys(wanted).length === 0) return finding;
  const isForeign = entry === undefined ? !isOfRelease(live, own) : entry.adopted === true;
  if (!isForeign) return finding;
  const there = podSecurityLabels(live);
  const manifestLeft = { ...finding, manifest: withoutPodSecurity(manifest) };
  if (canonicalJson(there) === canonicalJson(wanted)) return manifestLeft;
  return { ...manifestLeft, foreignSecurity: `${levelText(there)}, not ${levelText(wanted)}` };
}

/** `restricted v1.34`, or `none`. */
function levelText(labels: Readonly<Record<string, string>>): string {
  const level = labels['pod-security.kubernetes.io/enforce'];
  const version = labels['pod-security.kubernetes.io/enforce-version'];
  return level === undefined ? 'none' : [level, version].filter(Boolean).join(' ');
}
