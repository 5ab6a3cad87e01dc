/** Matchers: promises about a decision as `expect` of jest and vitest takes them. */
import type { PlacementDecision } from '../model/decision';
import { percent, threeDigits } from '../model/numbers';
import { EdgeError } from '../parsing';
import { place } from '../placement';
import type { PlaceInput } from '../policy';
import {
  checkPromises,
  type Measurement,
  type PlacementPromise,
  type PromiseResult,
  type PromisesInput,
  parsePromises,
} from '../promises';

/** One promise as a document writes it. */
type PromiseInput = PromisesInput['promises'][number];
/** What a promise of one kind is about, as a document writes it. */
type ValueOf<K extends keyof PromiseInput> = NonNullable<PromiseInput[K]>;

/** What jest and vitest ask of a matcher. */
interface MatcherResult {
  /** True when every promise is kept. */
  readonly pass: boolean;
  /** What was received, the limit and where, a promise a line. */
  readonly message: () => string;
}

/** The matchers as types: `interface Matchers<R> extends PlacementMatchers<R> {}` makes them known. */
export interface PlacementMatchers<R = unknown> {
  /** Every app has a legal placement after a loss, such as `{lose: {provider: 'aws'}}` or `{each: 'cluster'}`. */
  toSurvive(loss: ValueOf<'survives'>, documents?: PlaceInput): R;
  /** Requests take at most so many milliseconds; `percentile` is p95 unless it is said. */
  toAnswerWithin(latency: ValueOf<'latency'>, documents?: PlaceInput): R;
  /** All apps together cost at most so many US dollars per hour. */
  toCostAtMost(usdPerHour: number, documents?: PlaceInput): R;
  /** No limit of any cluster is used beyond this share of 1. */
  toStayBelowUtilization(share: number, documents?: PlaceInput): R;
  /** Each app runs on so many of the clusters that match. */
  toRunOn(clusters: ValueOf<'clusters'>, documents?: PlaceInput): R;
  /** Each app runs on so many clusters in each region. */
  toRunInEachRegion(regions: ValueOf<'clustersPerRegion'>, documents?: PlaceInput): R;
  /** Requests of these origins are served by these clusters alone. */
  toKeepResidency(residency: ValueOf<'residency'>, documents?: PlaceInput): R;
  /** No provider, region, country or cluster serves more than a share. */
  toSpreadOver(share: ValueOf<'share'>, documents?: PlaceInput): R;
  /** At most so many clusters are added and dropped. */
  toChangeAtMost(changes: number, documents?: PlaceInput): R;
  /** The decision is proved to be within this share of the best. */
  toBeProvedWithin(gap: number, documents?: PlaceInput): R;
  /** A whole Promises document: YAML text, or its object. */
  toKeepPromises(promises: string | PromisesInput, documents?: PlaceInput): R;
}

const kinds = {
  toSurvive: 'survives',
  toAnswerWithin: 'latency',
  toCostAtMost: 'usdPerHour',
  toStayBelowUtilization: 'utilization',
  toRunOn: 'clusters',
  toRunInEachRegion: 'clustersPerRegion',
  toKeepResidency: 'residency',
  toSpreadOver: 'share',
  toChangeAtMost: 'changes',
  toBeProvedWithin: 'gap',
} as const satisfies Readonly<Record<string, keyof PlacementPromise>>;

/** What decisions of `decisionOf` were made from. */
const documentsOf = new WeakMap<object, PlaceInput>();

/** Places as `place` does, and remembers what from: matchers ask these documents for losses. Throws EdgeErrors. */
export function decisionOf(input: PlaceInput): PlacementDecision {
  const decision = place(input);
  documentsOf.set(decision, input);
  return decision;
}

/** One matcher: holds a decision against what was promised. */
type Matcher = (
  received: PlacementDecision,
  expected: unknown,
  documents?: PlaceInput,
) => MatcherResult;

/** For `expect.extend(placementMatchers)` of jest and vitest. They take a decision of `decisionOf`; one from elsewhere needs its documents as second argument. */
export const placementMatchers: Readonly<Record<keyof PlacementMatchers, Matcher>> = {
  ...(Object.fromEntries(
    Object.entries(kinds).map(([name, kind]): [string, Matcher] => [
      name,
      (received, expected, documents) =>
        judged(name, received, { promises: [{ [kind]: expected }] }, documents),
    ]),
  ) as Record<keyof typeof kinds, Matcher>),
  toKeepPromises: (received, expected, documents) =>
    judged('toKeepPromises', received, expected as string | PromisesInput, documents),
};

function judged(
  matcher: string,
  received: PlacementDecision,
  promises: string | PromisesInput,
  documents: PlaceInput | undefined,
): MatcherResult {
  const input = documents ?? documentsOf.get(isObject(received) ? received : {});
  if (input === undefined) throw withoutDocuments(matcher, received);
  const results = checkPromises(parsePromises(promises), received, input);
  const broken = results.filter(({ holds }) => !holds);
  const pass = broken.length === 0;
  return {
    pass,
    message: () => (pass ? results : broken).map((one) => said(one, pass)).join('\n'),
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function said({ promise, broken, worst }: PromiseResult, pass: boolean): string {
  const lines = (pass ? (worst === undefined ? [] : [worst]) : broken.slice(0, 10)).map(
    (one) => `  ${one.where}: ${numbersOf(one)}`,
  );
  const more = broken.length > 10 ? [`  and ${broken.length - 10} more places`] : [];
  return [`expected the decision ${pass ? 'not ' : ''}to keep: ${promise}`, ...lines, ...more].join(
    '\n',
  );
}

/** `received 96 ms, limit 90 ms`. */
function numbersOf({ received, limit, unit, note }: Measurement): string {
  const number = (value: number) =>
    unit === 'share' ? percent(value) : `${threeDigits(value)} ${unit}`;
  const what = received === null ? (note ?? 'nothing') : number(received);
  const why = received === null || note === undefined ? '' : ` (${note})`;
  return `received ${what}, limit ${number(limit)}${why}`;
}

function withoutDocuments(matcher: string, received: unknown): EdgeError {
  const isDecision =
    isObject(received) && (received as { kind?: unknown }).kind === 'PlacementDecision';
  return new EdgeError({
    code: 'InvalidDocument',
    path: matcher,
    summary: isDecision
      ? 'got a decision whose documents are not known, expected one of decisionOf'
      : `got ${isObject(received) ? 'an object' : typeof received} that is no decision, expected a PlacementDecision`,
    remedy: isDecision
      ? 'Make it with decisionOf(input) of littoral/testing, or pass the input as second argument.'
      : 'Pass what decisionOf(input) or parseDecision returns.',
  });
}
