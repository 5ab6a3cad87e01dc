/** Sites: the clusters that typed resources are written for, how Terraform reaches each, and in how many stacks. */
import type { Construct } from 'constructs';
import type { Cluster } from '../model/fleet';
import type { EdgeFleet } from './edge-fleet';
import type { Site } from './kubernetes/delivery';
import { projectFrom } from './stack-folder';

/** Delivery by HashiCorp's provider. */
export interface KubernetesDelivery {
  /** The clusters to write resources for. Default: all clusters of the fleet, where they are known at synthesis. */
  readonly clusters?: readonly string[];
  /**
   * `one`: all clusters in this stack, a provider alias each. `each`: one stack per cluster, which reads the placement
   * from this stack's state. Default: `one` up to 10 clusters, because every alias starts a process, twice in a plan.
   */
  readonly stacks?: 'one' | 'each';
  /** Whether an apply waits until objects are ready. Default false: one dead cluster would hold up all others. */
  readonly wait?: boolean;
}

/** With more clusters than this every cluster gets a stack of its own, unless `stacks` says otherwise. */
export const MOST_ALIASES = 10;

/** Whether every cluster gets a stack. */
export function stacksFor(clusters: number, { stacks }: KubernetesDelivery): boolean {
  return stacks === undefined ? clusters > MOST_ALIASES : stacks === 'each';
}

/** The sites of a delivery, and in sentences what is missing to reach them. */
export function sitesOf(
  construct: Construct,
  fleet: EdgeFleet,
  { clusters }: KubernetesDelivery,
): { readonly sites: readonly Site[]; readonly problems: readonly string[] } {
  const { kubeconfig, contexts } = fleet.props;
  const say = (sentence: string) => `${construct.node.path}: ${sentence}`;
  const base = projectFrom(construct);
  if (kubeconfig !== undefined) {
    const names = clusters ?? contexts ?? [];
    const problem = say(
      'got a fleet that is only known in a plan, and typed resources are written before. Add contexts to the fleet, or kubernetes.clusters.',
    );
    const configPath = pathFrom(base, kubeconfig);
    return {
      sites: names.map((name) => ({ name, configPath, context: name })),
      problems: names.length === 0 ? [problem] : [],
    };
  }
  const known = fleet.known?.clusters ?? [];
  const wanted = known.filter(({ name }) => clusters?.includes(name) ?? true);
  const missing = (clusters ?? []).filter((name) => !known.some((one) => one.name === name));
  const silent = wanted.filter(({ access }) => access?.kubeconfig === undefined);
  return {
    sites: wanted.filter((one) => !silent.includes(one)).map((one) => siteOf(one, base, fleet)),
    problems: [
      ...missing.map((name) =>
        say(`got the cluster ${name}, which the fleet does not have. Correct kubernetes.clusters.`),
      ),
      ...silent.map(({ name }) =>
        say(`nothing says how to reach the cluster ${name}. Add access.kubeconfig to it.`),
      ),
    ],
  };
}

/** A kubeconfig's path starts in the folder of the fleet's document. */
function siteOf(cluster: Cluster, base: string, fleet: EdgeFleet): Site {
  const folder = (fleet.props.file ?? '').replace(/[^/\\]*$/, '');
  const { kubeconfig = '', context } = cluster.access ?? {};
  const path = isAbsolute(kubeconfig) ? kubeconfig : `${folder}${kubeconfig}`;
  return { name: cluster.name, configPath: pathFrom(base, path), context, facts: cluster };
}

function pathFrom(base: string, path: string): string {
  return isAbsolute(path) ? path : `${base}/${path}`;
}

function isAbsolute(path: string): boolean {
  return /^([/\\~]|[A-Za-z]:)/.test(path);
}
