/** Chart: runs a cdk8s chart function for every cluster that may differ, each time in an app of its own. */

import type { Fill } from '../../model/app/bundle';
import type { Manifest } from '../../model/app/workload';
import type { Cluster } from '../../model/fleet';
import { EdgeError, withPeers } from '../../parsing';
import { type Round, type Site, type SiteValues, StandIns, siteOf } from '../site';
import { computed, type Template, templateOf } from '../slots';
import type { ChartFunction } from './chart-objects';
import { checkProbe, isFilled, type Probes } from './chart-probes';
import { FactMemo } from './facts';

/** Builds the objects of a cluster; what is wrong with the builder itself is reported in the round `large` alone. */
export type ObjectsFunction = (site: Site, round: Round) => readonly Manifest[];

/** What builds the objects, and what the stand-ins of its site need to know. */
export interface ObjectsProps {
  readonly objects: ObjectsFunction;
  readonly components: readonly string[];
  readonly maxReplicasFactor: number;
  /** Possible values to run it with, besides stand-ins. Default: none, for what is known not to compute. */
  readonly probes?: Probes;
}

/** How a place is asked for its facts, and for its name and region. */
interface Place {
  readonly cluster: () => Cluster;
  /** Default: stand-ins. */
  readonly known?: Pick<Cluster, 'name' | 'region'>;
  /** True where name and region stay unknown. */
  readonly isOpen?: boolean;
}

/** The templates of a chart that does not know where it is. */
interface Unplaced {
  /** Undefined where it computed with its place or failed. */
  readonly templates: readonly Template[] | undefined;
  readonly asksForPlace: boolean;
}

/** The templates of each cluster; clusters that agree on what the chart makes of them share one list. */
export function chartTemplates(
  props: ObjectsProps,
  clusters: readonly Cluster[],
): readonly (readonly Template[])[] {
  const unplaced = new FactMemo<Unplaced>();
  const placed = new FactMemo<readonly Template[] | undefined>();
  return clusters.map((cluster) => {
    const { templates, asksForPlace } = unplaced.of(cluster, (facts) => withoutPlace(props, facts));
    if (templates !== undefined && !asksForPlace) return templates;
    const own = placed.of(cluster, (facts) => {
      const place = { cluster: () => facts, known: facts };
      const isShown = templates !== undefined && onlyShows(props, templates, place);
      return isShown ? undefined : templatesFor(props, place);
    });
    return own ?? templates ?? [];
  });
}

/** True when a chart that knows its place makes just what `templates` say, filled with that place. */
function onlyShows(
  props: ObjectsProps,
  templates: readonly Template[],
  place: Required<Pick<Place, 'cluster' | 'known'>>,
): boolean {
  const { standIns, objects } = run(props, place, 'large');
  const { known } = place;
  return isFilled(templates, objects, (fill) => {
    if (fill.value === 'cluster') return known.name;
    if (fill.value === 'region') return known.region;
    return standIns.standInOf(fill) ?? '';
  });
}

/** The templates of a chart that is not for any cluster in particular. Throws EdgeError when it looks at one. */
export function sharedTemplates(
  props: ObjectsProps,
  noted?: (fill: Fill) => void,
): readonly Template[] {
  return templatesFor(noted === undefined ? props : { ...props, noted }, {
    isOpen: true,
    cluster: () => {
      throw new EdgeError({
        code: 'InvalidDocument',
        path: 'chart',
        summary: 'the chart reads site.cluster, but no fleet is known when it is synthesized',
        remedy: 'Pass the fleet, or use site.name and site.region, which the decision fills in.',
      });
    },
  });
}

function withoutPlace(props: ObjectsProps, facts: Cluster): Unplaced {
  let asksForPlace = false;
  const noted = (fill: Fill) => {
    if (isPlace(fill)) asksForPlace = true;
  };
  try {
    const templates = templatesFor({ ...props, noted }, { cluster: () => facts });
    return { templates, asksForPlace };
  } catch (thrown) {
    // With its own name and region it may be right: then everything about them is known.
    if (!asksForPlace) throw thrown;
    return { templates: undefined, asksForPlace };
  }
}

/** True for what a fleet would tell. */
export function isPlace({ value }: Fill): boolean {
  return value === 'cluster' || value === 'region';
}

type NotedProps = ObjectsProps & { readonly noted?: (fill: Fill) => void };

function templatesFor(props: NotedProps, place: Place): readonly Template[] {
  const large = run(props, place, 'large');
  if (!large.standIns.used) return large.objects.map((manifest) => ({ manifest, slots: [] }));
  const small = run(props, place, 'small');
  if (large.objects.length !== small.objects.length) throw computed();
  const standIns = { large: large.standIns, small: small.standIns };
  const templates = large.objects.map((object, position) =>
    templateOf({ large: object, small: small.objects[position]! }, standIns),
  );
  for (const values of props.probes?.next(large.standIns, place.isOpen === true) ?? []) {
    checkProbe(templates, objectsAt(props, place, values, 'probe'), values);
  }
  return templates;
}

interface Run {
  readonly objects: readonly Manifest[];
  readonly standIns: StandIns;
}

function run(props: NotedProps, place: Place, round: Round): Run {
  const standIns = new StandIns(round);
  return { standIns, objects: objectsAt(props, place, standIns, round) };
}

function objectsAt(
  { objects, noted, ...rest }: NotedProps,
  { cluster, known }: Place,
  values: SiteValues,
  round: Round,
): readonly Manifest[] {
  const text = (fill: Fill): string => {
    noted?.(fill);
    if (fill.value === 'cluster' && known !== undefined) return known.name;
    if (fill.value === 'region' && known !== undefined) return known.region;
    return values.text(fill);
  };
  const number = (fill: Fill, isUpper?: boolean) => values.number(fill, isUpper);
  return objects(siteOf({ values: { text, number }, cluster, ...rest }), round);
}

/** The objects of a cdk8s chart. Throws EdgeError MissingPackage where cdk8s is not installed: it is loaded here. */
export function objectsOfChart(chart: ChartFunction): ObjectsFunction {
  const load = () => require('./chart-objects') as typeof import('./chart-objects');
  const { chartObjects } = withPeers('a chart', ['cdk8s', 'constructs'], load, 'chart');
  return (site, round) => chartObjects(chart, site, round);
}
