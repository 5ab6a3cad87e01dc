/** Answer changes: which users would be answered otherwise, country by country, and which share of the requests that is. */
import { byCodeUnits } from '../model/canonical';
import { continentOf } from './places';
import type { RoutingTable } from './routing-table';

/** Where a part of the users of a slot is sent. */
export interface TargetShare {
  /** A cluster, or what stands for it in records: its addresses or its name. */
  readonly target: string;
  /** Above 0, at most 1. */
  readonly share: number;
}

/** Answers by slot, such as `default`, `continent-EU`, `country-DE`. */
export type AnswersBySlot = Readonly<Record<string, readonly TargetShare[]>>;

/** Users whose answers change. */
export interface AnswerChange {
  /** Country, `default` for users of no known country, or the key of a slot that is no country. */
  readonly place: string;
  /** Undefined: nothing was published before. */
  readonly before: readonly TargetShare[] | undefined;
  /** Empty: there will be none. */
  readonly after: readonly TargetShare[];
  /** Of these users, as the demand has them; 0 where none come from there. */
  readonly requestsPerSecond: number;
  /** Share of them that gets another target, 0 to 1; 0 where nothing was published before. */
  readonly movedShare: number;
}

/** All changes, and how much they move. */
export interface AnswerChanges {
  /** Most requests first, then by place. */
  readonly changes: readonly AnswerChange[];
  /** Share of all requests that gets another target, 0 to 1; 0 where nothing was published before. */
  readonly movedShare: number;
}

/** Shares closer than this are the same: published ones were rounded. */
const NEGLIGIBLE_SHARE = 1e-6;

/** What changes from one table to another, weighed by the requests of the newer; `before` is undefined where nothing is published yet. */
export function tableChanges(before: RoutingTable | undefined, after: RoutingTable): AnswerChanges {
  return answerChanges(before && answersOf(before), answersOf(after), after.requestsByCountry);
}

/** The answers of a table, its clusters as targets. */
export function answersOf({ slots }: Pick<RoutingTable, 'slots'>): AnswersBySlot {
  return Object.fromEntries(
    slots.map(({ key, answers }) => [
      key,
      answers.map(({ cluster, share }) => ({ target: cluster, share })),
    ]),
  );
}

/** Compares answers. Requests per second are by country; those of no known country have the key ''. */
export function answerChanges(
  before: AnswersBySlot | undefined,
  after: AnswersBySlot,
  requestsByCountry: Readonly<Record<string, number>>,
): AnswerChanges {
  const requests = new Map(
    Object.entries(requestsByCountry).map(([country, rate]) => [country || 'default', rate]),
  );
  const changes = placesOf(before ?? {}, after, requests).flatMap((place): AnswerChange[] => {
    const old = before && answersFor(before, place);
    const now = answersFor(after, place);
    const movedShare = old === undefined ? 0 : distance(old, now);
    if (old !== undefined && movedShare < NEGLIGIBLE_SHARE) return [];
    const requestsPerSecond = requests.get(place) ?? 0;
    return [{ place, before: old, after: now, requestsPerSecond, movedShare }];
  });
  changes.sort(
    (a, b) => b.requestsPerSecond - a.requestsPerSecond || byCodeUnits(a.place, b.place),
  );
  const total = [...requests.values()].reduce((sum, rate) => sum + rate, 0);
  const moved = changes.reduce((sum, one) => sum + one.requestsPerSecond * one.movedShare, 0);
  // Without requests the largest change of any place counts, so that an unknown demand is no licence.
  const largest = Math.max(0, ...changes.map((one) => one.movedShare));
  return { changes, movedShare: total > 0 ? moved / total : largest };
}

/** What users of a country are answered: by its own slot, that of its continent, or as everybody. A key of a slot is a place, too. */
export function answersFor(answers: AnswersBySlot, place: string): readonly TargetShare[] {
  const key = widening(place).find((one) => Object.hasOwn(answers, one));
  return key === undefined ? [] : answers[key];
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
  before: AnswersBySlot,
  after: AnswersBySlot,
  requests: ReadonlyMap<string, number>,
): readonly string[] {
  const keys = [...Object.keys(before), ...Object.keys(after)];
  const named = keys.map((key) => (key.startsWith('country-') ? key.slice(8) : key));
  const known = keys.includes('default') ? [...requests.keys()] : [];
  return [...new Set([...named, ...known])].sort(byCodeUnits);
}

/** Half of the sum of differences: the share that must go elsewhere. */
function distance(before: readonly TargetShare[], after: readonly TargetShare[]): number {
  const shares = new Map(before.map(({ target, share }) => [target, share]));
  for (const { target, share } of after) shares.set(target, (shares.get(target) ?? 0) - share);
  const sum = [...shares.values()].reduce((total, one) => total + Math.abs(one), 0);
  return before.length === 0 || after.length === 0 ? sum : sum / 2;
}
