/** Chart: runs a cdk8s chart function for every cluster that may differ, each time in an app of its own. */
import { ApiObject, App, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Cluster } from '../model/fleet';
import type { Manifest } from '../model/workload';
import { EdgeError, edgeErrorsOf, throwAll } from '../parsing';
import { FactMemo } from './facts';
import { type Round, type Site, StandIns, siteOf } from './site';
import { computed, type Template, templateOf } from './slots';

/**
 * Builds the objects of one cluster under `scope`. Everything below `scope` counts, whatever is returned. It must
 * be deterministic; it runs for a cluster only if that differs in a fact the function reads. Objects are applied
 * in the order of their kinds, not of cdk8s dependencies.
 */
export type ChartFunction = (scope: Construct, site: Site) => Chart;

/** What the stand-ins of a site need to know. */
export interface ChartProps {
  readonly chart: ChartFunction;
  readonly components: readonly string[];
  readonly maxReplicasFactor: number;
}

/** The templates of each cluster; clusters that agree on what the chart reads share one list. */
export function chartTemplates(
  props: ChartProps,
  clusters: readonly Cluster[],
): readonly (readonly Template[])[] {
  const memo = new FactMemo<readonly Template[]>();
  return clusters.map((cluster) => memo.of(cluster, (facts) => templatesFor(props, () => facts)));
}

/** The templates of a chart that is not for any cluster in particular. Throws EdgeError when it looks at one. */
export function sharedTemplates(props: ChartProps): readonly Template[] {
  return templatesFor(props, () => {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'chart',
      summary: 'the chart reads site.cluster, but no fleet is known when it is synthesized',
      remedy: 'Pass the fleet, or use site.name and site.region, which the decision fills in.',
    });
  });
}

function templatesFor(props: ChartProps, cluster: () => Cluster): readonly Template[] {
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

function run({ chart, ...rest }: ChartProps, cluster: () => Cluster, round: Round): Run {
  const standIns = new StandIns(round);
  const site = siteOf({ standIns, cluster, ...rest });
  return { standIns, objects: built(chart, site, round) };
}

function built(chart: ChartFunction, site: Site, round: Round): readonly Manifest[] {
  const app = new App();
  try {
    chart(app, site);
    const all = app.node.findAll();
    if (round === 'large')
      throwAll(all.flatMap(({ node }) => node.validate().map(invalid(node.path))));
    // Not Chart.toJson: it validates and orders the whole app once per chart.
    return all.filter(ApiObject.isApiObject).map((object) => object.toJson() as Manifest);
  } catch (thrown) {
    if (edgeErrorsOf(thrown) !== undefined) throw thrown;
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'chart',
      summary: `the chart threw: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      remedy:
        'Correct the chart; if the error is about replicas, mind that site holds stand-ins, to be placed and not compared.',
      cause: thrown,
    });
  }
}

const invalid = (path: string) => (problem: string) =>
  new EdgeError({
    code: 'InvalidDocument',
    path: 'chart',
    summary: `${path} is not valid: ${problem}`,
    remedy: 'Correct the construct in the chart.',
  });
