/** Inventory: the list of what a release put into a cluster, kept in that cluster as a ConfigMap. */

import type { Manifest } from '../../../../constructs/model/app/workload';
import { byCodeUnits } from '../../../../constructs/model/canonical';
import { z } from '../../../../constructs/parsing';
import type { ObjectRef } from '../../../clusters/cluster';
import { keyOf, labelled } from './identity';
import { type Owner, ownerSchema } from './owner';

const refShape = {
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
};
const entrySchema = z.strictObject({
  ...refShape,
  uid: z.string().optional().describe('Absent: announced, and perhaps not yet made.'),
  digest: z.string().optional().describe('Of what was applied, without the values of secrets.'),
  fields: z.string().optional().describe('Digest of the fields we owned right after.'),
  adopted: z.literal(true).optional().describe('It was there before the release.'),
  keep: z.string().optional().describe('The annotation by which it stays behind.'),
});
export const inventorySchema = z.strictObject({
  release: z.string(),
  owner: ownerSchema.optional().describe('Who wrote it last. Absent: unknown, so anybody may.'),
  decision: z.string(),
  phase: z.enum(['applying', 'ready', 'removing']),
  objects: z.array(entrySchema),
});

/** One object that the release put there, or is about to. */
export type Entry = z.output<typeof entrySchema>;
/** What a release put into one cluster. */
export type Inventory = z.output<typeof inventorySchema>;

const dataKey = 'inventory.json';

/** Where the inventory of a release is. */
export function inventoryRef(release: string, namespace: string): ObjectRef {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: `littoral-${release}` };
}

/** The ConfigMap to apply. */
export function inventoryManifest(inventory: Inventory, namespace: string): Manifest {
  const { apiVersion, kind, name } = inventoryRef(inventory.release, namespace);
  const manifest = { apiVersion, kind, metadata: { name, namespace } };
  const data = { [dataKey]: JSON.stringify(inOrder(inventory)) };
  return { ...labelled(manifest, { release: inventory.release, namespace }), data };
}

/** The inventory in a ConfigMap; undefined when it is none, or was broken by hand. */
export function tryInventory(live: Manifest, release: string): Inventory | undefined {
  const text = (live.data as Readonly<Record<string, unknown>> | undefined)?.[dataKey];
  if (typeof text !== 'string') return undefined;
  try {
    const read = inventorySchema.safeParse(JSON.parse(text));
    return read.success && read.data.release === release ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Equal inventories have equal texts. */
export function isSameInventory(a: Inventory | undefined, b: Inventory): boolean {
  return a !== undefined && JSON.stringify(inOrder(a)) === JSON.stringify(inOrder(b));
}

/** The part of an entry that names the object. */
export function entryRef({ apiVersion, kind, namespace, name }: Entry): ObjectRef {
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** The one way to write an inventory: equal ones have equal bytes. */
export function inOrder(inventory: Inventory): Inventory {
  const objects = [...inventory.objects]
    .sort((a, b) => byCodeUnits(keyOf(entryRef(a)), keyOf(entryRef(b))))
    .map(({ uid, digest, fields, adopted, keep, ...rest }) => ({
      ...entryRef(rest),
      ...(uid === undefined ? {} : { uid }),
      ...(digest === undefined ? {} : { digest }),
      ...(fields === undefined ? {} : { fields }),
      ...(adopted === undefined ? {} : { adopted }),
      ...(keep === undefined ? {} : { keep }),
    }));
  const { release, owner, decision, phase } = inventory;
  const held = owner === undefined ? {} : { owner: ownerInOrder(owner) };
  return { release, ...held, decision, phase, objects };
}

function ownerInOrder({ id, name, origin }: Owner): Owner {
  return { id, name, ...(origin === undefined ? {} : { origin }) };
}
