/** Fields: what differs between two versions of an object, path by path, without the values of secrets. */
import type { ObjectRef } from '../../../clusters/cluster';
import { isSecret } from './identity';

/** One field before and after; a side that is left out does not exist there. */
export interface FieldChange {
  /** Such as .spec.template.spec.containers[name=web].image */
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Stands for a value that is not to be seen. */
export const HIDDEN = '(hidden)';

type Plain = Readonly<Record<string, unknown>>;

const serverSide = new Set([
  ...['.status', '.metadata.managedFields', '.metadata.resourceVersion', '.metadata.generation'],
  ...['.metadata.uid', '.metadata.creationTimestamp', '.metadata.selfLink'],
]);
/** Annotations that hold a copy of the whole object, or that a controller counts in. */
const noise = [
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
];

/** Every field of the object that differs, in the order of their paths in `before`, then in `after`. */
export function changedFields(
  ref: Pick<ObjectRef, 'kind' | 'apiVersion'>,
  before: unknown,
  after: unknown,
): readonly FieldChange[] {
  const changes: FieldChange[] = [];
  compare('', withoutNoise(before), withoutNoise(after), changes);
  return isSecret(ref) ? changes.map(withoutValues) : changes;
}

function withoutNoise(object: unknown): unknown {
  const { metadata, ...rest } = (object ?? {}) as Plain;
  const { annotations, ...others } = (metadata ?? {}) as Plain;
  if (typeof annotations !== 'object' || annotations === null) return object;
  const kept = Object.entries(annotations).filter(([key]) => !noise.includes(key));
  const shown = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...rest, metadata: { ...others, ...shown } };
}

function compare(path: string, before: unknown, after: unknown, out: FieldChange[]): void {
  if (serverSide.has(path) || Object.is(before, after)) return;
  const [a, b] = [membersOf(before, after), membersOf(after, before)];
  if (a !== undefined && b !== undefined) {
    for (const key of new Set([...a.keys(), ...b.keys()])) {
      compare(`${path}${key}`, a.get(key), b.get(key), out);
    }
    return;
  }
  out.push({
    path: path === '' ? '.' : path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  });
}

/** The parts of a value by their step in a path; lists of named things by name, so that order says nothing. */
function membersOf(value: unknown, other: unknown): ReadonlyMap<string, unknown> | undefined {
  if (Array.isArray(value)) {
    if (!Array.isArray(other)) return undefined;
    const isNamed = namesUnique(value) && namesUnique(other);
    return new Map(
      value.map((item, index) => [isNamed ? `[name=${(item as Plain).name}]` : `[${index}]`, item]),
    );
  }
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map(Object.entries(value).map(([key, item]) => [stepText(key), item]));
}

/** Whether every item is told by its name. */
export function namesUnique(items: readonly unknown[]): boolean {
  const names = items.map((item) => (item as Plain | null)?.name);
  return names.every((name) => typeof name === 'string') && new Set(names).size === names.length;
}

/** `.key`, or `["a.b/c"]` for a key that would not read as one. */
export function stepText(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function withoutValues(change: FieldChange): FieldChange {
  const isOpen = /^\.(kind|apiVersion|type|immutable|metadata\.labels)\b/.test(change.path);
  if (isOpen) return change;
  const { path } = change;
  return {
    path,
    ...('before' in change ? { before: HIDDEN } : {}),
    ...('after' in change ? { after: HIDDEN } : {}),
  };
}
