/** Kubernetes delivery: the objects of a decision as resources of @pulumi/kubernetes, one provider per cluster that has any. */

import * as pulumi from '@pulumi/pulumi';
import { render } from '../../../constructs';
import { applyStep, objectName } from '../../../constructs/kubernetes/kinds';
import type { Bundle } from '../../../constructs/model/app/bundle';
import type { Manifest } from '../../../constructs/model/app/workload';
import type { ClusterDecision, PlacementDecision } from '../../../constructs/model/decision';
import { replaceExact } from '../../../constructs/model/exact-integer';
import type { Cluster, Fleet } from '../../../constructs/model/fleet';
import { EdgeError } from '../../../constructs/parsing';
import { orMistake } from '../runtime/mistake';
import type { HeldCluster } from '../runtime/placement-provider';
import { classOf, providerClass } from './kubernetes-kinds';

/** What is delivered where. */
interface Delivered {
  readonly bundle: pulumi.Output<Bundle>;
  readonly decision: pulumi.Output<PlacementDecision>;
  readonly fleet: pulumi.Output<Fleet>;
  /** Clusters that were dropped while they do not answer. */
  readonly held: pulumi.Output<readonly HeldCluster[]>;
  readonly evacuate: pulumi.Output<readonly string[]>;
}

/** One cluster that has, or is to have, objects. */
interface Target {
  readonly cluster: Cluster;
  readonly placed: ClusterDecision;
  readonly digest: string;
  readonly standing: 'chosen' | 'held' | 'evacuated';
}

/**
 * Declares a provider per cluster and its objects. Known in a preview, because the decision is. What is no longer
 * declared is removed by Pulumi after everything else is done, so the new is there before the old goes.
 */
export function deliverWithKubernetes(
  name: string,
  what: Delivered,
  opts: pulumi.CustomResourceOptions,
): void {
  const { bundle, decision, fleet, held, evacuate } = what;
  const known = pulumi.all([bundle, decision, fleet, held, evacuate, pulumi.isSecret(bundle)]);
  known.apply(([what, where, clusters, silent, gone, isSecret]) =>
    orMistake(() => {
      const targets = targetsOf(what, where, clusters, silent, gone);
      const added: pulumi.Resource[] = [];
      const isAdded = ({ placed, standing }: Target) =>
        standing === 'chosen' && placed.change === 'added';
      for (const target of targets.filter(isAdded)) {
        added.push(...declare(name, what, target, isSecret, opts, []));
      }
      for (const target of targets.filter((one) => !isAdded(one))) {
        declare(name, what, target, isSecret, opts, added);
      }
    }),
  );
}

function targetsOf(
  { app }: Bundle,
  decision: PlacementDecision,
  { clusters }: Fleet,
  silent: readonly HeldCluster[],
  evacuate: readonly string[],
): readonly Target[] {
  const factsOf = (name: string) => clusters.find((one) => one.name === name);
  const chosen = decision.apps.find((one) => one.app === app)?.clusters ?? [];
  const held = silent.filter((one) => one.app === app);
  return [
    ...chosen.map((placed) => ({ placed, digest: decision.digest, standing: 'chosen' as const })),
    ...held.map(({ cluster: placed, decision: digest }) => {
      const standing = evacuate.includes(placed.name) ? ('evacuated' as const) : ('held' as const);
      return { placed, digest, standing };
    }),
  ].flatMap((target) => {
    const cluster = factsOf(target.placed.name);
    return cluster === undefined ? [] : [{ ...target, cluster }];
  });
}

/** Declares one cluster; what is added elsewhere is ready before anything here changes. */
function declare(
  name: string,
  bundle: Bundle,
  { cluster, placed, digest, standing }: Target,
  isSecret: boolean,
  opts: pulumi.CustomResourceOptions,
  added: readonly pulumi.Resource[],
): readonly pulumi.Resource[] {
  const provider = providerOf(name, cluster, standing, opts);
  if (standing === 'evacuated') return [];
  const manifests = render(bundle, placed, { decisionDigest: digest, cluster });
  const earlier: pulumi.Resource[] = [...added];
  const made: pulumi.Resource[] = [];
  let step = firstSteps;
  for (const manifest of manifests) {
    refuseExact(manifest);
    // Namespaces and CRDs come before everything, webhooks after everything; the rest may come as it likes.
    const its = applyStep(manifest);
    if (its > step && (step <= firstSteps || its >= lastSteps)) {
      earlier.push(...made);
      step = its;
    }
    const options = { ...opts, provider, dependsOn: [...dependsIn(opts), ...earlier] };
    made.push(resourceOf(`${name}-${cluster.name}`, manifest, isSecret, options));
  }
  return made;
}

/** Pulumi's numbers are doubles. */
function refuseExact(manifest: Manifest): void {
  replaceExact(manifest, (digits) => {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'delivery',
      summary: `got ${digits} in ${objectName(manifest)}, which the numbers of Pulumi cannot hold exactly`,
      remedy: 'Leave delivery out: a release sends it as it is.',
    });
  });
}

const firstSteps = 5;
const lastSteps = 80;

function dependsIn({ dependsOn }: pulumi.CustomResourceOptions): pulumi.Input<pulumi.Resource>[] {
  if (dependsOn === undefined) return [];
  return (Array.isArray(dependsOn) ? dependsOn : [dependsOn]) as pulumi.Input<pulumi.Resource>[];
}

function providerOf(
  name: string,
  cluster: Cluster,
  standing: Target['standing'],
  opts: pulumi.CustomResourceOptions,
): pulumi.ProviderResource {
  const Provider = providerClass();
  const { dependsOn: _, ...rest } = opts;
  const settings = providerSettings(cluster, standing === 'evacuated');
  return new Provider(`${name}-${cluster.name}`, settings, rest) as pulumi.ProviderResource;
}

/**
 * Settings of the provider for one cluster, by reference: path and context, never a credential. Its identity is the
 * cluster's name, so that another kubeconfig never replaces what runs there. Throws EdgeError without a kubeconfig.
 */
export function providerSettings(
  { name, access, state }: Cluster,
  isEvacuated: boolean,
): Record<string, unknown> {
  if (access?.kubeconfig === undefined) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: `fleet.clusters.${name}.access`,
      summary: `got no kubeconfig for ${name}, expected the path of one`,
      remedy: `Add access.kubeconfig to ${name}, and access.context when it has several contexts.`,
    });
  }
  const { kubeconfig, context } = access;
  return {
    kubeconfig,
    ...(context === undefined ? {} : { context }),
    clusterIdentifier: name,
    // A silent cluster must not hold up the others; letting go of it is for a person to ask for.
    ...(state === 'unreachable' ? { skipUpdateUnreachable: true } : {}),
    ...(isEvacuated ? { deleteUnreachable: true } : {}),
  };
}

function resourceOf(
  prefix: string,
  manifest: Manifest,
  isSecret: boolean,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const Class = classOf(apiVersion, kind);
  const { name, namespace } = metadata;
  const place = namespace === undefined ? name : `${namespace}/${name}`;
  const isHidden = isSecret || (kind === 'Secret' && apiVersion === 'v1');
  const content = isHidden ? hidden(rest) : rest;
  return new Class(`${prefix}-${kind}-${place}`, { apiVersion, kind, metadata, ...content }, opts);
}

function hidden(content: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(content).map(([key, value]) => [key, pulumi.secret(value)]);
  return Object.fromEntries(entries);
}
