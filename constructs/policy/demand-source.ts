/** Demand sources: the forms in which an app says where its requests come from, one row for each source that has a name. */
import { type Demand, inlineDemandSchema } from '../model/demand';
import { builtDemand } from '../model/demand-document';
import { type Report, z } from '../parsing';

/** Where an app's demand comes from: given here, in a file, or asked of a metrics server. */
export type DemandSource =
  | { readonly inline: Demand }
  | { readonly file: string }
  | { readonly prometheus: Readonly<Record<string, unknown>> };

/** A source outside the document. */
export type OutsideSource = Exclude<DemandSource, { readonly inline: Demand }>;
type KeyOf<Source> = Source extends unknown ? keyof Source : never;
/** The sources that are written as an object under their own key, such as `{prometheus: {...}}`. */
type NamedSource = Exclude<KeyOf<OutsideSource>, 'file'>;

/** What a document says of a named source. Its reader in providers/sources/demand checks the object. */
interface NamedSourceRow {
  /** What is asked, in the words of an error. */
  readonly title: string;
  /** One sentence for the schema. */
  readonly doc: string;
}

/** Every named source by its key under `demand`. */
export const namedSources: Readonly<Record<NamedSource, NamedSourceRow>> = {
  prometheus: { title: 'Prometheus', doc: 'Address, query and labels of a metrics server.' },
};

type NamedSchema = {
  [Key in NamedSource]: z.ZodObject<Record<Key, z.ZodRecord>, z.strict>;
}[NamedSource];

const namedSchemas = Object.entries(namedSources).map(([key, { doc }]) =>
  z.strictObject({ [key]: z.record(z.string(), z.unknown()).describe(doc) }),
) as unknown as readonly NamedSchema[];
const namedForms = Object.keys(namedSources).map((key) => `{${key}: {...}}`);

/** `demand` of an EdgeApp document. */
export const demandSourceSchema = z
  .union([z.string().min(1), inlineDemandSchema, ...namedSchemas])
  .optional()
  .describe(`A path, a Demand without apiVersion and kind, or ${namedForms.join(' or ')}.`);

/** The source that a document has under `demand`. */
export function builtDemandSource(
  written: NonNullable<z.output<typeof demandSourceSchema>>,
  report: Report,
): DemandSource {
  if (typeof written === 'string') return { file: written };
  if ('origins' in written) return { inline: builtDemand(written, ['demand'], report) };
  return written;
}

/** A source as a document has it under `demand`; what is written that way already stays. */
export function writtenDemand(demand: DemandSource | string | object | undefined): unknown {
  if (typeof demand !== 'object') return demand;
  if ('inline' in demand) return demand.inline;
  return 'file' in demand ? demand.file : demand;
}

/** The demand that an app carries itself. */
export function inlineDemand({ demand }: { readonly demand?: DemandSource }): Demand | undefined {
  return demand !== undefined && 'inline' in demand ? demand.inline : undefined;
}

/** The source that must be read before the demand of an app is known. */
export function outsideSource(app: { readonly demand?: DemandSource }): OutsideSource | undefined {
  return app.demand === undefined || 'inline' in app.demand ? undefined : app.demand;
}

/** The row of the named source that is written under `demand`. */
export function namedSourceIn(written: unknown): NamedSourceRow | undefined {
  if (typeof written !== 'object' || written === null) return undefined;
  return Object.entries(namedSources).find(([key]) => key in written)?.[1];
}
