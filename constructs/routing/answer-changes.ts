/** Answer changes: which users would be answered with other clusters by one table than by another, country by country. */
import { byCodeUnits } from '../model/canonical';
import { continentOf } from './places';
import type { RoutingTable, Slot, SlotAnswer } from './routing-table';

/** Users whose answers change. */
export interface AnswerChange {
  /** Country, `default` for users of no known country, or the key of a slot that is no country. */
  readonly place: string;
  /** Empty: there was no answer. */
  readonly before: readonly SlotAnswer[];
  /** Empty: there will be none. */
  readonly after: readonly SlotAnswer[];
  /** Of these users, as the demand has them. */
  readonly requestsPerSecond: number;
  /** Share of them that gets another cluster, 0 to 1. */
  readonly movedShare: number;
}

/** All changes, and how much they move. */
export interface AnswerChanges {
  /** Most requests first, then by place. */
  readonly changes: readonly AnswerChange[];
  /** Share of all requests that gets another cluster, 0 to 1; 0 without requests. */
  readonly movedShare: number;
}

/** What changes from one table to another, weighed by the requests of the newer; `before` is undefined where nothing is published yet. */
export function answerChanges(
  before: RoutingTable | undefined,
  after: RoutingTable,
): AnswerChanges {
  const requests = new Map(
    Object.entries(after.requestsByCountry).map(([country, rate]) => [country || 'default', rate]),
  );
  const total = [...requests.values()].reduce((sum, rate) => sum + rate, 0);
  const changes = placesOf(before, after, requests).flatMap((place): AnswerChange[] => {
    const [old, now] = [answersFor(before, place), answersFor(after, place)];
    const movedShare = distance(old, now);
    if (movedShare < 1e-9) return [];
    const requestsPerSecond = requests.get(place) ?? 0;
    return [{ place, before: old, after: now, requestsPerSecond, movedShare }];
  });
  changes.sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || byCodeUnits(a.place, b.place),
  );
  const moved = changes.reduce((sum, one) => sum + one.requestsPerSecond * one.movedShare, 0);
  return { changes, movedShare: total === 0 ? 0 : moved / total };
}

/** What users of a country are answered: by its own slot, that of its continent, or as everybody. A key of a slot is a place, too. */
export function answersFor(
  table: Pick<RoutingTable, 'slots'> | undefined,
  place: string,
): readonly SlotAnswer[] {
  if (table === undefined) return [];
  const found = widening(place)
    .map((key): Slot | undefined => table.slots.find((slot) => slot.key === key))
    .find((slot) => slot !== undefined);
  return found?.answers ?? [];
}

/** Keys of the slots that may catch a place, the smallest first. */
function widening(place: string): readonly string[] {
  const [, country = ''] = /^(?:subdivision-)?([A-Z]{2})(?:-[A-Z0-9]+)?$/.exec(place) ?? [];
  if (country === '') return place.startsWith('continent-') ? [place, 'default'] : [place];
  const continent = continentOf(country);
  const wider = continent === undefined ? [] : [`continent-${continent}`];
  return [place, `country-${country}`, ...wider, 'default'];
}

/** Countries of the demand and of slots, and slots that are no countries. */
function placesOf(
  before: RoutingTable | undefined,
  after: RoutingTable,
  requests: ReadonlyMap<string, number>,
): readonly string[] {
  const slots = [...(before?.slots ?? []), ...after.slots];
  const named = slots.flatMap(({ kind, code, key }) => (kind === 'country' ? [code] : [key]));
  const byCountry = slots.some(({ kind }) => kind === 'default');
  const known = byCountry ? [...requests.keys()] : [];
  return [...new Set([...named, ...known])].sort(byCodeUnits);
}

/** Half of the sum of differences: the share that must go elsewhere. */
function distance(before: readonly SlotAnswer[], after: readonly SlotAnswer[]): number {
  const shares = new Map(before.map(({ cluster, share }) => [cluster, share]));
  for (const { cluster, share } of after) {
    shares.set(cluster, (shares.get(cluster) ?? 0) - share);
  }
  const sum = [...shares.values()].reduce((total, one) => total + Math.abs(one), 0);
  return before.length === 0 || after.length === 0 ? sum : sum / 2;
}
