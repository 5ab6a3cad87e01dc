/** Demand: where the requests come from, read from a metrics server or a file; when the metrics fail, nothing is invented. */
import type { Demand } from '../../constructs/model/demand';
import { EdgeError, EdgeErrors, edgeErrorsOf, parseDocument, z } from '../../constructs/parsing';
import type { DemandWindow } from '../sources/demand/demand-reading';
import type { PrometheusSourceInput } from '../sources/demand/prometheus-config';
import {
  isServerPath,
  readFrom,
  sourceArguments,
  sourceIn,
  sourceKeys,
} from '../sources/demand/registry';
import type { DataSource } from './contract';
import { exactlyOneOf, type SourceWorld } from './source-world';

const demandSourceSchema = z.strictObject({
  ...sourceArguments,
  allowMissing: z
    .boolean()
    .default(true)
    .describe(
      'When the metrics fail: true reads as no demand, so that a decision in force stands; false is an error.',
    ),
  stretchBelowRequestsPerSecond: z
    .number()
    .min(0)
    .default(40)
    .describe(
      'With less traffic than this in the window, the window stretches to stretchSeconds. Usually minRequestsPerSecond x minClusters.',
    ),
});

/** How to read a demand. */
type DemandProps = Omit<z.output<typeof demandSourceSchema>, 'prometheus'> & {
  readonly prometheus?: PrometheusSourceInput | undefined;
};

/** What was read. */
export interface DemandValue {
  /** Undefined: the metrics failed and that is allowed. */
  readonly demand?: Demand;
  /** What to know about it, without secrets. */
  readonly warnings: readonly string[];
  /** The time the numbers are of; undefined for a file. */
  readonly window?: DemandWindow;
}

/** The data source `demand`. */
export const demand: DataSource<DemandProps, DemandValue, SourceWorld> = {
  kind: 'demand',
  doc: 'Reads where the requests come from and how many each second: one query to a Prometheus-compatible server, or a Demand document.',
  schema: demandSourceSchema,
  parse: parseDemandSource,
  read: readDemandSource,
};

function parseDemandSource(source: object): DemandProps {
  const parsed = parseDocument(
    {
      schema: demandSourceSchema,
      build: (value, report) => {
        exactlyOneOf(value, sourceKeys, report);
        return value;
      },
    },
    source,
  );
  const found = sourceIn(parsed);
  if (found === undefined) return parsed;
  try {
    return { ...parsed, [found.key]: found.source.parse(found.value) };
  } catch (thrown) {
    throw inArguments(thrown);
  }
}

async function readDemandSource(props: DemandProps, world: SourceWorld): Promise<DemandValue> {
  const { allowMissing, stretchBelowRequestsPerSecond, ...given } = props;
  try {
    return await readFrom(given, { ...world, stretchBelowRequestsPerSecond });
  } catch (thrown) {
    // A source that asks no server reports its errors where the arguments are.
    if (sourceIn(given)?.source.serverKeys.length === 0) throw thrown;
    const errors = edgeErrorsOf(thrown);
    const isOutside = errors?.every(
      ({ code, path }) => code === 'SourceFailed' && isServerPath(path),
    );
    if (errors === undefined || !isOutside || !allowMissing) throw inArguments(thrown);
    return { warnings: errors.map(({ summary }) => `${summary}; there is no demand to place by`) };
  }
}

/** Errors about `demand.prometheus.query` as errors about `prometheus.query`. */
function inArguments(thrown: unknown): unknown {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) return thrown;
  return new EdgeErrors(
    errors.map(({ code, path, summary, remedy, cause }) => {
      const local = path.replace(/^demand\./, '');
      return new EdgeError({ code, path: local, summary, remedy, cause });
    }),
  );
}
