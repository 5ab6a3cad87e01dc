/** Sources: demand and fleet as functions of a Pulumi program, read alike in a preview and in the update it leads to. */
import * as pulumi from '@pulumi/pulumi';
import { dataSources } from '../../resources';
import type { DataSource } from '../../resources/contract';
import type { DemandValue } from '../../resources/demand';
import type { FleetValue } from '../../resources/fleet';
import type { SourceWorld } from '../../resources/source-world';
import type { PrometheusSourceInput } from '../../sources/demand/prometheus-config';
import type { InventoryKey } from '../../sources/fleet/inventories/registry';
import { ownWorld } from '../runtime';
import { orMistake } from '../runtime/mistake';
import { lifetimeIn, snapshotFolder } from '../runtime/snapshot-folder';
import type { Deep } from './inputs';
import { sameInBoth, type Taken } from './snapshot';

/** Where a demand comes from: one of prometheus and file. Paths start in the folder of the program. */
export interface DemandArgs {
  /** One query to Prometheus, Thanos or Mimir. */
  readonly prometheus?: PrometheusSourceInput;
  /** A Demand document. */
  readonly file?: string;
  /** When the metrics fail: true (default) reads as no demand, so that the decision in force stands; false is an error. */
  readonly allowMissing?: boolean;
  /** With less traffic than this the window stretches. Default 40. */
  readonly stretchBelowRequestsPerSecond?: number;
}

/** Where a fleet comes from: one of file and kubeconfig. Paths start in the folder of the program. */
export interface FleetArgs {
  /** Path of a Fleet document, YAML or JSON; its latency CSV is read too. */
  readonly file?: string;
  /** Path of a kubeconfig; the API server of every context is read. */
  readonly kubeconfig?: string;
  /** Reads only these contexts. Default: all. Not with `from`. */
  readonly contexts?: readonly string[];
  /** Reads the inventory of a hub that the kubeconfig leads to. Default: the contexts of the kubeconfig are the inventory. */
  readonly from?: InventoryKey;
  /** Context of the hub, with `from`. Default: the current context. */
  readonly hub?: string;
  /** Namespace of the hub to list, with `from`. Default: all. */
  readonly namespace?: string;
  /** With `from`: clusters of `previous` that are gone. What the inventory lists no more is kept as cordoned until it is named here. */
  readonly forget?: readonly string[];
  /** Path of a file with what no API server reports: coordinates, regions, providers, prices. */
  readonly overlay?: string;
  /** Path of the previous Fleet document; a cluster that does not answer keeps its facts from there. */
  readonly previous?: string;
  /** Seconds a cluster may take to answer before it counts as unreachable. Default: 10. */
  readonly deadlineSeconds?: number;
}

/** Reads where the requests come from. Rejects with Mistake. A preview's answer is kept for 10 minutes for its update. */
export async function getDemand(args: DemandArgs): Promise<DemandValue> {
  return taken(dataSources.demand, args, 'prometheus' in args);
}

/** As `getDemand`, of arguments that may be known later. */
export function getDemandOutput(args: Deep<DemandArgs>): pulumi.Output<DemandValue> {
  return pulumi.output(args as pulumi.Input<DemandArgs>).apply((known) => getDemand(known));
}

/** Reads the clusters to choose from. Rejects with Mistake. A preview's answer is kept for 10 minutes for its update. */
export async function getFleet(args: FleetArgs): Promise<FleetValue> {
  return taken(dataSources.fleet, args, 'kubeconfig' in args);
}

/** As `getFleet`, of arguments that may be known later. */
export function getFleetOutput(args: Deep<FleetArgs>): pulumi.Output<FleetValue> {
  return pulumi.output(args as pulumi.Input<FleetArgs>).apply((known) => getFleet(known));
}

/** In one run the same question has one answer; programs inside one process run one after another. */
const answers = new WeakMap<object, Map<string, Promise<Taken<unknown>>>>();
const noRun = {};

async function taken<Props, Value>(
  source: DataSource<Props, Value, SourceWorld>,
  args: object,
  isLive: boolean,
): Promise<Value> {
  const { kind } = source;
  const world = ownWorld();
  // Not where the program lies: its update may run on another machine.
  const key = { kind, args, ...runOf() };
  const read = async () => source.read(source.parse(args), world);
  const ask = async (): Promise<Taken<Value>> => {
    const answer = isLive ? await sameInBoth(key, read, phaseOf(world)) : { value: await read() };
    if (answer.warning !== undefined) await pulumi.log.warn(`${kind}: ${answer.warning}`);
    return answer;
  };
  const run = pulumi.runtime.getMonitor() ?? noRun;
  const known = answers.get(run) ?? new Map<string, Promise<Taken<unknown>>>();
  answers.set(run, known);
  const name = JSON.stringify(key);
  const answer = known.get(name) ?? orMistake(ask);
  known.set(name, answer);
  return (await answer).value as Value;
}

function runOf() {
  return { project: pulumi.getProject(), stack: pulumi.getStack() };
}

function phaseOf({ environment, folder }: SourceWorld) {
  return {
    preview: pulumi.runtime.isDryRun(),
    folder: snapshotFolder(environment, folder),
    clock: Date.now,
    lifetimeSeconds: lifetimeIn(environment),
  };
}
