/** Row of the table of promises: its schema with documentation, its words, and the numbers it limits. */
import type { z } from '../parsing';
import type { Measurement, PromiseContext } from './measurement';

/** A name in a promise that nothing of the documents has, which would make the promise hold for nothing. */
export interface AbsentName {
  /** Path below the promise, such as `lose`. */
  readonly path: string;
  /** What was written, in words. */
  readonly received: string;
  /** What there is. */
  readonly known: readonly string[];
}

/** One kind of promise, by its schema. */
export interface PromiseRow<Schema extends z.ZodType = z.ZodType> {
  /** One sentence for the documentation. */
  readonly doc: string;
  readonly schema: Schema;
  /** The promise in words, such as `p95 at most 90 ms`. */
  readonly words: (value: z.output<Schema>) => string;
  /** Every number it limits; none where it is about nothing. */
  readonly measure: (value: z.output<Schema>, context: PromiseContext) => readonly Measurement[];
  /** Names that do not exist. Default: it has no names. */
  readonly absent?: (value: z.output<Schema>, context: PromiseContext) => readonly AbsentName[];
}

/** A row, typed by its schema. */
export function promise<Schema extends z.ZodType>(row: PromiseRow<Schema>): PromiseRow<Schema> {
  return row;
}
