/** Pod Security labels: how a namespace is held to a Pod Security Standard. */
import type { Security } from '../model/app/security';
import type { Manifest } from '../model/app/workload';

/** Begins the labels by which a namespace is held to a Pod Security Standard. */
const prefix = 'pod-security.kubernetes.io/';

/** Labels of a namespace whose pods are held to the profile. `enforce` judges pods alone, and these from then on. */
export function namespaceLabels({ profile, version }: Security): Readonly<Record<string, string>> {
  return { [`${prefix}enforce`]: profile, [`${prefix}enforce-version`]: version };
}

/** The Pod Security labels of an object. */
export function podSecurityLabels({ metadata }: Manifest): Readonly<Record<string, string>> {
  const labels = Object.entries((metadata.labels ?? {}) as Readonly<Record<string, string>>);
  return Object.fromEntries(labels.filter(([key]) => key.startsWith(prefix)));
}

/** The object without Pod Security labels. */
export function withoutPodSecurity(manifest: Manifest): Manifest {
  const labels = (manifest.metadata.labels ?? {}) as Readonly<Record<string, string>>;
  const others = Object.entries(labels).filter(([key]) => !key.startsWith(prefix));
  if (others.length === Object.keys(labels).length) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, labels: Object.fromEntries(others) } };
}
