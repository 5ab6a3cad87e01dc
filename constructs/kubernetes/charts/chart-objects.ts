/** Chart objects: runs a chart function in a cdk8s app of its own; the one way from a chart to objects, loaded when there is a chart. */
import { ApiObject, App, type Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Manifest } from '../../model/app/workload';
import { EdgeError, edgeErrorsOf, throwAll } from '../../parsing';
import { readObjects } from '../manifests';
import type { Round, Site } from '../site';

/**
 * Builds the objects of one cluster under `scope`. Everything below `scope` counts, whatever is returned. It must
 * be deterministic; it runs for a cluster only if that differs in a fact the function reads. Objects are applied
 * in the order of their kinds, not of cdk8s dependencies.
 */
export type ChartFunction = (scope: Construct, site: Site) => Chart;

/** The objects that a chart function builds below an app of its own, in the order it builds them. Throws EdgeErrors. */
export function chartObjects(chart: ChartFunction, site: Site, round: Round): readonly Manifest[] {
  const app = new App();
  try {
    chart(app, site);
    const all = app.node.findAll();
    if (round === 'large')
      throwAll(all.flatMap(({ node }) => node.validate().map(invalid(node.path))));
    // Not Chart.toJson: it validates and orders the whole app once per chart.
    return readObjects(all.filter(ApiObject.isApiObject).map((object) => object.toJson()));
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
