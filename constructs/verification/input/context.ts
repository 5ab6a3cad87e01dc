/** The documents that a decision was made from, in canonical order: apps and clusters by name, the demand of each app, the clock. */
import { byCodeUnits, canonicalJson, digestOf } from '../../model/canonical';
import type { AppDecision, PlacementDecision } from '../../model/decision';
import type { Demand, Origin } from '../../model/demand';
import type { Cluster, Fleet } from '../../model/fleet';
import { geohashCenter } from '../../model/geography';
import { type EdgeApp, heldApp, inlineDemand, type PlaceInput } from '../../policy';

/**
 * What an app is placed by: a demand (none for a static policy), its previous decision because there is no usable demand (fail
 * static), or nothing at all.
 */
type Basis =
  | { readonly kind: 'placed'; readonly demand?: Demand }
  | { readonly kind: 'failStatic' }
  | { readonly kind: 'noDemand' };

/** The inputs of one decision, in canonical order. */
export interface VerificationContext {
  /** By name; held apps are in a freeze. */
  readonly apps: readonly EdgeApp[];
  /** By name, as they were given. */
  readonly writtenApps: readonly EdgeApp[];
  readonly fleet: Fleet;
  /** The demand given for each app, usable or not. */
  readonly demands: ReadonlyMap<string, Demand>;
  readonly bases: ReadonlyMap<string, Basis>;
  /** The clock that the decision must name; undefined when neither a clock nor a demand says what time it is. */
  readonly clock: string | undefined;
  /** The clock in milliseconds since 1970. */
  readonly now: number;
  /** When the newest demand was observed; null without a demand. */
  readonly observedAt: string | null;
  readonly previous?: PlacementDecision;
}

/** The clock of a static placement that is given no time. */
const NEVER = '1970-01-01T00:00:00Z';

/** Brings the inputs into canonical order. */
export function contextOf(input: PlaceInput): VerificationContext {
  const writtenApps = [...input.apps].sort((a, b) => byCodeUnits(a.name, b.name));
  const apps = writtenApps.map((app) => heldApp(app, input));
  const clusters = [...input.fleet.clusters].sort((a, b) => byCodeUnits(a.name, b.name));
  const demands = new Map<string, Demand>();
  for (const app of apps) {
    const demand = demandFor(app, input);
    if (demand !== undefined) demands.set(app.name, demand);
  }
  const used = apps.flatMap((app) => demands.get(app.name) ?? assumed(app) ?? []);
  const observedAt = newest(used.map((one) => one.observedAt));
  // What was read live is of the time of reading, however old what was found there is.
  const readAt = newest(
    used.flatMap((one) => [one.observedAt, ...(one.readAt ? [one.readAt] : [])]),
  );
  const { previous } = input;
  const isStatic = apps.every((app) => app.policy.static);
  const seen = newest([readAt, input.fleet.observedAt].flatMap((one) => one ?? []));
  const clock = input.now ?? seen ?? (isStatic ? (previous?.now ?? NEVER) : undefined);
  const now = Date.parse(clock ?? '');
  // A fleet that was asked later than the demand makes no demand stale.
  const age = input.now === undefined && readAt !== null ? Date.parse(readAt) : now;
  const bases = apps.map(
    (app) => [app.name, basisOf(app, demands.get(app.name), previous, age)] as const,
  );
  return {
    apps,
    writtenApps,
    fleet: { ...input.fleet, clusters: clusters.map((one) => withMemory(one, previous)) },
    demands,
    bases: new Map(bases),
    clock,
    now,
    observedAt,
    ...(previous !== undefined && { previous }),
  };
}

/** The cluster with the earliest instant since when it is known to be silent or, where the fleet does not say, to evict. */
function withMemory(cluster: Cluster, previous: PlacementDecision | undefined): Cluster {
  const isSilent = cluster.state === 'unreachable';
  if (!isSilent && cluster.since !== undefined) return cluster;
  const entries = (previous?.apps ?? []).flatMap(({ clusters }) =>
    clusters.filter(({ name }) => name === cluster.name),
  );
  const known = entries.flatMap(
    (one) => (isSilent ? one.unreachableSince : one.evictedSince) ?? [],
  );
  const all = [...known, ...(cluster.since === undefined ? [] : [cluster.since])];
  const since = all.reduce<string | undefined>(
    (best, one) => (best === undefined || Date.parse(one) < Date.parse(best) ? one : best),
    undefined,
  );
  return since === undefined ? cluster : { ...cluster, since };
}

/** Fail static: an app keeps its previous decision while its demand is missing, empty or stale. */
function basisOf(
  app: EdgeApp,
  demand: Demand | undefined,
  previous: PlacementDecision | undefined,
  now: number,
): Basis {
  if (app.policy.static) return { kind: 'placed' };
  if (hasRequests(demand) && now <= until(demand)) return { kind: 'placed', demand };
  if (previous?.apps.some((one) => one.app === app.name && one.satisfied))
    return { kind: 'failStatic' };
  const fallback = assumed(app);
  return hasRequests(fallback) ? { kind: 'placed', demand: fallback } : { kind: 'noDemand' };
}

function hasRequests(demand: Demand | undefined): demand is Demand {
  return demand?.origins.some(({ requestsPerSecond }) => requestsPerSecond > 0) ?? false;
}

function until({ observedAt, validForSeconds }: Demand): number {
  return Date.parse(observedAt) + validForSeconds * 1000;
}

/** The demand that an app is placed by, if any. */
export function demandOf(context: VerificationContext, app: string): Demand | undefined {
  const basis = context.bases.get(app);
  return basis?.kind === 'placed' ? basis.demand : undefined;
}

/** What the previous decision says about an app, when it placed the app. */
export function previousOf(context: VerificationContext, app: string): AppDecision | undefined {
  const found = context.previous?.apps.find((one) => one.app === app);
  return found?.satisfied ? found : undefined;
}

/** The digest of the demands: of the one demand that all apps share, or of a map from app to demand. */
export function demandDigest({ apps, demands }: VerificationContext): string | null {
  const all = [...demands.values()];
  const [first] = all;
  if (first === undefined) return null;
  const text = canonicalJson(first);
  const isShared = all.length === apps.length && all.every((one) => canonicalJson(one) === text);
  return digestOf(isShared ? first : Object.fromEntries(demands));
}

function demandFor(app: EdgeApp, { demand }: PlaceInput): Demand | undefined {
  if (isDemand(demand)) return demand;
  return demand !== undefined && Object.hasOwn(demand, app.name)
    ? demand[app.name]
    : inlineDemand(app);
}

function assumed({ policy: { assume } }: EdgeApp): Demand | undefined {
  return typeof assume === 'object' ? located(assume) : undefined;
}

function isDemand(demand: PlaceInput['demand']): demand is Demand {
  return demand !== undefined && Array.isArray(demand.origins);
}

interface LooseDemand extends Omit<Demand, 'origins'> {
  readonly origins: readonly (Omit<Origin, 'latitude' | 'longitude'> &
    Partial<Origin> & { readonly geohash?: string | undefined })[];
}

/** Resolves the demand inside a policy, which may name places by geohash and list origins in any order. */
function located(demand: LooseDemand): Demand {
  const origins = demand.origins.map(({ geohash, ...origin }): Origin => {
    const center = geohash === undefined ? undefined : geohashCenter(geohash);
    const { latitude = center?.latitude ?? 0, longitude = center?.longitude ?? 0 } = origin;
    return { ...origin, latitude, longitude };
  });
  origins.sort((a, b) => byCodeUnits(a.name, b.name));
  return { ...demand, origins };
}

function newest(instants: readonly string[]): string | null {
  return instants.reduce<string | null>(
    (best, one) => (best === null || Date.parse(one) > Date.parse(best) ? one : best),
    null,
  );
}
