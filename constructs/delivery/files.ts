/** Files: the folder that a repository holds for an engine: hub objects by cluster, content by app and cluster, and what leaves. */
import { clusterFiles } from '../kubernetes/layout';
import { readManifests } from '../kubernetes/manifests';
import { overlay } from '../kubernetes/overlay';
import { manifestYaml } from '../kubernetes/yaml';
import type { Manifest } from '../model/app/workload';
import type { Delivery } from './deliver';
import type { Engine } from './engine';
import { APP_LABEL, CLUSTER_LABEL, labelOf } from './hub-object';

/** What becomes of hub objects that are in the folder and whose cluster no longer has the app. */
export type Leaving = 'keep' | 'delete' | 'gone';
/** In the order in which a move goes through them. */
export const leavings = ['keep', 'delete', 'gone'] as const satisfies readonly Leaving[];

/** An app on a cluster that it leaves. */
export interface LeavingPair {
  readonly app: string;
  readonly cluster: string;
}

/** What the folder is to hold. */
export interface DeliveryFiles {
  /** Text by path. */
  readonly files: ReadonlyMap<string, string>;
  /** In the order of the files. */
  readonly leaving: readonly LeavingPair[];
}

/** The folder of the hub objects. */
export const hubFolder = 'hub';

/**
 * `hub/CLUSTER/NN-KIND-NAME.yaml` and `PATH/APP/CLUSTER/NN-KIND-NAME.yaml`. Of `before`, what was written there the last time,
 * everything about an app on a cluster that the decision does not have stays: whatever emptied the decision, no engine
 * takes anything away by it. `delete` has the engine take it away, and `gone` drops it.
 */
export function deliveryFiles(
  { engine, delivered, sets }: Delivery,
  before: ReadonlyMap<string, string>,
  leaving: Leaving,
): DeliveryFiles {
  const files = new Map<string, string>();
  const add = (made: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(made)) files.set(path, text);
  };
  const byCluster = new Map<string, Manifest[]>();
  for (const { target, hub } of delivered) {
    const { name } = target.cluster;
    byCluster.set(name, [...(byCluster.get(name) ?? []), ...hub]);
  }
  for (const [name, hub] of byCluster) add(clusterFiles(`${hubFolder}/${name}`, hub));
  add(
    clusterFiles(
      hubFolder,
      sets.map(({ object }) => object),
    ),
  );
  for (const { target, folder } of engine.carriedBy === 'hub' ? [] : delivered) {
    add(clusterFiles(folder, target.content));
  }
  const chosen = new Set(delivered.map(({ target }) => pairKey(target.app, target.cluster.name)));
  const staying = leavingFiles(before, files, chosen);
  if (leaving !== 'gone') {
    for (const { path, object } of staying) files.set(path, textOf(object, engine, leaving));
    for (const [path, text] of before) {
      if (staying.some(({ pair }) => isContentOf(path, pair, engine)) && !files.has(path)) {
        files.set(path, text);
      }
    }
  }
  const pairs = new Map(staying.map(({ pair }) => [pairKey(pair.app, pair.cluster), pair]));
  return { files, leaving: [...pairs.values()] };
}

const pairKey = (app: string, cluster: string) => `${app} ${cluster}`;

interface LeavingFile {
  readonly path: string;
  readonly object: Manifest;
  readonly pair: LeavingPair;
}

/** Hub objects of the last time whose cluster no longer has the app. */
function leavingFiles(
  before: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, string>,
  chosen: ReadonlySet<string>,
): readonly LeavingFile[] {
  return [...before].flatMap(([path, text]): readonly LeavingFile[] => {
    if (!path.startsWith(`${hubFolder}/`) || files.has(path)) return [];
    const object = readManifests([{ text }]).templates[0]?.manifest;
    const app = object === undefined ? undefined : labelOf(object, APP_LABEL);
    const cluster = object === undefined ? undefined : labelOf(object, CLUSTER_LABEL);
    if (object === undefined || app === undefined || cluster === undefined) return [];
    return chosen.has(pairKey(app, cluster)) ? [] : [{ path, object, pair: { app, cluster } }];
  });
}

function isContentOf(path: string, { app, cluster }: LeavingPair, engine: Engine): boolean {
  return engine.carriedBy === 'source' && path.startsWith(`${engine.folderOf(app, cluster)}/`);
}

function textOf(object: Manifest, engine: Engine, leaving: Leaving): string {
  const change = leaving === 'delete' ? engine.withdrawing(object) : undefined;
  return manifestYaml(change === undefined ? object : overlay(object, change));
}
