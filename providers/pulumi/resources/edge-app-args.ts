/** Args of an EdgeApp: the props that every tool takes, each of them now or later, and how Pulumi delivers. */
import * as pulumi from '@pulumi/pulumi';
import { synth } from '../../../constructs';
import type { ChartFunction } from '../../../constructs/kubernetes';
import type { SynthProps } from '../../../constructs/kubernetes/props';
import type { Bundle } from '../../../constructs/model/app/bundle';
import { isolationKeys } from '../../../constructs/model/app/isolation';
import type { Demand } from '../../../constructs/model/demand';
import type { Fleet } from '../../../constructs/model/fleet';
import { type FleetInput, parseFleet } from '../../../constructs/model/fleet-document';
import { type EdgeAppInput, outsideSource, parseEdgeApp } from '../../../constructs/policy';
import type { FleetValue } from '../../resources/fleet';
import type { PrometheusSourceInput } from '../../sources/demand/prometheus-config';
import { readDemand } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { orMistake } from '../runtime/mistake';
import type { Deep } from './inputs';
import type { Placement, PlacementArgs } from './placement';
import type { RolloutInput } from './release';
import { getDemand } from './sources';

/** What is decided from and delivered by. Everything may be an output of another resource, but for a chart function. */
export interface EdgeAppArgs
  extends Pick<PlacementArgs, 'lock' | 'now' | 'allowUnsatisfied' | 'allow'> {
  /** Lower-case letters, digits and "-", at most 63 characters. */
  readonly name: string;
  /** The clusters to choose from, also as `getFleet` gives them. */
  readonly fleet: pulumi.Input<Fleet | FleetInput | FleetValue>;
  /** Where objects without a namespace go. Default: the name. */
  readonly namespace?: pulumi.Input<string>;
  /** Whose app it is, for fleets that grant clusters to teams. */
  readonly team?: pulumi.Input<string>;
  /** One component or several. */
  readonly workload?: Deep<EdgeAppInput['workload']>;
  /** Existing or rendered objects. */
  readonly manifests?: Deep<SynthProps['manifests']>;
  /** With manifests: what takes the replicas. */
  readonly scaling?: Deep<EdgeAppInput['scaling']>;
  /** A cdk8s chart of your own. */
  readonly chart?: ChartFunction;
  /** Patches for the clusters that match, applied in order. */
  readonly overrides?: Deep<EdgeAppInput['overrides']>;
  /** How users come in: hosts, gateway, certificate, probe, DNS. */
  readonly exposure?: Deep<EdgeAppInput['exposure']>;
  /** Of components in `workload`; `false` keeps the replicas of the decision. */
  readonly autoscaling?: Deep<EdgeAppInput['autoscaling']>;
  /** Rights of the pods. Default: those of Pod Security restricted. */
  readonly security?: Deep<EdgeAppInput['security']>;
  /** Who may ask the pods of `workload`, and whom they may ask. Default: each other and name servers. */
  readonly network?: Deep<EdgeAppInput['network']>;
  /** Registries that images may come from, whether digests pin them, and Secrets by which they are pulled. */
  readonly images?: Deep<EdgeAppInput['images']>;
  /** Who may do what in the namespace of the app. */
  readonly access?: Deep<EdgeAppInput['access']>;
  /** How much its namespace may ask for in each cluster. */
  readonly quota?: Deep<EdgeAppInput['quota']>;
  /** The placement policy of the app. */
  readonly policy?: Deep<EdgeAppInput['policy']>;
  /** A path, a Demand, or a metrics server to ask. Paths start in the folder of the program. */
  readonly demand?: Deep<
    Exclude<EdgeAppInput['demand'], { prometheus: unknown }> | { prometheus: PrometheusSourceInput }
  >;
  /** A placement of several apps, this one among them. Default: one of its own. */
  readonly placement?: Placement;
  /** `release` (default): one resource for all clusters. `kubernetes`: resources of @pulumi/kubernetes, one provider per chosen cluster. */
  readonly delivery?: 'release' | 'kubernetes';
  /** How carefully a release proceeds; `evacuate` counts for both ways to deliver. */
  readonly rollout?: Deep<RolloutInput>;
}

/** The fleet, parsed once. */
export function fleetOf({ fleet }: EdgeAppArgs): pulumi.Output<Fleet> {
  return pulumi
    .output(fleet as pulumi.Input<Fleet | FleetValue>)
    .apply((given) => orMistake(() => ('fleet' in given ? given.fleet : parseFleet(given))));
}

/** The EdgeApp document that a placement takes; what is an output stays one, so that the rest of it is known. */
export function documentOf(args: EdgeAppArgs): object {
  const { name, team, workload, manifests, chart, scaling, overrides, policy, demand, exposure } =
    args;
  const isOther = workload === undefined && (manifests !== undefined || chart !== undefined);
  const written: Record<string, unknown> = {
    name,
    team,
    workload,
    manifests: isOther ? namesOf(manifests) : undefined,
    scaling,
    overrides,
    policy: policy === undefined ? undefined : pulumi.output(policy).apply(withAssumption),
    demand,
    exposure,
    ...aroundOf(args),
  };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

/** What stands around the workload. */
function aroundOf(args: EdgeAppArgs): Readonly<Record<string, unknown>> {
  const keys = Object.keys(isolationKeys) as readonly (keyof typeof isolationKeys)[];
  return Object.fromEntries(keys.map((key) => [key, args[key]]));
}

/** Where the objects are from; a placement does not look at them. */
function namesOf(manifests: EdgeAppArgs['manifests']): readonly string[] {
  const list: readonly unknown[] = Array.isArray(manifests) ? manifests : ['chart'];
  return list.map((one, index) => {
    const file = (one as { readonly file?: unknown } | undefined)?.file;
    return typeof file === 'string' ? file : `manifests[${index}]`;
  });
}

/** An assumed demand that is a path is read where the program runs. */
function withAssumption(policy: unknown): unknown {
  const { assume } = policy as { readonly assume?: unknown };
  if (typeof assume !== 'string') return policy;
  const { observedAt, validForSeconds, origins } = readDemand(resolvePath(assume, process.cwd()));
  return { ...(policy as object), assume: { observedAt, validForSeconds, origins } };
}

/** The demand that an app names, by app; an app that has it inline, or none, is left out. */
export function demandsOf(args: EdgeAppArgs): pulumi.Output<Record<string, Demand | undefined>> {
  const { name, workload, policy, demand, manifests, chart } = args;
  if (demand === undefined) return pulumi.output<Record<string, Demand | undefined>>({});
  const isOther = workload === undefined && (manifests !== undefined || chart !== undefined);
  return pulumi.output({ policy, demand }).apply((given) =>
    orMistake(async () => {
      const runs = { manifests: isOther || workload !== undefined ? ['any'] : undefined };
      const app = parseEdgeApp({ name, ...runs, ...withoutMissing(given) });
      const source = outsideSource(app);
      if (source === undefined) return {};
      const { minRequestsPerSecond, minClusters } = app.policy.constraints;
      const read = await getDemand({
        ...source,
        stretchBelowRequestsPerSecond: minRequestsPerSecond * minClusters,
      });
      for (const warning of read.warnings) await pulumi.log.warn(`${name}: ${warning}`);
      return { [name]: read.demand };
    }),
  );
}

/** What to run, synthesized in the program: no cluster is called, and nothing is decided. */
export function bundleOf(args: EdgeAppArgs, fleet: pulumi.Output<Fleet>): pulumi.Output<Bundle> {
  const { name, namespace, workload, manifests, scaling, overrides, exposure, chart } = args;
  const own = { namespace, workload, manifests, scaling, overrides, exposure };
  const given = { ...own, ...aroundOf(args) };
  return pulumi.all([pulumi.output(given), fleet]).apply(([known, clusters]) =>
    orMistake(() =>
      synth(
        {
          name,
          ...(chart === undefined ? {} : { chart }),
          ...withoutMissing(known),
        } as SynthProps,
        clusters,
      ),
    ),
  );
}

function withoutMissing(bag: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(bag).filter(([, value]) => value !== undefined));
}
