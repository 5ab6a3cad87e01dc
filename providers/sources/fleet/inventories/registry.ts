/** The registry of inventories: one row for each kind of hub that a fleet can be read from. */
import { argoCd } from './argo-cd';
import { clusterApi } from './cluster-api';
import { clusterProfile } from './cluster-profile';
import type { Inventory } from './inventory';
import { karmada } from './karmada';
import { kubefleet } from './kubefleet';
import { ocm } from './ocm';
import { rancherFleet } from './rancher-fleet';

/** Every inventory by the word that names it in `from`. */
export const inventories = {
  'argo-cd': argoCd,
  'cluster-api': clusterApi,
  'cluster-profile': clusterProfile,
  karmada,
  kubefleet,
  ocm,
  'rancher-fleet': rancherFleet,
} as const satisfies Readonly<Record<string, Inventory>>;

/** The word that names an inventory. */
export type InventoryKey = keyof typeof inventories;
/** All of them, sorted. */
export const inventoryKeys = Object.keys(inventories).sort() as [InventoryKey, ...InventoryKey[]];
