/** One object of the clusters in memory: which manager owns which field, what an apply makes of it, and what a reader sees. */
import type { LiveObject } from '../../providers/clusters/cluster';

export type Plain = Record<string, unknown>;
/** Path of a leaf as JSON, to its value. */
type Leaves = Map<string, unknown>;

/** An object as a cluster in memory has it. */
export interface Stored {
  readonly manifest: Plain;
  readonly uid: string;
  version: number;
  generation: number;
  readonly owners: Map<string, Set<string>>;
  deleted?: true;
}

/** What a reader gets. */
export function live({ manifest, uid, version, generation, owners, deleted }: Stored): LiveObject {
  const managedFields = [...owners]
    .filter(([, owned]) => owned.size > 0)
    .map(([manager, owned]) => ({
      manager,
      operation: manager === 'littoral' ? 'Apply' : 'Update',
      fieldsV1: fieldsOf(owned),
    }));
  const metadata = {
    ...(manifest.metadata as Plain),
    uid,
    resourceVersion: String(version),
    generation,
    managedFields,
    ...(deleted ? { deletionTimestamp: '2026-11-21T00:00:00Z' } : {}),
  };
  return structuredClone({ ...manifest, metadata }) as unknown as LiveObject;
}

function fieldsOf(owned: ReadonlySet<string>): Plain {
  const root: Plain = {};
  for (const leaf of [...owned].sort()) {
    let node = root;
    for (const step of JSON.parse(leaf) as string[]) {
      node[`f:${step}`] ??= {};
      node = node[`f:${step}`] as Plain;
    }
  }
  return root;
}

/** The leaves of a set of fields. */
export function leavesIn(fields: unknown, path: readonly string[] = []): Set<string> {
  const steps = Object.keys(fields as Plain);
  if (steps.length === 0) return new Set([JSON.stringify(path)]);
  return new Set(
    steps.flatMap((step) => [...leavesIn((fields as Plain)[step], [...path, step.slice(2)])]),
  );
}

const identity = /^\["(apiVersion|kind|metadata","(name|namespace|uid|resourceVersion))"\]$/;

/** Lists are leaves: nobody owns half of one here. */
export function leavesOf(
  value: unknown,
  path: readonly string[] = [],
  into: Leaves = new Map(),
): Leaves {
  const isBranch = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (isBranch && (path.length === 0 || Object.keys(value).length > 0)) {
    for (const [key, item] of Object.entries(value)) leavesOf(item, [...path, key], into);
  } else if (!identity.test(JSON.stringify(path))) into.set(JSON.stringify(path), value);
  return into;
}

/** The fields that are wanted otherwise, and who owns them. */
export function conflictsOf(stored: Stored, wanted: Leaves, manager: string) {
  const now = leavesOf(stored.manifest);
  return [...wanted].flatMap(([leaf, value]) => {
    if (JSON.stringify(now.get(leaf)) === JSON.stringify(value)) return [];
    const owner = [...stored.owners].find(([name, owned]) => name !== manager && owned.has(leaf));
    const field = `.${(JSON.parse(leaf) as string[]).join('.')}`;
    return owner === undefined ? [] : [{ manager: owner[0], field }];
  });
}

/** What one manager applies: it takes what it changes, and what it no longer names goes unless others own it. */
export function merge(stored: Stored, wanted: Leaves, manager: string): void {
  const now = leavesOf(stored.manifest);
  const had = stored.owners.get(manager) ?? new Set<string>();
  for (const leaf of had) {
    const isOthers = [...stored.owners].some(
      ([name, owned]) => name !== manager && owned.has(leaf),
    );
    if (!wanted.has(leaf) && !isOthers) setAt(stored.manifest, JSON.parse(leaf), undefined);
  }
  for (const [leaf, value] of wanted) {
    if (JSON.stringify(now.get(leaf)) !== JSON.stringify(value)) {
      for (const owned of stored.owners.values()) owned.delete(leaf);
    }
    setAt(stored.manifest, JSON.parse(leaf), value);
  }
  stored.owners.set(manager, new Set(wanted.keys()));
}

/** Sets a leaf, or takes it away with the branches it leaves empty. */
export function setAt(root: Plain, path: readonly string[], value: unknown): void {
  const [first = '', ...rest] = path;
  if (rest.length > 0) {
    root[first] ??= {};
    const inner = root[first] as Plain;
    setAt(inner, rest, value);
    if (value === undefined && Object.keys(inner).length === 0) delete root[first];
  } else if (value === undefined) delete root[first];
  else root[first] = structuredClone(value);
}

export function copy(stored: Stored): Stored {
  const owners = new Map([...stored.owners].map(([name, owned]) => [name, new Set(owned)]));
  return { ...stored, manifest: structuredClone(stored.manifest), owners };
}

/** Whether values and owners are the same. */
export function isSame(a: Stored, b: Stored): boolean {
  const text = ({ manifest, owners }: Stored) =>
    JSON.stringify([
      [...leavesOf(manifest)].sort(),
      [...owners].map(([name, owned]) => [name, [...owned].sort()]).sort(),
    ]);
  return text(a) === text(b);
}

/** The manifest without what differs from run to run. */
export function withoutUids(manifest: Plain): unknown {
  const text = JSON.stringify(sorted(manifest));
  return JSON.parse(text.replace(/uid-[0-9a-f]{12}/g, 'uid'));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
