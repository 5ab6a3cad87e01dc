/** Cells: a system that sends users by the nearest of fixed regions, each of which may be answered with another cluster. */
import { kilometersBetween, type Point } from '../model/geography';
import { Sphere } from '../model/sphere';
import type { AssignedDemand } from './assigned-demand';
import { googleRegions } from './google-regions';
import {
  type PlaceDraft,
  type PlaceNode,
  unseenCountries,
  withDemand,
  withoutCosts,
} from './place-costs';
import { countryCodes } from './places';

/** Cells with what every cluster would cost their users; each is a slot. */
export interface Cells {
  readonly nodes: readonly PlaceNode[];
  /** Countries without demand that residency allows no chosen cluster. */
  readonly unservable: readonly string[];
}

/** The cells of Google Cloud's regions: origins belong to the nearest, countries by the centre of their people. */
export function googleCells(demand: AssignedDemand): Cells {
  const regions = [...googleRegions];
  const points = regions.map(([, point]) => point);
  const nearest = nearestOf(points, demand.origins);
  const members: number[][] = regions.map(() => []);
  nearest.forEach((region, origin) => {
    members[region].push(origin);
  });
  const unseen = unseenCountries(demand, countryCodes);
  const visitors: string[][] = regions.map(() => []);
  const homes = nearestOf(points, countryCodes.map(unseen.at));
  countryCodes.forEach((country, index) => {
    visitors[homes[index]].push(country);
  });
  const nodes = regions.map(([code, point], index): PlaceNode => {
    const draft = { key: `region-${code}`, kind: 'region' as const, code, parent: -1 };
    const empty = { ...draft, origins: [] };
    const visiting = visitors[index]
      .map((country) => unseen.withCountry(empty, country))
      .reduce(together, nobodyAt(point, empty, demand));
    const own = withDemand({ ...draft, origins: members[index] }, demand, visiting.cost);
    return { ...together(own, visiting), cost: own.cost };
  });
  return { nodes, unservable: unseen.unservable };
}

/** A cell of nobody is answered with what is nearest to its region: by far less than any user counts. */
function nobodyAt(point: Point, draft: PlaceDraft, demand: AssignedDemand): PlaceNode {
  const { clusters, modelMilliseconds } = demand;
  const milliseconds = Float64Array.from(
    clusters,
    (cluster) => 1e-12 * modelMilliseconds(kilometersBetween(point, cluster)),
  );
  return { ...withoutCosts(draft, demand), cost: milliseconds, milliseconds };
}

function together(a: PlaceNode, b: PlaceNode): PlaceNode {
  return {
    ...a,
    cost: a.cost.map((one, c) => one + b.cost[c]),
    milliseconds: a.milliseconds.map((one, c) => one + b.milliseconds[c]),
    legal: a.legal.map((one, c) => one & b.legal[c]),
  };
}

/** By user the index of the nearest place, the first of equal ones. Places times users. */
function nearestOf(places: readonly Point[], users: readonly Point[]): Int32Array {
  const sphere = new Sphere(places, users);
  return Int32Array.from(users, (_, user) => {
    let best = 0;
    for (let place = 1; place < places.length; place++) {
      if (sphere.squaredChord(place, user) < sphere.squaredChord(best, user)) best = place;
    }
    return best;
  });
}
