/** Promises about where apps run: how many clusters, in which regions, who serves whom, and how full clusters are. */
import type { AppDecision } from '../model/decision';
import type { Cluster } from '../model/fleet';
import { describeMatch, matches, matchSchema, originMatchSchema } from '../model/match';
import { counted, percent } from '../model/numbers';
import { z } from '../parsing';
import { type EdgeApp, givenDemand, type PlaceInput } from '../policy';
import { type Measurement, type PromiseContext, withoutPlacement } from './measurement';
import { promise } from './row';

/** Lower and upper bound on the number of clusters of each app. */
export const clusters = promise({
  doc: 'Each app runs on so many clusters of those that match.',
  schema: z.strictObject({
    in: matchSchema.default({}).describe('Which clusters count. Default: all.'),
    atLeast: z.int().min(0).optional().describe('At least so many.'),
    atMost: z.int().min(0).optional().describe('At most so many.'),
  }),
  words: (value) => {
    const { atLeast, atMost } = value;
    const least = atLeast === undefined ? [] : [`at least ${counted(atLeast, 'cluster')}`];
    const most = atMost === undefined ? [] : [`at most ${counted(atMost, 'cluster')}`];
    const which = Object.keys(value.in).length === 0 ? '' : ` of ${describeMatch(value.in)}`;
    return `${[...least, ...most].join(', ') || 'any number of clusters'}${which}`;
  },
  measure: (value, context) =>
    context.apps.flatMap((app): readonly Measurement[] => {
      const { atLeast, atMost } = value;
      const limits = [
        ...(atLeast === undefined ? [] : [{ limit: atLeast, relation: 'atLeast' as const }]),
        ...(atMost === undefined ? [] : [{ limit: atMost, relation: 'atMost' as const }]),
      ];
      const chosen = chosenOf(app, context.input).filter((one) => matches(value.in, one));
      const note = chosen.length === 0 ? {} : { note: namesOf(chosen) };
      return limits.map((limit) =>
        app.satisfied
          ? {
              where: `app ${app.app}`,
              received: chosen.length,
              unit: 'clusters',
              ...limit,
              ...note,
            }
          : withoutPlacement(app, limit.limit, 'clusters'),
      );
    }),
});

/** Lower bound on the number of clusters of each app in each region. */
export const clustersPerRegion = promise({
  doc: 'Each app runs on at least so many clusters in each region.',
  schema: z.strictObject({
    atLeast: z.int().min(1).describe('Clusters in each region.'),
    regions: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Which regions. Default: those in which the app runs or has requests.'),
  }),
  words: ({ atLeast, regions }) =>
    `at least ${counted(atLeast, 'cluster')} in ${regions === undefined ? 'each region' : regions.join(', ')}`,
  measure: ({ atLeast, regions }, { apps, input }) =>
    apps.flatMap((app): readonly Measurement[] => {
      if (!app.satisfied) return [withoutPlacement(app, atLeast, 'clusters')];
      const chosen = chosenOf(app, input);
      return (regions ?? regionsOf(app, chosen, input)).map((region) => {
        const there = chosen.filter((one) => one.region === region);
        const note = there.length === 0 ? {} : { note: namesOf(there) };
        const where = `app ${app.app}, region ${region}`;
        const limit = { limit: atLeast, relation: 'atLeast', unit: 'clusters' } as const;
        return { where, received: there.length, ...limit, ...note };
      });
    }),
  absent: ({ regions = [] }, { input }) => {
    const known = [...new Set(input.fleet.clusters.map(({ region }) => region))].sort();
    return regions
      .filter((region) => !known.includes(region))
      .map((region) => ({ path: 'regions', received: `region ${region}`, known }));
  },
});

/** Requests of some origins are served by some clusters alone. */
export const residency = promise({
  doc: 'Requests from the origins that match are served by clusters that match, and by no others.',
  schema: z.strictObject({
    origins: originMatchSchema.describe('Whose requests.'),
    clusters: matchSchema.describe('Where they may be served.'),
  }),
  words: (value) =>
    `${describeMatch(value.origins)} is served in ${describeMatch(value.clusters)} alone`,
  measure: (value, { apps, input }) =>
    apps.map((app): Measurement => {
      const limits = { limit: 0, relation: 'atMost', unit: 'origins served elsewhere' } as const;
      if (!app.satisfied) return withoutPlacement(app, 0, limits.unit);
      const inside = new Set(
        demandOf(app, input)
          .filter((origin) => matches(value.origins, origin))
          .map(({ name }) => name),
      );
      const where = `app ${app.app}`;
      if (inside.size === 0) {
        const note = 'no request comes from there';
        return { where, received: null, ...limits, note, holdsWithout: true };
      }
      const allowed = new Set(
        input.fleet.clusters.filter((one) => matches(value.clusters, one)).map(({ name }) => name),
      );
      const outside = app.assignments.filter(
        ({ origin, cluster }) => inside.has(origin) && cluster !== null && !allowed.has(cluster),
      );
      const pairs = outside.slice(0, 8).map(({ origin, cluster }) => `${origin} at ${cluster}`);
      const note = pairs.length === 0 ? {} : { note: pairs.join(', ') };
      return {
        where,
        received: new Set(outside.map(({ origin }) => origin)).size,
        ...limits,
        ...note,
      };
    }),
});

/** Upper bound on the share of requests that one provider, region, country or cluster serves. */
export const share = promise({
  doc: 'No provider, region, country or cluster serves more than this share of the requests of an app.',
  schema: z.strictObject({
    by: z.enum(['provider', 'region', 'country', 'cluster']).describe('What is counted together.'),
    atMost: z.number().min(0).max(1).describe('Share of 1.'),
  }),
  words: ({ by, atMost }) => `no ${by} serves more than ${percent(atMost)}`,
  measure: ({ by, atMost }, { apps, input }) =>
    apps.flatMap((app): readonly Measurement[] => {
      if (!app.satisfied) return [withoutPlacement(app, atMost, 'share')];
      const facts = new Map(input.fleet.clusters.map((one) => [one.name, one]));
      const loads = new Map<string, number>();
      for (const { name, requestsPerSecond } of app.clusters) {
        const key = by === 'cluster' ? name : (facts.get(name)?.[by] ?? 'unknown');
        loads.set(key, (loads.get(key) ?? 0) + requestsPerSecond);
      }
      const all = [...loads.values()].reduce((sum, load) => sum + load, 0);
      return [...loads].map(([key, load]) => ({
        where: `app ${app.app}, ${by} ${key}`,
        received: all === 0 ? 0 : load / all,
        limit: atMost,
        relation: 'atMost' as const,
        unit: 'share',
      }));
    }),
});

/** What a cluster limits, as fleets call it. */
const resources = ['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'] as const;

/** Upper bound on how much of each limit of each cluster all apps use. */
export const utilization = promise({
  doc: 'All apps of the decision together use at most this share of every limit of every cluster: CPU, memory, pods and requests/s.',
  schema: z.number().min(0).max(1).describe('Share of 1 of allocatable and of requestsPerSecond.'),
  words: (limit) => `no cluster over ${percent(limit)} utilization`,
  measure: (limit, context) => {
    const unplaced = context.apps.filter(({ satisfied }) => !satisfied);
    if (unplaced.length > 0) return unplaced.map((app) => withoutPlacement(app, limit, 'share'));
    const used = usageByCluster(context);
    const ofPromise = new Set(context.apps.flatMap((app) => app.clusters.map(({ name }) => name)));
    return context.input.fleet.clusters
      .filter(({ name }) => ofPromise.has(name))
      .flatMap((cluster) => {
        const limits = { ...cluster.allocatable, requestsPerSecond: cluster.requestsPerSecond };
        return resources.flatMap((resource): readonly Measurement[] => {
          const room = limits[resource];
          if (room === undefined) return [];
          const amount = used.get(cluster.name)?.[resource] ?? 0;
          const received = amount === 0 ? 0 : amount / room;
          const note = `${tidy(amount)} of ${tidy(room)} ${resource}`;
          const where = `cluster ${cluster.name}`;
          return [{ where, received, limit, relation: 'atMost', unit: 'share', note }];
        });
      });
  },
});

type Usage = Record<(typeof resources)[number], number>;

/** What all apps of the decision use of each cluster, spare replicas too. */
function usageByCluster({ decision, input }: PromiseContext): ReadonlyMap<string, Usage> {
  const used = new Map<string, Usage>();
  for (const { app, clusters: chosen } of decision.apps) {
    const sizing = input.apps.find(({ name }) => name === app)?.sizing ?? [];
    for (const one of chosen) {
      const sum = used.get(one.name) ?? noUsage();
      used.set(one.name, sum);
      sum.requestsPerSecond += one.requestsPerSecond;
      sum.pods += one.replicas;
      for (const component of sizing) {
        const replicas = replicasOf(component, one, sizing.length);
        sum.cpuMillicores += replicas * component.resources.cpuMillicores;
        sum.memoryMebibytes += replicas * component.resources.memoryMebibytes;
      }
    }
  }
  return used;
}

/** A decision says replicas by component where there are several. */
function replicasOf(
  { name }: EdgeApp['sizing'][number],
  chosen: AppDecision['clusters'][number],
  components: number,
): number {
  if (components === 1) return chosen.replicas;
  return chosen.componentReplicas?.[name] ?? 0;
}

const noUsage = (): Usage => ({
  cpuMillicores: 0,
  memoryMebibytes: 0,
  pods: 0,
  requestsPerSecond: 0,
});

const tidy = (amount: number) => String(Math.round(amount * 10) / 10);

function chosenOf(app: AppDecision, { fleet }: PlaceInput): readonly Cluster[] {
  const names = new Set(app.clusters.map(({ name }) => name));
  return fleet.clusters.filter(({ name }) => names.has(name));
}

function demandOf({ app }: AppDecision, input: PlaceInput) {
  const edgeApp = input.apps.find(({ name }) => name === app);
  return edgeApp === undefined ? [] : (givenDemand(edgeApp, input)?.origins ?? []);
}

function regionsOf(app: AppDecision, chosen: readonly Cluster[], input: PlaceInput) {
  const asking = demandOf(app, input).filter(({ requestsPerSecond }) => requestsPerSecond > 0);
  const regions = [...chosen, ...asking].flatMap(({ region }) => region ?? []);
  return [...new Set(regions)].sort();
}

const namesOf = (chosen: readonly Cluster[]) => chosen.map(({ name }) => name).join(' ');
