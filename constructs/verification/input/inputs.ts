/** What a decision was made from, put in order: apps and clusters by name, a demand for each app, and the clock. */
import { byCodeUnits, canonicalJson, digestOf } from '../../model/canonical';
import type { AppDecision, PlacementDecision } from '../../model/decision';
import type { Demand, Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import { geohashCenter } from '../../model/geography';
import type { EdgeApp, PlaceInput } from '../../policy';

/** What an app is placed by: a demand (none for a static policy), or nothing new, so that its previous decision stands. */
export type Basis =
  | { readonly kind: 'placed'; readonly demand?: Demand }
  | { readonly kind: 'stands' }
  | { readonly kind: 'nothing' };

/** The inputs of one decision. */
export interface Circumstances {
  /** By name. */
  readonly apps: readonly EdgeApp[];
  readonly fleet: Fleet;
  /** The demand given for each app, fit to be placed by or not. */
  readonly given: ReadonlyMap<string, Demand>;
  readonly bases: ReadonlyMap<string, Basis>;
  /** As the decision should tell it; undefined when nothing says what time it is. */
  readonly clock: string | undefined;
  /** The same in milliseconds since 1970. */
  readonly now: number;
  /** Of the newest demand; null without any. */
  readonly observedAt: string | null;
  readonly previous?: PlacementDecision;
}

/** The clock of a placement that no time decides. */
const NEVER = '1970-01-01T00:00:00Z';

/** Puts the inputs in order. */
export function circumstancesOf(input: PlaceInput): Circumstances {
  const apps = [...input.apps].sort((a, b) => byCodeUnits(a.name, b.name));
  const clusters = [...input.fleet.clusters].sort((a, b) => byCodeUnits(a.name, b.name));
  const given = new Map<string, Demand>();
  for (const app of apps) {
    const demand = demandFor(app, input);
    if (demand !== undefined) given.set(app.name, demand);
  }
  const observedAt = newest(
    apps.flatMap((app) => (given.get(app.name) ?? assumed(app))?.observedAt ?? []),
  );
  const { previous } = input;
  const isStatic = apps.every((app) => app.policy.static);
  const clock = input.now ?? observedAt ?? (isStatic ? (previous?.now ?? NEVER) : undefined);
  const now = Date.parse(clock ?? '');
  const bases = apps.map(
    (app) => [app.name, basisOf(app, given.get(app.name), previous, now)] as const,
  );
  return {
    apps,
    fleet: { ...input.fleet, clusters },
    given,
    bases: new Map(bases),
    clock,
    now,
    observedAt,
    ...(previous !== undefined && { previous }),
  };
}

/** Fail static: a demand that is missing, empty or stale moves nothing. */
function basisOf(
  app: EdgeApp,
  demand: Demand | undefined,
  previous: PlacementDecision | undefined,
  now: number,
): Basis {
  if (app.policy.static) return { kind: 'placed' };
  if (hasRequests(demand) && now <= until(demand)) return { kind: 'placed', demand };
  if (previous?.apps.some((one) => one.app === app.name && one.satisfied))
    return { kind: 'stands' };
  const fallback = assumed(app);
  return hasRequests(fallback) ? { kind: 'placed', demand: fallback } : { kind: 'nothing' };
}

function hasRequests(demand: Demand | undefined): demand is Demand {
  return demand?.origins.some(({ requestsPerSecond }) => requestsPerSecond > 0) ?? false;
}

function until({ observedAt, validForSeconds }: Demand): number {
  return Date.parse(observedAt) + validForSeconds * 1000;
}

/** The demand an app is placed by, if any. */
export function demandOf(circumstances: Circumstances, app: string): Demand | undefined {
  const basis = circumstances.bases.get(app);
  return basis?.kind === 'placed' ? basis.demand : undefined;
}

/** What the previous decision says about an app, when it had an answer. */
export function previousOf(given: Circumstances, app: string): AppDecision | undefined {
  const found = given.previous?.apps.find((one) => one.app === app);
  return found?.satisfied ? found : undefined;
}

/** The digest of all demands given: of the one that all apps share, or of each by app. */
export function demandDigest({ apps, given }: Circumstances): string | null {
  const all = [...given.values()];
  const [first] = all;
  if (first === undefined) return null;
  const text = canonicalJson(first);
  const isShared = all.length === apps.length && all.every((one) => canonicalJson(one) === text);
  return digestOf(isShared ? first : Object.fromEntries(given));
}

function demandFor(app: EdgeApp, { demand }: PlaceInput): Demand | undefined {
  const inline = app.demand !== undefined && 'inline' in app.demand ? app.demand.inline : undefined;
  if (isDemand(demand)) return demand;
  return demand !== undefined && Object.hasOwn(demand, app.name) ? demand[app.name] : inline;
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

/** A demand inside a policy may still name places by geohash, in any order. */
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
