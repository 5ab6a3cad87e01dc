/** The registry of demand sources: a source is one row here, and one in constructs/policy/demand-source.ts for documents. */
import type { OutsideSource } from '../../../constructs/policy';
import type { DemandReading } from './demand-reading';
import { file } from './file-source';
import { prometheus } from './prometheus-source';
import type { ReadContext, Source } from './source';

type KeyOf<One> = One extends unknown ? keyof One : never;
/** The key of a source, in an EdgeApp and in the data source `demand`. */
export type SourceKey = KeyOf<OutsideSource>;

/** Every source by its key, in the order in which errors and schemas list them. */
export const demandSources = { prometheus, file } satisfies Readonly<
  Record<SourceKey, Pick<Source, 'schema'>>
>;
const entries = Object.entries(demandSources) as unknown as readonly (readonly [
  SourceKey,
  Source,
])[];

/** The keys of all sources. */
export const sourceKeys: readonly SourceKey[] = entries.map(([key]) => key);

type Arguments = { readonly [Key in SourceKey]: (typeof demandSources)[Key]['schema'] };
/** The arguments of the data source `demand` that name a source. */
export const sourceArguments = Object.fromEntries(
  entries.map(([key, { schema }]) => [key, schema]),
) as unknown as Arguments;

/** The source that `given` has a value for, and that value. */
export function sourceIn(
  given: Readonly<Partial<Record<SourceKey, unknown>>>,
):
  | { readonly key: SourceKey; readonly source: Source; readonly value: NonNullable<unknown> }
  | undefined {
  for (const [key, source] of entries) {
    const value = given[key];
    if (value !== undefined && value !== null) return { key, source, value };
  }
  return undefined;
}

/** Reads the demand from the one source that `given` names. Throws EdgeError or EdgeErrors. */
export async function readFrom(
  given: Readonly<Partial<Record<SourceKey, unknown>>>,
  context: ReadContext,
): Promise<DemandReading> {
  const found = sourceIn(given);
  if (found === undefined) throw new Error('unreachable: parsing refuses a demand without source');
  return found.source.read(found.value, context);
}

/** Whether an error at this path is about a server that was asked; at other paths of a source it is about what was asked. */
export function isServerPath(path: string): boolean {
  return entries.some(([key, { serverKeys }]) => {
    const base = `demand.${key}`;
    const paths = serverKeys.map((one) => `${base}.${one}`);
    return serverKeys.length > 0 && [base, ...paths].includes(path);
  });
}
