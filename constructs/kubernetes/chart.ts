/** Chart: runs a cdk8s chart function for every cluster that may differ, each time in an app of its own. */
import type { Cluster } from '../model/fleet';
import type { Manifest } from '../model/workload';
import { EdgeError, withPeers } from '../parsing';
import type { ChartFunction } from './chart-objects';
import { FactMemo } from './facts';
import { type Round, type Site, StandIns, siteOf } from './site';
import { computed, type Template, templateOf } from './slots';

/** Builds the objects of a cluster; what is wrong with the builder itself is reported in the round `large` alone. */
export type ObjectsFunction = (site: Site, round: Round) => readonly Manifest[];

/** What builds the objects, and what the stand-ins of its site need to know. */
export interface ObjectsProps {
  readonly objects: ObjectsFunction;
  readonly components: readonly string[];
  readonly maxReplicasFactor: number;
}

/** The templates of each cluster; clusters that agree on what the chart reads share one list. */
export function chartTemplates(
  props: ObjectsProps,
  clusters: readonly Cluster[],
): readonly (readonly Template[])[] {
  const memo = new FactMemo<readonly Template[]>();
  return clusters.map((cluster) => memo.of(cluster, (facts) => templatesFor(props, () => facts)));
}

/** The templates of a chart that is not for any cluster in particular. Throws EdgeError when it looks at one. */
export function sharedTemplates(props: ObjectsProps): readonly Template[] {
  return templatesFor(props, () => {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'chart',
      summary: 'the chart reads site.cluster, but no fleet is known when it is synthesized',
      remedy: 'Pass the fleet, or use site.name and site.region, which the decision fills in.',
    });
  });
}

function templatesFor(props: ObjectsProps, cluster: () => Cluster): readonly Template[] {
  const large = run(props, cluster, 'large');
  if (!large.standIns.used) return large.objects.map((manifest) => ({ manifest, slots: [] }));
  const small = run(props, cluster, 'small');
  if (large.objects.length !== small.objects.length) throw computed();
  const standIns = { large: large.standIns, small: small.standIns };
  return large.objects.map((object, position) =>
    templateOf({ large: object, small: small.objects[position]! }, standIns),
  );
}

interface Run {
  readonly objects: readonly Manifest[];
  readonly standIns: StandIns;
}

function run({ objects, ...rest }: ObjectsProps, cluster: () => Cluster, round: Round): Run {
  const standIns = new StandIns(round);
  const site = siteOf({ standIns, cluster, ...rest });
  return { standIns, objects: objects(site, round) };
}

/** The objects of a cdk8s chart. Throws EdgeError MissingPackage where cdk8s is not installed: it is loaded here. */
export function objectsOfChart(chart: ChartFunction): ObjectsFunction {
  const load = () => require('./chart-objects') as typeof import('./chart-objects');
  const { chartObjects } = withPeers('a chart', ['cdk8s', 'constructs'], load, 'chart');
  return (site, round) => chartObjects(chart, site, round);
}
