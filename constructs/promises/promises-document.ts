/** Promises documents: what a decision must keep, as a list that is checked in CI. */
import {
  API_VERSION,
  type DocumentOptions,
  type DocumentSource,
  type Path,
  parseDocument,
  type Report,
  z,
} from '../parsing';
import { changes, gap, latency, usdPerHour } from './latency-and-cost';
import { survives } from './survives';
import { clusters, clustersPerRegion, residency, share, utilization } from './where-it-runs';

/** The kinds of promises by key, in the order of the documentation. */
export const promiseRows = {
  survives,
  latency,
  usdPerHour,
  utilization,
  clusters,
  clustersPerRegion,
  residency,
  share,
  changes,
  gap,
};
/** A key of the table. */
export type PromiseKey = keyof typeof promiseRows;
/** The keys in their order. */
export const promiseKeys = Object.keys(promiseRows) as readonly PromiseKey[];

const optional = <S extends z.ZodType>({
  schema,
  doc,
}: {
  readonly schema: S;
  readonly doc: string;
}) => schema.optional().describe(doc);

const promiseSchema = z.strictObject({
  name: z.string().min(1).max(200).optional().describe('What it is called. Default: its words.'),
  apps: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Which apps it is about, by name. Default: all of the decision.'),
  survives: optional(survives),
  latency: optional(latency),
  usdPerHour: optional(usdPerHour),
  utilization: optional(utilization),
  clusters: optional(clusters),
  clustersPerRegion: optional(clustersPerRegion),
  residency: optional(residency),
  share: optional(share),
  changes: optional(changes),
  gap: optional(gap),
});

/** The Promises document. */
export const promisesSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('Promises').describe('What this document is.'),
  promises: z
    .array(promiseSchema)
    .min(1)
    .max(1000)
    .describe('Each has exactly one kind of promise.'),
});

/** One promise: its kind is the only key beside `name` and `apps`. */
export type PlacementPromise = z.output<typeof promiseSchema>;
/** What a decision must keep. */
export interface Promises {
  /** In the order written. */
  readonly promises: readonly PlacementPromise[];
}
/** Promises as a program writes them: the document without `apiVersion` and `kind`. */
export type PromisesInput = Omit<z.input<typeof promisesSchema>, 'apiVersion' | 'kind'>;

/** Parses Promises. Throws EdgeErrors. */
export function parsePromises(source: DocumentSource, options: DocumentOptions = {}): Promises {
  return parseDocument(
    {
      kind: 'Promises',
      schema: promisesSchema,
      build: ({ promises }, report) => {
        for (const [at, one] of promises.entries()) reportKinds(one, ['promises', at], report);
        return { promises };
      },
    },
    source,
    options,
  );
}

/** The kind of a promise that was parsed. */
export function kindOf(promise: PlacementPromise): PromiseKey {
  return promiseKeys.find((key) => promise[key] !== undefined) as PromiseKey;
}

function reportKinds(promise: PlacementPromise, path: Path, report: Report): void {
  const kinds = promiseKeys.filter((key) => promise[key] !== undefined);
  const wrong = (at: Path, summary: string, remedy: string) =>
    report({ code: 'InvalidDocument', path: at, summary, remedy });
  if (kinds.length === 0) {
    wrong(path, 'got no kind of promise, expected one', `Add one of: ${promiseKeys.join(', ')}.`);
  }
  if (kinds.length > 1) {
    const remedy = 'Write one entry of the list for each.';
    wrong(path, `got ${kinds.join(' and ')} in one promise, expected one of them`, remedy);
  }
  const { survives: loss, clusters: count } = promise;
  if (loss !== undefined && [loss.lose, loss.each, loss.scale].every((one) => one === undefined)) {
    const remedy = 'Write such as survives: {each: provider}.';
    wrong([...path, 'survives'], 'got neither lose nor each nor scale, expected one', remedy);
  }
  if (count !== undefined && count.atLeast === undefined && count.atMost === undefined) {
    const remedy = 'Add atLeast: 2, or atMost: 5.';
    wrong([...path, 'clusters'], 'got neither atLeast nor atMost, expected one', remedy);
  }
}
