/** Props: which clusters of a release are to be cleaned, and what DNS must answer before. */
import { EdgeError, EdgeErrors, edgeErrorsOf, parseDocument, z } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';
import { type ReleaseState, readState } from '../release';
import { parseTable, tableInput } from '../traffic';

/** Schema of the resource, for every wire. */
export const retirementSchema = z.strictObject({
  release: z
    .union([z.string(), z.record(z.string(), z.unknown())])
    .describe('The release as it is remembered, which serves on in clusters that left.'),
  leaving: z
    .array(z.string().min(1))
    .describe('Clusters that left the decision: the release is removed there, and nowhere else.'),
  table: tableInput.describe(
    'What DNS must answer before anything is removed: the routing table that a placement gives for the app.',
  ),
  nameservers: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Name servers to ask, such as 192.0.2.53 or 192.0.2.53:5353. Default: those of the zone.',
    ),
  geoip: z
    .string()
    .min(1)
    .optional()
    .describe(
      'GeoIP database (.mmdb) of countries: name servers are asked from a network of each country of the demand too, by client subnet. Default: from here alone.',
    ),
  answerSeconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(600)
    .describe('How long name servers may take until they answer as the table says.'),
  readySeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(120)
    .describe('How long clusters that users are sent to may take until they serve.'),
  endpointCaFile: z
    .string()
    .min(1)
    .optional()
    .describe('Certificate authorities (PEM) to trust at clusters instead of the usual ones.'),
});

/** Props as they are given. */
export type RetirementInput = z.input<typeof retirementSchema>;
/** Parsed props. */
export type RetirementProps = Omit<z.output<typeof retirementSchema>, 'release' | 'table'> & {
  readonly release: ReleaseState;
  readonly table: RoutingTable;
};

/** What is looked at before anything is removed. */
export type Asking = Omit<RetirementProps, 'release'>;

/** Throws EdgeErrors with every mistake. */
export function parseRetirement(source: object): RetirementProps {
  const { release, table, leaving, ...rest } = parseDocument(
    { schema: retirementSchema, build: (value) => value },
    source,
  );
  const errors: EdgeError[] = [];
  const trying = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (thrown) {
      const known = edgeErrorsOf(thrown);
      if (known === undefined) throw thrown;
      errors.push(...known);
      return undefined;
    }
  };
  const parsed = {
    release: trying(() => releaseIn(release)),
    table: trying(() => parseTable(table)),
  };
  if (parsed.release === undefined || parsed.table === undefined) throw new EdgeErrors(errors);
  const { release: remembered, table: routing } = parsed;
  return {
    ...rest,
    leaving: [...new Set(leaving)].sort(),
    release: remembered,
    table: routing,
  };
}

/** What a state of a wire holds: the release itself, or what is remembered around it. */
function releaseIn(given: string | Readonly<Record<string, unknown>>): ReleaseState {
  try {
    const document = (typeof given === 'string' ? JSON.parse(given) : given) as {
      readonly release?: unknown;
    };
    const isWrapped = typeof document.release === 'object';
    return readState(isWrapped ? document.release : document);
  } catch (thrown) {
    const known = edgeErrorsOf(thrown) ?? [];
    if (known.length > 0) throw new EdgeErrors(known.map(atRelease));
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'release',
      summary: 'got a text that is no release',
      remedy:
        'Pass what the release remembers: its attribute inventory, in Pulumi its output state.',
    });
  }
}

const atRelease = ({ code, summary, remedy, cause }: EdgeError) =>
  new EdgeError({ code, path: 'release', summary, remedy, cause });
