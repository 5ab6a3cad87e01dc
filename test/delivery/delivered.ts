/** What an engine would bring into each cluster, read from the hub objects and files alone, as the engine reads them. */
import { parse } from 'yaml';
import type { Manifest } from '../../constructs/model/app/workload';

type Plain = Readonly<Record<string, unknown>>;

/** Objects by cluster. */
export type ByCluster = ReadonlyMap<string, readonly Manifest[]>;

/** As each engine reads its own objects. */
export function deliveredBy(engine: string, files: ReadonlyMap<string, string>): ByCluster {
  const hub = [...files]
    .filter(([path]) => path.startsWith('hub/'))
    .map(([, text]) => parse(text) as Manifest);
  const result = new Map<string, Manifest[]>();
  const add = (cluster: string, manifests: readonly Manifest[]) =>
    result.set(cluster, [...(result.get(cluster) ?? []), ...manifests]);
  const folder = (path: string) =>
    [...files]
      .filter(([file]) => file.startsWith(`${path.replace(/^\.\//, '')}/`))
      .map(([, text]) => parse(text) as Manifest);
  if (engine === 'directories') {
    const paths = [...files.keys()].map((path) => path.split('/').slice(0, 3).join('/'));
    for (const path of new Set(paths)) add(path.split('/')[2]!, folder(path));
  }
  for (const { kind, metadata, spec: its } of hub) {
    if (kind === 'Kustomization') {
      const { kubeConfig, path } = its as {
        kubeConfig: { secretRef: { name: string } };
        path: string;
      };
      add(kubeConfig.secretRef.name.replace(/-kubeconfig$/, ''), folder(path));
    }
    if (kind === 'Application') {
      const { destination, source } = its as {
        destination: { name: string };
        source: { path: string };
      };
      add(destination.name, folder(source.path));
    }
    if (kind === 'ManifestWork' || kind === 'Work') {
      const { workload } = its as { workload: { manifests: Manifest[] } };
      add(metadata.namespace!.replace(/^karmada-es-/, ''), workload.manifests);
    }
    if (kind.endsWith('ResourcePlacement')) {
      const { policy, resourceSelectors } = its as {
        policy: { clusterNames: string[] };
        resourceSelectors: { kind: string; name: string }[];
      };
      const [wanted] = resourceSelectors;
      const envelope = hub.find(
        (one) =>
          one.kind === wanted!.kind &&
          one.metadata.name === wanted!.name &&
          one.metadata.namespace === metadata.namespace,
      );
      for (const cluster of policy.clusterNames) {
        add(cluster, Object.values(envelope!.data as Record<string, Manifest>));
      }
    }
  }
  return result;
}

const engineNotes = ['kustomize.toolkit.fluxcd.io/prune', 'argocd.argoproj.io/sync-options'];

/** Without what engines note on objects for themselves. */
export function plain(manifest: Manifest): Manifest {
  const { annotations = {}, ...metadata } = manifest.metadata as Plain & { annotations?: Plain };
  const kept = Object.entries(annotations).filter(([key]) => !engineNotes.includes(key));
  const notes = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...manifest, metadata: { ...metadata, ...notes } } as Manifest;
}
