/** Hub object: name, labels and annotations of what littoral writes into a hub. */

import type { Manifest } from '../model/app/workload';
import { digestOf } from '../model/canonical';
import type { Target } from './engine';

/** The app whose objects it delivers. */
export const APP_LABEL = 'littoral.dev/app';
/** The cluster it delivers to, as the fleet names it. */
export const CLUSTER_LABEL = 'littoral.dev/cluster';
/** The UID of kube-system there, so that another cluster under an old name is told apart. */
export const CLUSTER_UID = 'littoral.dev/cluster-uid';
/** The replicas that the decision assigned, as JSON: engines call a Deployment of one pod healthy. */
export const ASSIGNED = 'littoral.dev/assigned';
/** The revision of the source that it delivers. */
export const REVISION = 'littoral.dev/revision';

/** Characters: engines make labels of the names of their objects. */
const longest = 63;
const plainName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The annotation of an object that delivers a revision. */
export function revisionNote(revision: string | undefined): Readonly<Record<string, string>> {
  return revision === undefined ? {} : { [REVISION]: revision };
}

/** `shop.fra`: another one for every app and cluster. Names that do not fit end in a digest. */
export function hubName(app: string, cluster: string, ending = ''): string {
  const whole = `${app}.${cluster}${ending}`;
  if (whole.length <= longest && plainName.test(whole)) return whole;
  const fit = whole.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const digest = digestOf([app, cluster, ending]).slice('sha256:'.length, 19);
  return `${fit.slice(0, longest - 13).replace(/^-+|-+$/g, '')}-${digest}`;
}

/** A hub object of the target. */
export function hubObject(
  target: Target,
  { apiVersion, kind, name, namespace, annotations = {} }: HubObject,
  body: object,
): Manifest {
  const { app, cluster, assigned } = target;
  const uid = cluster.uid === undefined ? {} : { [CLUSTER_UID]: cluster.uid };
  const counts = Object.keys(assigned).length === 0 ? {} : { [ASSIGNED]: JSON.stringify(assigned) };
  const notes = { ...uid, ...counts, ...annotations };
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      labels: {
        'app.kubernetes.io/managed-by': 'littoral',
        [APP_LABEL]: app,
        [CLUSTER_LABEL]: cluster.name,
      },
      ...(Object.keys(notes).length === 0 ? {} : { annotations: notes }),
    },
    ...body,
  };
}

interface HubObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An annotation of an object. */
export function annotationOf({ metadata }: Manifest, key: string): string | undefined {
  const all = (metadata.annotations ?? {}) as Readonly<Record<string, unknown>>;
  const value = all[key];
  return typeof value === 'string' ? value : undefined;
}

/** A label of an object. */
export function labelOf({ metadata }: Manifest, key: string): string | undefined {
  const all = (metadata.labels ?? {}) as Readonly<Record<string, unknown>>;
  const value = all[key];
  return typeof value === 'string' ? value : undefined;
}

/** What was assigned, as the object says. */
export function assignedOf(object: Manifest): Readonly<Record<string, number>> {
  const text = annotationOf(object, ASSIGNED);
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Readonly<Record<string, number>>;
  } catch {
    return {};
  }
}

/** Marks a hub object whose content stays in every case. */
const LEFT_BEHIND = 'littoral.dev/left-behind';
/** The annotation of such an object. */
export const leftBehind: Readonly<Record<string, string>> = { [LEFT_BEHIND]: 'true' };

/** Whether what the object delivers stays in every case. */
export function staysWhole(object: Manifest): boolean {
  return annotationOf(object, LEFT_BEHIND) === 'true';
}
