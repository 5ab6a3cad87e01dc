/** Clusters in memory: kinds, namespaces and uids, and faults a real server will not produce on demand. */
import { createHash } from 'node:crypto';
import type { Manifest } from '../../constructs/model/app/workload';
import type {
  ApplyOptions,
  ApplyOutcome,
  ClusterClient,
  DeleteOptions,
  Deletion,
  KindRef,
  LiveObject,
  ManagedField,
  ObjectRef,
  Readiness,
} from '../../providers/clusters/cluster';
import { ClusterError } from '../../providers/clusters/errors';
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import {
  conflictsOf,
  copy,
  isSame,
  leavesIn,
  leavesOf,
  live,
  merge,
  type Plain,
  type Stored,
  setAt,
  withoutUids,
} from './stored-object';

/** What goes wrong with a request: the process ends before or after it, the line breaks before or after it, or the server fails. */
export type Fault = 'crash' | 'crash after' | 'cut' | 'cut after' | '500';

/** The process that made requests is no more: not an error of a cluster. */
export class Crash extends Error {}

/** One request as a test sees it. */
export interface Request {
  readonly cluster: string;
  readonly verb: 'get' | 'list' | 'apply' | 'dry run' | 'delete' | 'wait';
  readonly object: string;
}

/** Many clusters with one log of requests. */
export class Clusters {
  readonly requests: Request[] = [];
  readonly servers = new Map<string, Server>();
  /** Asked for every request by its number, from 0. */
  fault: (number: number, request: Request) => Fault | undefined = () => undefined;
  private isCrashed = false;

  /** The cluster of this name, made on first use. */
  named(name: string): Server {
    const known = this.servers.get(name);
    if (known !== undefined) return known;
    const made = new Server(name, this);
    this.servers.set(name, made);
    return made;
  }

  /** A new process: faults are forgotten. */
  restart(): void {
    this.isCrashed = false;
    this.fault = () => undefined;
    this.requests.length = 0;
  }

  /** Requests that change something. */
  writes(): readonly Request[] {
    return this.requests.filter(({ verb }) => verb === 'apply' || verb === 'delete');
  }

  /** Runs one request through the faults. */
  async ask<T>(request: Request, answer: () => T): Promise<T> {
    await Promise.resolve();
    if (this.isCrashed) throw new Crash('the process has ended');
    const fault = this.fault(this.requests.push(request) - 1, request);
    const fail = (summary: string, more: object): never => {
      const { cluster } = request;
      throw new ClusterError({ cluster, summary, remedy: 'Wait.', ...more });
    };
    const crash = () => {
      this.isCrashed = true;
      throw new Crash('crashed');
    };
    if (fault === 'crash') crash();
    if (fault === 'cut') fail('the line was cut', { unreachable: true });
    if (fault === '500') fail('internal error', { status: 500, retriable: true });
    const result = answer();
    if (fault === 'crash after') crash();
    if (fault === 'cut after') fail('the line was cut', { unreachable: true });
    return result;
  }
}

/** One cluster. */
export class Server {
  readonly objects = new Map<string, Stored>();
  private readonly kinds = new Map<string, 'Namespaced' | 'Cluster'>();
  private counter = 0;
  /** Does not answer. */
  dead = false;
  /** Refuses an apply with this sentence. */
  refuse: (manifest: Manifest) => string | undefined = () => undefined;

  constructor(
    readonly name: string,
    private readonly clusters: Clusters,
  ) {
    const known: readonly [string, readonly string[]][] = [
      ['v1', ['ConfigMap', 'Secret', 'Service', 'Pod', 'ServiceAccount', 'PersistentVolumeClaim']],
      ['apps/v1', ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']],
      ['batch/v1', ['Job', 'CronJob']],
      ['networking.k8s.io/v1', ['Ingress', 'NetworkPolicy']],
      ['rbac.authorization.k8s.io/v1', ['RoleBinding']],
      ['example.dev/v1', ['Beacon']],
    ];
    for (const [version, kinds] of known) {
      for (const kind of kinds) this.kinds.set(`${version}/${kind}`, 'Namespaced');
    }
    this.kinds.set('v1/Namespace', 'Cluster');
    this.kinds.set('apiextensions.k8s.io/v1/CustomResourceDefinition', 'Cluster');
    this.kinds.set('admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration', 'Cluster');
  }

  /** A client like that of a real cluster. */
  client(): ClusterClient {
    const ask = <T>(verb: Request['verb'], object: string, answer: () => T) =>
      this.clusters.ask({ cluster: this.name, verb, object }, answer);
    return {
      name: this.name,
      get: (ref) => ask('get', keyOf(ref), () => this.read(this.keyOf(ref))),
      list: (kind, selector) => ask('list', kind.kind, () => this.search(kind, selector)),
      apply: (manifest, options = {}) =>
        ask(options.dryRun ? 'dry run' : 'apply', keyOf(refOf(manifest)), () =>
          this.apply(options.manager ?? 'littoral', manifest, options),
        ),
      delete: (ref, options = {}) =>
        ask('delete', keyOf(ref), () => this.remove(this.keyOf(ref), options)),
      waitReady: (refs, { judge }) =>
        ask('wait', refs.map(keyOf).join(' '), () =>
          refs.map((ref) => {
            const found = judge && this.read(this.keyOf(ref));
            return found ? { ref, ...judge(found) } : this.readiness(ref);
          }),
        ),
      scopeOf: async (apiVersion, kind) => this.kinds.get(`${apiVersion}/${kind}`),
      namespacedKinds: () => ask('list', 'kinds', () => this.namespacedKinds()),
      forecastReplacement: (object) =>
        ask('dry run', keyOf(refOf(object)), () => structuredClone(object)),
      assignFields: (object, fields) =>
        ask('apply', keyOf(refOf(object)), () => this.assign(object, fields)),
      disown: (object, labels) =>
        ask('apply', keyOf(refOf(object)), () => this.disown(object, labels)),
      close: async () => undefined,
    };
  }

  /** Serves a kind that someone else has defined. */
  serve(apiVersion: string, kind: string, scope: 'Namespaced' | 'Cluster'): void {
    this.kinds.set(`${apiVersion}/${kind}`, scope);
  }

  /** Where an object is: a namespace that its kind has none of is passed over, as by a server, and one that is missing refused. */
  private keyOf(ref: ObjectRef): string {
    const scope = this.kinds.get(`${ref.apiVersion}/${ref.kind}`);
    const { namespace, ...rest } = ref;
    if (scope === 'Cluster') return keyOf(rest);
    if (scope === 'Namespaced' && namespace === undefined) {
      this.fail(422, 'Invalid', `${ref.kind} ${ref.name} has no namespace`);
    }
    return keyOf(ref);
  }

  /** The object as the server has it. */
  read(key: string): LiveObject | undefined {
    const stored = this.objects.get(key);
    return stored === undefined ? undefined : live(stored);
  }

  private disown(object: LiveObject, labels: readonly string[]): LiveObject {
    const stored = this.objects.get(keyOf(refOf(object)));
    if (stored === undefined || String(stored.version) !== object.metadata.resourceVersion) {
      return this.fail(409, 'Conflict', 'the object has been modified');
    }
    for (const label of labels) setAt(stored.manifest, ['metadata', 'labels', label], undefined);
    stored.owners.delete('littoral');
    stored.version += 1;
    return live(stored);
  }

  private assign(object: LiveObject, fields: readonly ManagedField[]): LiveObject {
    const stored = this.objects.get(keyOf(refOf(object)));
    if (stored === undefined || String(stored.version) !== object.metadata.resourceVersion) {
      return this.fail(409, 'Conflict', 'the object has been modified');
    }
    stored.owners.clear();
    for (const { manager = '', fieldsV1 } of fields) stored.owners.set(manager, leavesIn(fieldsV1));
    stored.version += 1;
    return live(stored);
  }

  /** As discovery tells them. */
  private namespacedKinds() {
    const namespaced = [...this.kinds].filter(([, scope]) => scope === 'Namespaced');
    return namespaced.map(([key]) => {
      const cut = key.lastIndexOf('/');
      return { apiVersion: key.slice(0, cut), kind: key.slice(cut + 1) };
    });
  }

  /** Server-side apply. */
  apply(manager: string, manifest: Manifest, options: ApplyOptions = {}): ApplyOutcome {
    const ref = refOf(manifest);
    const key = this.keyOf(ref);
    const refusal = this.refuse(manifest);
    if (refusal !== undefined) this.fail(403, 'Forbidden', refusal);
    this.checkPlace(ref);
    const before = this.objects.get(key);
    const { onlyIf } = options;
    const wantedVersion = onlyIf === 'absent' ? undefined : onlyIf?.resourceVersion;
    if (onlyIf !== undefined && before && String(before.version) !== wantedVersion) {
      this.fail(409, 'Conflict', 'the object has been modified');
    }
    if (wantedVersion !== undefined && !before) this.fail(409, 'Conflict', 'it is not there');
    const stored = before === undefined ? this.fresh(manifest) : copy(before);
    const wanted = leavesOf(manifest);
    const conflicts = conflictsOf(stored, wanted, manager);
    if (conflicts.length > 0 && options.force !== true) return { kind: 'conflict', conflicts };
    merge(stored, wanted, manager);
    const kind =
      before === undefined ? 'created' : isSame(before, stored) ? 'unchanged' : 'changed';
    if (kind === 'changed') stored.version += 1;
    const isMoved =
      before !== undefined &&
      JSON.stringify(before.manifest.spec) !== JSON.stringify(stored.manifest.spec);
    if (isMoved) stored.generation += 1;
    if (options.dryRun !== true) this.store(key, stored);
    return { kind, object: live(stored) };
  }

  /** A person with an editor: takes what it changes. */
  edit(manager: string, key: string, path: readonly string[], value: unknown): void {
    const stored = this.objects.get(key);
    if (stored === undefined) throw new Error(`no ${key}`);
    const leaf = JSON.stringify(path);
    for (const owned of stored.owners.values()) owned.delete(leaf);
    if (value !== undefined) {
      const owned = stored.owners.get(manager) ?? new Set();
      stored.owners.set(manager, owned.add(leaf));
    }
    setAt(stored.manifest, path, value);
    stored.version += 1;
    if (path[0] === 'spec') stored.generation += 1;
  }

  /** Everything there without what differs from run to run. */
  picture(): Readonly<Record<string, unknown>> {
    const keys = [...this.objects.keys()].sort();
    return Object.fromEntries(
      keys.map((key) => {
        const { manifest, owners, deleted } = this.objects.get(key)!;
        const managers = [...owners].filter(([, owned]) => owned.size > 0).map(([name]) => name);
        return [key, { manifest: withoutUids(manifest), managers: managers.sort(), deleted }];
      }),
    );
  }

  /** Takes the object away behind everyone's back. */
  lose(key: string): void {
    this.objects.delete(key);
  }

  private store(key: string, stored: Stored): void {
    this.objects.set(key, stored);
    const { kind, spec } = stored.manifest as { kind: string; spec?: Plain };
    if (kind !== 'CustomResourceDefinition') return;
    const { group, names, scope, versions } = spec as {
      group: string;
      names: { kind: string };
      scope: 'Namespaced' | 'Cluster';
      versions: { name: string }[];
    };
    for (const { name } of versions) this.kinds.set(`${group}/${name}/${names.kind}`, scope);
  }

  private fresh(manifest: Manifest): Stored {
    const { apiVersion, kind, metadata } = manifest;
    const { name } = metadata;
    const isInside = this.kinds.get(`${apiVersion}/${kind}`) !== 'Cluster';
    const namespace = isInside ? metadata.namespace : undefined;
    this.counter += 1;
    const uid = createHash('sha256').update(`${this.name}${name}${this.counter}`).digest('hex');
    return {
      manifest: { apiVersion, kind, metadata: { name, ...(namespace ? { namespace } : {}) } },
      uid: `uid-${uid.slice(0, 12)}`,
      version: 1,
      generation: 1,
      owners: new Map(),
    };
  }

  private checkPlace({ namespace, apiVersion, kind }: ObjectRef): void {
    if (!this.kinds.has(`${apiVersion}/${kind}`)) this.fail(404, 'NotFound', `no kind ${kind}`);
    if (
      this.kinds.get(`${apiVersion}/${kind}`) !== 'Cluster' &&
      namespace !== undefined &&
      namespace !== 'default' &&
      !this.objects.has(`/Namespace//${namespace}`)
    ) {
      this.fail(404, 'NotFound', `namespaces "${namespace}" not found`);
    }
  }

  private fail(status: number, reason: string, summary: string): never {
    throw new ClusterError({ cluster: this.name, status, reason, summary, remedy: 'Correct it.' });
  }

  private search({ apiVersion, kind, namespace }: KindRef, selector: string): LiveObject[] {
    if (!this.kinds.has(`${apiVersion}/${kind}`)) this.fail(404, 'NotFound', `no kind ${kind}`);
    const terms = selector.split(',').filter((term) => term !== '');
    const holds = (labels: Plain | undefined) => (term: string) => {
      const [, label = '', operator, value] = /^([^!=]+)(!?=)(.*)$/.exec(term) ?? [];
      return (labels?.[label] === value) === (operator === '=');
    };
    return [...this.objects.values()].map(live).filter((one) => {
      if (one.apiVersion !== apiVersion || one.kind !== kind) return false;
      const isInside = one.metadata.namespace !== undefined;
      if (isInside && namespace !== undefined && one.metadata.namespace !== namespace) return false;
      return terms.every(holds(one.metadata.labels as Plain | undefined));
    });
  }

  private remove(key: string, { uid, resourceVersion }: DeleteOptions): Deletion {
    const stored = this.objects.get(key);
    if (stored === undefined || (uid !== undefined && stored.uid !== uid)) {
      return { gone: true, finalizers: [] };
    }
    if (resourceVersion !== undefined && String(stored.version) !== resourceVersion) {
      this.fail(409, 'Conflict', 'the object has been modified');
    }
    const { finalizers = [] } = stored.manifest.metadata as { finalizers?: string[] };
    if (finalizers.length > 0) {
      stored.deleted = true;
      return { gone: false, finalizers };
    }
    this.objects.delete(key);
    const { name } = stored.manifest.metadata as { name: string };
    if (key.startsWith('/Namespace/')) {
      for (const other of [...this.objects.keys()]) {
        if (other.split('/')[2] === name) this.objects.delete(other);
      }
    }
    return { gone: true, finalizers: [] };
  }

  private readiness(ref: ObjectRef): Readiness {
    const there = this.objects.get(this.keyOf(ref));
    if (there === undefined) return { ref, ready: false, reason: 'it is not there' };
    const isBad = JSON.stringify(there.manifest).includes(':bad"');
    if (!isBad) return { ref, ready: true, reason: 'ready' };
    return { ref, ready: false, failed: true, reason: 'ImagePullBackOff' };
  }
}
