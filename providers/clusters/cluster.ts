/** The words of this room: what can be asked of one Kubernetes API server, and what it answers. */
import type { Scope } from '../../constructs/kubernetes/kinds';
import type { Manifest } from '../../constructs/model/app/workload';

/** Names one object: enough to GET it. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Names all objects of one kind; without a namespace those of every namespace. */
export interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** Who set which fields, as the API server keeps it. */
export interface ManagedField {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: unknown;
}

/** An object as the API server has it. */
export type LiveObject = Manifest & {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
    readonly managedFields?: readonly ManagedField[];
  };
};

/** A field that another manager owns with another value. */
export interface FieldConflict {
  /** Such as kubectl-client-side-apply. */
  readonly manager: string;
  /** Such as .spec.replicas */
  readonly field: string;
}

/** What came of an apply. */
export type ApplyOutcome =
  | { readonly kind: 'created' | 'changed' | 'unchanged'; readonly object: LiveObject }
  | { readonly kind: 'conflict'; readonly conflicts: readonly FieldConflict[] };

/** How to apply. */
export interface ApplyOptions {
  /** Ask the server what would come out; nothing is stored. Default: false. */
  readonly dryRun?: boolean;
  /** Take fields from other managers. Default: false. */
  readonly force?: boolean;
  /** Who applies. Default: littoral. */
  readonly manager?: string;
  /**
   * The resourceVersion seen last: when the answer still has it, nothing has changed. What this client itself has
   * read or applied is known without it; of what nobody has seen, a no-op within two seconds of the last apply
   * is told as `changed`, because the server notes its times in whole seconds.
   */
  readonly expected?: string;
  /**
   * Only where the object is still of this resourceVersion, or is not there yet; elsewhere the request is rejected with
   * status 409, and also when a first attempt succeeded of which the answer was lost.
   */
  readonly onlyIf?: 'absent' | { readonly resourceVersion: string };
}

/** Whether one object is ready. */
export interface Readiness {
  readonly ref: ObjectRef;
  readonly ready: boolean;
  /** Such as "2 of 3 replicas are ready". */
  readonly reason: string;
  /** It will not become ready without a change: an image that cannot be pulled, a crash loop, a failed job. */
  readonly failed?: boolean;
}

/** How to delete. */
export interface DeleteOptions {
  /** Only the object with this uid; one of the same name that came later stays. */
  readonly uid?: string;
  /** Only the object of this resourceVersion; elsewhere the request is rejected with status 409. */
  readonly resourceVersion?: string;
  /** Default: Background. */
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  /** How long to wait until it is gone. Default: the deadline of the client. */
  readonly deadlineSeconds?: number;
}

/** Whether it is gone, and what holds it if not. */
export interface Deletion {
  readonly gone: boolean;
  readonly finalizers: readonly string[];
}

/** How to wait. */
export interface WaitOptions {
  readonly deadlineSeconds: number;
  /** So many replicas of an object must be available, also when it asks for fewer itself. Default: 0. */
  readonly leastReplicas?: (ref: ObjectRef) => number;
  /** Judges the objects instead of the rules of their kinds. */
  readonly judge?: (live: LiveObject) => Omit<Readiness, 'ref'>;
  /** Called with the first state of every object and with every change. */
  readonly onChange?: (readiness: Readiness) => void;
  readonly signal?: AbortSignal;
}

/** One API server. Every rejection is an EdgeError of errors.ts. */
export interface ClusterClient {
  readonly name: string;
  /** The object, or undefined when there is none. */
  get(ref: ObjectRef): Promise<LiveObject | undefined>;
  /** All objects with these labels, page by page. */
  list(kind: KindRef, labelSelector: string): Promise<readonly LiveObject[]>;
  /** Server-side apply with field manager `littoral`: one request. */
  apply(manifest: Manifest, options?: ApplyOptions): Promise<ApplyOutcome>;
  /** Deletes and waits until it is gone; one that does not exist is gone. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<Deletion>;
  /** Watches until every object is ready or failed, or the deadline has passed. In the order of `refs`. */
  waitReady(refs: readonly ObjectRef[], options: WaitOptions): Promise<readonly Readiness[]>;
  /** Whether the server knows the kind, and where its objects live. */
  scopeOf(apiVersion: string, kind: string): Promise<Scope | undefined>;
  /** Every kind of namespaced objects that the server lists, in the version that it prefers; asked of the server each time. */
  namespacedKinds(): Promise<readonly Pick<KindRef, 'apiVersion' | 'kind'>[]>;
  /** What the object would be if it were replaced by `object`, which bears its resourceVersion: a dry run. */
  forecastReplacement(object: LiveObject): Promise<LiveObject>;
  /**
   * Says anew who owns which fields, where the object is still of the resourceVersion it bears; values stay. Rejects
   * with status 409 elsewhere.
   */
  assignFields(object: LiveObject, managedFields: readonly ManagedField[]): Promise<LiveObject>;
  /**
   * Gives the object up where it is still of the resourceVersion it bears: labels of these names go, and so does our
   * part of who owns its fields; values stay. Rejects with status 409 elsewhere.
   */
  disown(object: LiveObject, labels: readonly string[]): Promise<LiveObject>;
  close(): Promise<void>;
}
