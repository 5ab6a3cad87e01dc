/** Delivery by HashiCorp's provider: one block per cluster and object, gated by the placement. */
import { Construct } from 'constructs';
import { renderWith } from '../../kubernetes/render';
import type { Bundle } from '../../model/app/bundle';
import type { Manifest } from '../../model/app/workload';
import type { Matchable } from '../../model/match';
import {
  conditional,
  Fn,
  TerraformLocal,
  type TerraformProvider,
  type TerraformResource,
  TerraformStack,
  Token,
} from '../cdktf';
import { escaped } from '../escape';
import type { LittoralPlacement } from '../placement-resource';
import { type Decided, fillExpression, sitesExpression } from './expressions';
import { KubernetesProvider, objectResource } from './resources';

/** A cluster that a placement may choose, and how Terraform reaches it. */
export interface Site {
  readonly name: string;
  /** Path of a kubeconfig, as seen from the stack's folder. Never its contents. */
  readonly configPath: string;
  readonly context?: string | undefined;
  /** What overrides and region slots look at; needed when the bundle was made without a fleet. */
  readonly facts?: Matchable | undefined;
}

/** What to deliver, and how. */
export interface Delivery {
  readonly app: string;
  readonly bundle: Bundle;
  readonly placement: LittoralPlacement;
  readonly sites: readonly Site[];
  /** Whether an apply waits until objects are ready. */
  readonly wait: boolean;
  /** A stack for each cluster instead of one provider alias each. */
  readonly stacks: boolean;
}

/** Adds the resources of every site below `scope`, or below a stack of its own beside `scope`'s. */
export function deliver(scope: Construct, delivery: Delivery): void {
  const bundle = escaped(delivery.bundle);
  const own = TerraformStack.of(scope);
  for (const site of delivery.sites) {
    const where = delivery.stacks
      ? siteScope(own, scope.node.id, site)
      : new Construct(scope, site.name);
    const provider = providerFor(where, site, !delivery.stacks);
    siteObjects(where, { ...delivery, bundle }, site, provider);
  }
}

function siteObjects(
  scope: Construct,
  { app, bundle, placement, wait }: Delivery,
  { name, facts }: Site,
  provider: TerraformProvider,
): void {
  const decided = decidedIn(scope, app, placement);
  const manifests = renderWith(bundle, name, facts, (fill, known) =>
    fillExpression(fill, known, name, decided),
  );
  const count = Token.asNumber(
    conditional(Fn.contains(placement.placed(app).clusters, name), 1, 0),
  );
  const namespaces = new Map<string, TerraformResource>();
  for (const manifest of manifests) {
    const home = namespaces.get(namespaceOf(manifest));
    const dependsOn = home === undefined ? {} : { dependsOn: [home] };
    const options = { provider, count, wait, ...dependsOn };
    const resource = objectResource(scope, objectId(manifest), manifest, options);
    if (manifest.kind === 'Namespace') namespaces.set(manifest.metadata.name, resource);
  }
}

/** The decision's local, one per stack and app: 1,000 objects refer to it. */
function decidedIn(scope: Construct, app: string, placement: LittoralPlacement): Decided {
  const stack = TerraformStack.of(scope);
  const id = `${placement.friendlyUniqueId}_${app}`;
  const local =
    (stack.node.tryFindChild(id) as TerraformLocal | undefined) ??
    new TerraformLocal(stack, id, sitesExpression(placement.decision, app));
  return { sites: `local.${local.friendlyUniqueId}`, digest: placement.digest };
}

/** A stack beside the placement's, which Terraform plans and applies by itself. */
function siteScope(own: TerraformStack, deployment: string, { name }: Site): Construct {
  const { root } = own.node;
  const id = `${own.node.id}-${name}`;
  const stack =
    (root.node.tryFindChild(id) as TerraformStack | undefined) ?? new TerraformStack(root, id);
  return new Construct(stack, deployment);
}

/** One per cluster and stack. An alias is needed only where others are beside it. */
function providerFor(scope: Construct, site: Site, aliased: boolean): TerraformProvider {
  const stack = TerraformStack.of(scope);
  const id = `kubernetes-${site.name}`;
  const found = stack.node.tryFindChild(id);
  if (found !== undefined) return found as KubernetesProvider;
  return new KubernetesProvider(stack, id, {
    ...(aliased ? { alias: aliasOf(site.name) } : {}),
    configPath: escaped(site.configPath),
    ...(site.context === undefined ? {} : { configContext: escaped(site.context) }),
  });
}

/** Terraform's names begin with a letter and have no dots. */
function aliasOf(cluster: string): string {
  const plain = cluster.replace(/[^A-Za-z0-9_-]/g, (other) => `_${other.codePointAt(0)}_`);
  return /^[A-Za-z]/.test(plain) ? plain : `cluster_${plain}`;
}

function namespaceOf({ kind, metadata }: Manifest): string {
  return kind === 'Namespace' ? '' : (metadata.namespace ?? '');
}

function objectId({ kind, metadata }: Manifest): string {
  const { name, namespace } = metadata;
  return [kind.toLowerCase(), ...(namespace === undefined ? [] : [namespace]), name].join('-');
}
