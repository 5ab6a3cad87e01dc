/** Questions about limits: a seeded world with the same capacity on every cluster, or with none. */
import type { PlacementDecision } from '../../../constructs/model/decision';
import { parseDemand } from '../../../constructs/model/demand-document';
import { parseFleet } from '../../../constructs/model/fleet-document';
import type { PlaceInput } from '../../../constructs/policy/place-input';
import { world } from '../../bench/world';
import { app } from '../../build';

/** What the world is like. */
interface Question {
  readonly clusters: number;
  readonly origins: number;
  readonly chosen: number;
  readonly seed: number;
  /** Replicas of every cluster; none: no `allocatable`. */
  readonly replicas?: number;
  readonly minRequestsPerSecond?: number;
}

/** The input of place() that it stands for. */
export function inputOf(one: Question): PlaceInput {
  const { fleet, demand } = world(one.clusters, one.origins, one.seed);
  const { replicas } = one;
  const allocatable = replicas && {
    cpuMillicores: 250 * replicas,
    memoryMebibytes: 256 * replicas,
    pods: replicas,
  };
  const clusters = fleet.clusters.map((cluster) => ({
    ...cluster,
    ...(allocatable && { allocatable }),
  }));
  const { minRequestsPerSecond = 0, chosen } = one;
  const policy = { constraints: { minClusters: 2, maxClusters: chosen, minRequestsPerSecond } };
  return {
    fleet: parseFleet({ ...fleet, clusters }),
    demand: parseDemand(demand),
    apps: [app('shop', policy)],
  };
}

/** The chosen clusters of the only app. */
export const namesOf = ({ apps }: PlacementDecision) => apps[0]?.clusters.map(({ name }) => name);
/** All requests/s of the demand. */
export const requestsOf = ({ demand }: PlaceInput) =>
  (demand as { origins: readonly { requestsPerSecond: number }[] }).origins.reduce(
    (sum, one) => sum + one.requestsPerSecond,
    0,
  );

/** More pairs than are stored without need. */
export const many = { clusters: 500, origins: 4100, chosen: 9, seed: 4 };
