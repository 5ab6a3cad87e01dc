/** What every demand source has: how it is given, checked and read. */
import type { z } from '../../../constructs/parsing';
import type { DemandReading } from './demand-reading';

/** Everything a reading needs besides its source. */
export interface ReadContext {
  /** ISO 8601: the window ends here. A recorded answer brings its own time. */
  readonly now: string;
  /** Folder of the document: relative paths start there. */
  readonly folder: string;
  /** Where bearerTokenEnv and passwordEnv are looked up. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Under this total the window is stretched: minRequestsPerSecond x minClusters. Default: 40. */
  readonly stretchBelowRequestsPerSecond?: number;
  /** The demand of the last time, to notice when most of it is gone. Default: none. */
  readonly previous?: Pick<DemandReading['demand'], 'origins'>;
  /** The document; errors of the configuration name it. */
  readonly file?: string;
  /** For tests: how to wait between attempts. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Largest answer. Default: 64 MiB. */
  readonly maxBodyBytes?: number;
}

/** One source of demand. Errors of its configuration are at `demand.KEY`; they and the warnings repeat no secret. */
export interface Source<Schema extends z.ZodType = z.ZodType> {
  /** The argument of the data source `demand` that has the key of this source. */
  readonly schema: Schema;
  /** Keys of the configuration that say which server is asked; none: the source asks no server. */
  readonly serverKeys: readonly string[];
  /** Checks what the schema cannot. Throws EdgeErrors. */
  readonly parse: (given: NonNullable<z.input<Schema>>) => NonNullable<z.output<Schema>>;
  /** Throws EdgeError or EdgeErrors. */
  readonly read: (
    given: NonNullable<z.input<Schema>>,
    context: ReadContext,
  ) => Promise<DemandReading>;
}
