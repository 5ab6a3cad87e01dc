/** Answer changes: which users get another answer, country by country, and which share of the requests that is. */
import { byCodeUnits } from '../../../constructs/model/canonical';
import { continentOf } from '../../../constructs/routing';
import type { Marker, SlotAnswers } from './marker';

/** Users whose answers change. */
export interface AnswerChange {
  /** Country, continent as `continent-EU`, or `default`: everybody whom no other slot catches. */
  readonly place: string;
  /** Undefined: there was no answer. */
  readonly before: readonly SlotAnswers[] | undefined;
  readonly after: readonly SlotAnswers[];
  /** Of these users, as the demand has them; 0 where none come from there. */
  readonly requestsPerSecond: number;
  /** Share of them that gets another cluster, 0 to 1. */
  readonly movedShare: number;
}

/** All changes, and how much they move. */
export interface AnswerChanges {
  /** Most requests first. */
  readonly changes: readonly AnswerChange[];
  /** Share of all requests that gets another cluster, 0 to 1; 0 where nothing was published before. */
  readonly movedShare: number;
}

type Slots = Marker['slots'];

/** Compares answers. `requests` are by country; those of no known country have the key ''. */
export function answerChanges(
  before: Slots | undefined,
  after: Slots,
  requests: ReadonlyMap<string, number>,
): AnswerChanges {
  const changes = placesOf(before ?? {}, after, requests).flatMap((place) => {
    const old = before === undefined ? undefined : answersFor(before, place);
    const now = answersFor(after, place) ?? [];
    const movedShare = old === undefined ? 0 : distance(old, now);
    if (old !== undefined && movedShare < 1e-6) return [];
    const requestsPerSecond = requestsOf(place, requests);
    return [{ place, before: old, after: now, requestsPerSecond, movedShare }];
  });
  const all = [...requests.values()].reduce((sum, one) => sum + one, 0);
  const moved = changes.reduce((sum, one) => sum + one.requestsPerSecond * one.movedShare, 0);
  changes.sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || byCodeUnits(a.place, b.place),
  );
  // Without requests the largest change of any place counts, so that an unknown demand is no licence.
  const largest = Math.max(0, ...changes.map((one) => one.movedShare));
  return { changes, movedShare: all > 0 ? moved / all : largest };
}

/** What users of a place are answered: by their country, else their continent, else as everybody. */
export function answersFor(slots: Slots, place: string): readonly SlotAnswers[] | undefined {
  const own = slots[place] ?? slots[`country-${place}`];
  if (own !== undefined) return own;
  const continent = continentOf(place);
  const wider = continent === undefined ? undefined : slots[`continent-${continent}`];
  return wider ?? slots.default;
}

/** Countries of the demand and of slots, continents that are slots, and the rest. */
function placesOf(
  before: Slots,
  after: Slots,
  requests: ReadonlyMap<string, number>,
): readonly string[] {
  const keys = [...Object.keys(before), ...Object.keys(after)];
  const wide = keys.filter((key) => !key.startsWith('country-'));
  const countries = keys.flatMap((key) => (key.startsWith('country-') ? [key.slice(8)] : []));
  const known = [...requests.keys()].filter((country) => country !== '');
  return [...new Set([...wide, ...countries, ...known])].sort(byCodeUnits);
}

/** What comes from countries is counted there, and not again in slots around them. */
function requestsOf(place: string, requests: ReadonlyMap<string, number>): number {
  return requests.get(place === 'default' ? '' : place) ?? 0;
}

/** Half of the sum of differences: the share that must go elsewhere. */
function distance(before: readonly SlotAnswers[], after: readonly SlotAnswers[]): number {
  const shares = new Map(before.map(({ target, share }) => [target, share]));
  for (const { target, share } of after) shares.set(target, (shares.get(target) ?? 0) - share);
  return [...shares.values()].reduce((sum, one) => sum + Math.abs(one), 0) / 2;
}
