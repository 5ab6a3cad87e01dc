/** Demand: where the requests come from, read from a metrics server or a file; when the metrics fail, nothing is invented. */
import { z } from 'zod';
import type { Demand } from '../../constructs/model/demand';
import { EdgeError, EdgeErrors, edgeErrorsOf, parseDocument } from '../../constructs/parsing';
import type { DemandWindow } from '../sources/demand/demand-reading';
import { type PrometheusSourceInput, prometheusSchema } from '../sources/demand/prometheus-config';
import { parsePrometheus, prometheusPath } from '../sources/demand/prometheus-document';
import { readDemand } from '../sources/files/documents';
import { resolvePath } from '../sources/files/text-file';
import type { DataSource } from './contract';
import { exactlyOneOf, metricsServerPath, type SourceWorld } from './source-world';

const demandSourceSchema = z.strictObject({
  prometheus: prometheusSchema
    .optional()
    .describe('One query to Prometheus, Thanos or Mimir. Give this or file.'),
  file: z.string().min(1).optional().describe('A Demand document, YAML or JSON.'),
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
        exactlyOneOf(value, ['prometheus', 'file'], report);
        return value;
      },
    },
    source,
  );
  const { prometheus, ...rest } = parsed;
  if (prometheus === undefined) return rest;
  try {
    return { ...rest, prometheus: parsePrometheus(prometheus) };
  } catch (thrown) {
    throw here(thrown);
  }
}

async function readDemandSource(props: DemandProps, world: SourceWorld): Promise<DemandValue> {
  const { file, prometheus, stretchBelowRequestsPerSecond } = props;
  if (file !== undefined) {
    return { demand: readDemand(resolvePath(file, world.folder), { path: 'file' }), warnings: [] };
  }
  // Loaded here: an HTTP client costs a start-up that most calls do not need.
  const { readPrometheusDemand } =
    require('../sources/demand/prometheus') as typeof import('../sources/demand/prometheus');
  try {
    return await readPrometheusDemand(prometheus ?? {}, {
      ...world,
      stretchBelowRequestsPerSecond,
    });
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    const isOutside = errors?.every(
      ({ code, path }) => code === 'SourceFailed' && metricsServerPath.test(path),
    );
    if (errors === undefined || !isOutside || !props.allowMissing) throw here(thrown);
    return { warnings: errors.map(({ summary }) => `${summary}; there is no demand to place by`) };
  }
}

/** Errors about `demand.prometheus.query` as errors about `prometheus.query`. */
function here(thrown: unknown): unknown {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) return thrown;
  const above = prometheusPath.replace(/prometheus$/, '');
  return new EdgeErrors(
    errors.map(({ code, path, summary, remedy, cause }) => {
      const local = path.startsWith(above) ? path.slice(above.length) : path;
      return new EdgeError({ code, path: local, summary, remedy, cause });
    }),
  );
}
