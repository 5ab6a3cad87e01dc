/** Deliver: the objects of all apps on all their clusters, as an engine wants them: for the hub, and for the source. */
import { objectsByCluster } from '../kubernetes/collisions';
import { render } from '../kubernetes/render';
import type { Bundle } from '../model/app/bundle';
import type { Manifest } from '../model/app/workload';
import type { PlacementDecision } from '../model/decision';
import type { Fleet } from '../model/fleet';
import { type EdgeError, edgeErrorsOf, throwAll } from '../parsing';
import { applicationSet } from './argocd';
import { contentOf, objectKey, secretsIn } from './content';
import type { Engine, Target } from './engine';
import { type DeliverySettings, engineOf } from './registry';

/** One app on one cluster as an engine delivers it. */
export interface Delivered {
  readonly target: Target;
  /** Objects for the hub. */
  readonly hub: readonly Manifest[];
  /** Folder of the content in the source. */
  readonly folder: string;
}

/** Everything that a decision has an engine deliver. */
export interface Delivery {
  readonly engine: Engine;
  readonly delivered: readonly Delivered[];
  /** Objects for the hub that belong to no single cluster. */
  readonly sets: readonly { readonly app: string; readonly object: Manifest }[];
  readonly warnings: readonly string[];
}

/**
 * What every chosen cluster gets, by the decision alone. Pure. Throws EdgeErrors where two apps define one object, or a limit
 * of the engine is passed.
 */
export function deliver(
  bundles: readonly Bundle[],
  decision: Pick<PlacementDecision, 'apps' | 'digest'>,
  fleet: Pick<Fleet, 'clusters'>,
  settings: DeliverySettings,
): Delivery {
  const together = objectsByCluster(bundles, decision);
  const engine = engineOf(settings);
  const facts = new Map(fleet.clusters.map((one) => [one.name, one]));
  const errors: EdgeError[] = [];
  const delivered = bundles.flatMap((bundle) => {
    const placed = decision.apps.find(({ app }) => app === bundle.app)?.clusters ?? [];
    return placed.flatMap((one): readonly Delivered[] => {
      const cluster = facts.get(one.name) ?? { name: one.name };
      const options = {
        decisionDigest: decision.digest,
        ...('region' in cluster ? { cluster } : {}),
      };
      const rendered = withShared(render(bundle, one, options), together.get(one.name) ?? []);
      const target = targetOf(bundle.app, cluster, rendered, engine);
      try {
        const hub = engine.hubObjects(target);
        return [{ target, hub, folder: engine.folderOf(bundle.app, one.name) }];
      } catch (thrown) {
        const known = edgeErrorsOf(thrown);
        if (known === undefined) throw thrown;
        errors.push(...known);
        return [];
      }
    });
  });
  throwAll(errors);
  const isSet = settings.engine === 'argocd' && settings.applicationSet;
  if (!isSet) return { engine, delivered, sets: [], warnings: warningsOf(delivered, engine) };
  const apps = [...new Set(delivered.map(({ target }) => target.app))];
  const sets = apps.map((app) => {
    const targets = delivered.flatMap(({ target }) => (target.app === app ? [target] : []));
    return { app, object: applicationSet(targets, settings, engine) };
  });
  const bare = delivered.map((one) => ({ ...one, hub: [] }));
  return { engine, delivered: bare, sets, warnings: warningsOf(delivered, engine) };
}

/** Where two apps bring a Namespace, both bring the one that says more: one engine would undo what the other app asks for. */
function withShared(
  rendered: readonly Manifest[],
  together: readonly Manifest[],
): readonly Manifest[] {
  return rendered.map((manifest) => {
    if (manifest.kind !== 'Namespace') return manifest;
    return together.find((one) => objectKey(one) === objectKey(manifest)) ?? manifest;
  });
}

/** One app on one cluster. */
export function targetOf(
  app: string,
  cluster: Target['cluster'],
  rendered: readonly Manifest[],
  engine: Engine,
): Target {
  const { content, assigned } = contentOf(rendered);
  return { app, cluster, content: content.map(engine.contentOf), assigned };
}

function warningsOf(delivered: readonly Delivered[], { carriedBy }: Engine): readonly string[] {
  const where = carriedBy === 'hub' ? 'in objects of the hub' : 'in the files of the source';
  const found = delivered.flatMap(({ target }) =>
    secretsIn(target.content).map(
      ({ metadata }) => `${target.app}: the values of Secret ${metadata.name} lie as text ${where}`,
    ),
  );
  return [...new Set(found)];
}
