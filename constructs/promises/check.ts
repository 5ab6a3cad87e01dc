/** Check: holds a decision against promises, and says for each what was received, what was promised, and where. */
import type { PlacementDecision } from '../model/decision';
import { EdgeError, nearest, throwAll } from '../parsing';
import type { PlaceInput } from '../policy';
import { excessOf, isKept, type Measurement, type PromiseContext } from './measurement';
import { kindOf, type PlacementPromise, type Promises, promiseRows } from './promises-document';
import type { PromiseRow } from './row';

/** A promise and what became of it. */
export interface PromiseResult {
  /** Its name, or its words where it has none. */
  readonly promise: string;
  /** Where it stands in the document, e.g. promises[0].latency. */
  readonly path: string;
  /** Whether it holds everywhere. */
  readonly holds: boolean;
  /** The number that is farthest over its limit, or nearest to it; missing where there is none to take. */
  readonly worst?: Measurement;
  /** Every place where it is broken, worst first; at most 100. */
  readonly broken: readonly Measurement[];
  /** How many places were looked at. */
  readonly places: number;
}

/** Places that break a promise which are listed. */
const MOST_LISTED = 100;

/**
 * Holds `decision` against every promise, in their order. `input` is what it was decided from; losses are asked for at its demand.
 *
 * @throws EdgeErrors for apps, clusters and regions that a promise names and that do not exist: it would hold for nothing.
 */
export function checkPromises(
  { promises }: Promises,
  decision: PlacementDecision,
  input: PlaceInput,
): readonly PromiseResult[] {
  const contexts = promises.map((one) => contextOf(one, decision, input));
  throwAll(promises.flatMap((one, at) => absentNames(one, at, contexts[at] as PromiseContext)));
  return promises.map((one, at) => resultOf(one, at, contexts[at] as PromiseContext));
}

/** Each kind of promise has a value of its own type, which only its row knows. */
const rowOf = (promise: PlacementPromise) => promiseRows[kindOf(promise)] as unknown as PromiseRow;
const writtenValue = (promise: PlacementPromise): unknown => promise[kindOf(promise)];

function contextOf(
  { apps: names }: PlacementPromise,
  decision: PlacementDecision,
  input: PlaceInput,
): PromiseContext {
  const apps = decision.apps.filter(({ app }) => names === undefined || names.includes(app));
  return { decision, input, apps };
}

function resultOf(promise: PlacementPromise, at: number, context: PromiseContext): PromiseResult {
  const row = rowOf(promise);
  const measured = [...row.measure(writtenValue(promise), context)].sort(
    (a, b) => compared(excessOf(b), excessOf(a)) || (a.where < b.where ? -1 : 1),
  );
  const broken = measured.filter((one) => !isKept(one));
  const [worst] = measured;
  return {
    promise: promise.name ?? wordsOf(promise),
    path: `promises[${at}].${kindOf(promise)}`,
    holds: broken.length === 0,
    ...(worst === undefined ? {} : { worst }),
    broken: broken.slice(0, MOST_LISTED),
    places: measured.length,
  };
}

/** Infinities are equal to themselves, and their difference is no number. */
const compared = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** The promise in words, with its apps where it is not about all. */
export function wordsOf(promise: PlacementPromise): string {
  const words = rowOf(promise).words(writtenValue(promise));
  return promise.apps === undefined ? words : `${promise.apps.join(', ')}: ${words}`;
}

function absentNames(
  promise: PlacementPromise,
  at: number,
  context: PromiseContext,
): readonly EdgeError[] {
  const known = context.decision.apps.map(({ app }) => app);
  const apps = (promise.apps ?? [])
    .filter((app) => !known.includes(app))
    .map((app) => absent(`promises[${at}].apps`, `app ${app}`, app, known));
  const value = writtenValue(promise);
  const others = rowOf(promise).absent?.(value, context) ?? [];
  return [
    ...apps,
    ...others.map(({ path, received, known: choices }) => {
      const written = received.split(' ').at(-1) ?? '';
      return absent(`promises[${at}].${kindOf(promise)}.${path}`, received, written, choices);
    }),
  ];
}

function absent(path: string, received: string, written: string, known: readonly string[]) {
  const near = nearest(written, known);
  const choices =
    known.length === 0 ? 'Leave it out.' : `Use one of: ${known.slice(0, 8).join(', ')}.`;
  return new EdgeError({
    code: 'UnknownName',
    path,
    summary: `there is no ${received}: the promise would hold for nothing`,
    remedy: near === undefined ? choices : `Did you mean ${near}?`,
  });
}
