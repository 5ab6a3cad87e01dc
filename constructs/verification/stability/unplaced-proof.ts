/** Checks why an app is said to have no place beside the others whatever these do: that together they lack room of one kind. */

import { replicasFor } from '../../model/app/workload';
import type { Conflict } from '../../model/decision';
import type { EdgeApp } from '../../policy';
import { leastRestricted } from '../bound/restrictions';
import type { AppInstance } from '../input/app-instance';
import { headroomOf, isCapacitated } from '../input/assignment-problem';
import type { VerificationContext } from '../input/context';
import type { AppEntry } from '../input/decision-reader';
import type { FindingLog } from '../input/findings';
import {
  largestLoad,
  loadPerReplica,
  type Resources,
  usableCapacity,
  usageOf,
} from '../input/load';
import type { Solution } from '../input/solution';

type Proof = NonNullable<Conflict['proof']>;
type RoomProof = Extract<Proof, { kind: 'room' }>;

/** What is short is given to six digits. */
const DIGITS = 1e-5;

/** Checks the proof of the conflict, if there is one. `beside` are the other apps, with no cluster where they are not placed. */
export function checkBesideProof(
  { appDecision, basePath }: AppEntry,
  app: EdgeApp,
  context: VerificationContext,
  beside: readonly Solution[],
  log: FindingLog,
): void {
  const proof: Proof | undefined = appDecision.conflict?.proof;
  const path = `${basePath}.conflict.proof`;
  if (proof === undefined) return;
  const placed = beside.filter(({ chosen }) => chosen.length > 0);
  if (proof.kind === 'search') {
    log.expectSame(`${path}.apps`, proof.apps, placed.length);
    log.skip(path, `that no more than ${proof.apps} of the apps have a place at the same time`);
    return;
  }
  if (!Array.isArray(proof.apps)) {
    log.add(`${path}.kind`, `got ${proof.kind} with a number of apps, expected search`);
    return;
  }
  const known = new Set([app.name, ...placed.map(({ instance }) => instance.app.name)]);
  const strangers = proof.apps.filter((name) => !known.has(name));
  if (strangers.length > 0 || new Set(proof.apps).size < proof.apps.length) {
    log.add(
      `${path}.apps`,
      `got ${proof.apps.join(', ')}, expected this app and apps that are placed, once`,
    );
    return;
  }
  const named = context.apps.filter(({ name }) => proof.apps.includes(name));
  const instances = named.map((one) => leastRestricted(context, one).instance);
  const short = shortOf(proof, instances);
  if (proof.short > 0 && proof.short <= short * (1 + DIGITS)) return;
  const isRestricted = named.some(({ policy }) => policy.tiers.length > 0) || context.previous;
  // The tiers and stability restrictions in force may leave these apps fewer clusters than looked at here.
  if (isRestricted) log.skip(path, 'what these apps need of these clusters');
  else log.add(`${path}.short`, `got ${proof.short}, but ${short} is short`);
}

/** What these apps need of these clusters at least, less what they have. */
function shortOf({ resource, clusters }: RoomProof, all: readonly AppInstance[]): number {
  const apps = all.filter(({ app }) => isCapacitated(app));
  const [first] = apps;
  if (first === undefined) return 0;
  const named = new Set(clusters);
  const inside = first.clusters.map(({ name }) => named.has(name));
  let short = 0;
  for (const instance of apps) {
    const elsewhere = instance.eligible.reduce(
      (sum, cluster) => sum + (inside[cluster] ? 0 : mostAt(instance, cluster, resource)),
      0,
    );
    short += Math.max(0, leastOf(instance, resource) - elsewhere);
  }
  const share = Math.min(...apps.map(({ app }) => headroomOf(app)));
  const { others } = first.fixedApps;
  for (const [cluster, one] of first.clusters.entries()) {
    if (!inside[cluster]) continue;
    const capacity = usableCapacity(one, Math.max(share, others.headroom(cluster)));
    short -= Math.max(0, capacity[resource] - others.used(cluster)[resource]);
  }
  return short;
}

/** The least that the app uses on all clusters of any set together. */
function leastOf({ app, total }: AppInstance, resource: keyof Resources): number {
  if (resource === 'requestsPerSecond') return total;
  const { minClusters } = app.policy.constraints;
  return app.sizing.reduce((sum, component) => {
    const carrying =
      loadPerReplica(component) === Number.POSITIVE_INFINITY
        ? 0
        : replicasFor({ ...component, minReplicas: 0 }, total * (1 - 1e-9));
    const replicas = Math.max(component.minReplicas * minClusters, carrying);
    return sum + replicas * (resource === 'pods' ? 1 : component.resources[resource]);
  }, 0);
}

/** The most that the app could use of a cluster without the other apps. */
function mostAt(instance: AppInstance, cluster: number, resource: keyof Resources): number {
  const { app, clusters, fixedApps, total } = instance;
  const { others } = fixedApps;
  const headroom = Math.max(others.headroom(cluster), headroomOf(app));
  const capacity = usableCapacity(clusters[cluster]!, headroom);
  const load = largestLoad(app, capacity, others.used(cluster));
  return load < 0 ? 0 : usageOf(app, Math.min(load * (1 + 1e-9), total))[resource];
}
