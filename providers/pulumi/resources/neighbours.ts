/** Neighbours: apps that one program places one by one on clusters of limited capacity, where none sees what the others use. */
import * as pulumi from '@pulumi/pulumi';
import type { Fleet } from '../../../constructs/model/fleet';

/** By run: names of the apps that were placed alone. Programs inside one process run one after another. */
const placedAlone = new WeakMap<object, readonly string[]>();
const noRun = {};

/** Warns where a second app is placed alone on a fleet whose clusters have limits. */
export function warnOfNeighbours(app: string, fleet: pulumi.Output<Fleet>): void {
  const run = pulumi.runtime.getMonitor() ?? noRun;
  const names = placedAlone.get(run) ?? [];
  placedAlone.set(run, [...names, app]);
  const [first] = names;
  if (first === undefined || first === app) return;
  fleet.apply(async ({ clusters }) => {
    const isLimited = clusters.some(
      ({ allocatable, requestsPerSecond }) =>
        requestsPerSecond !== undefined || Object.keys(allocatable ?? {}).length > 0,
    );
    if (!isLimited) return;
    await pulumi.log.warn(
      `${app} and ${first} are placed one by one: neither sees what the other uses of the clusters. Place them together with new Placement("apps", {apps: [...], fleet}), and give it to each EdgeApp as placement.`,
    );
  });
}
