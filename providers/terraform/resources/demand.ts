/** littoral_demand: reads where the requests come from while Terraform plans, and freezes it in the plan. */
import { counted, threeDigits } from '../../../constructs/model/numbers';
import type { DemandValue } from '../../resources/demand';
import type {
  Context,
  Diagnostic,
  Fields,
  Path,
  ReadSource,
  Schema,
  Value,
} from '../protocol/provider';
import { readValue } from '../schema/reading';
import { attributeOf, type Shape } from '../schema/shape';
import { attributePath, stepsOf } from '../schema/values';
import shapes from '../shapes.json';
import { attribute, fieldsOf, textOf } from './attributes';
import { gathering, warningsOf } from './diagnostics';
import { sourceWorldOf } from './settings';
import { knownErrors } from './unknown-inputs';

const prometheus = shapes.prometheus as Shape;

const schema: Schema = {
  version: 0,
  description:
    'Reads where the requests come from and how many there are each second: one query to a Prometheus-compatible server, or a Demand document. Terraform reads it once, while planning, so what was reviewed is what is applied.',
  attributes: [
    attributeOf(
      'prometheus',
      'One query to Prometheus, Thanos or Mimir. Give this or `file`.',
      'optional',
      prometheus,
    ),
    attribute('file', 'string', 'optional', 'Path of a Demand document, YAML or JSON.'),
    attribute(
      'allow_missing',
      'bool',
      'optional',
      'What failing metrics mean. `true`: no demand, so that a placement in force stands, and a warning. `false`: an error. Default `true`.',
    ),
    attribute(
      'stretch_below_requests_per_second',
      'number',
      'optional',
      'With less traffic than this in the window, the window stretches to `stretch_seconds`. Usually `min_requests_per_second` times `min_clusters`. Default `40`.',
    ),
    attribute(
      'document',
      'string',
      'computed',
      'The Demand as JSON, for `demands` of a placement. Null: the metrics failed, and that is allowed.',
    ),
    attribute('observed_at', 'string', 'computed', 'When the newest value was measured.'),
    attribute('requests_per_second', 'number', 'computed', 'Of all origins together.'),
    attribute('origins', 'number', 'computed', 'How many places the requests come from.'),
    attribute('summary', 'string', 'computed', 'All of it in one line.'),
  ],
};

const keys = {
  file: 'file',
  allowMissing: 'allow_missing',
  stretchBelowRequestsPerSecond: 'stretch_below_requests_per_second',
} as const;

function locate(path: string): Path {
  const [first, ...rest] = stepsOf(path);
  if (first === 'prometheus') return ['prometheus', ...attributePath(prometheus, rest)];
  const name = keys[first as keyof typeof keys];
  return name === undefined ? [] : [name];
}

function sourceOf(config: Fields): object {
  const plain = Object.entries(keys).flatMap(([key, name]): [string, unknown][] => {
    const value = config[name] ?? null;
    return value === null || typeof value === 'object' ? [] : [[key, value]];
  });
  const prometheusDocument = readValue(prometheus, config.prometheus ?? null, ['prometheus']);
  return {
    ...Object.fromEntries(plain),
    ...(prometheusDocument === undefined ? {} : { prometheus: prometheusDocument }),
  };
}

function demandResource() {
  return (require('../../resources/demand') as typeof import('../../resources/demand')).demand;
}

async function validate(config: Fields): Promise<readonly Diagnostic[]> {
  return knownErrors(config, locate, () => demandResource().parse(sourceOf(config)));
}

async function read(
  config: Fields,
  context: Context,
): Promise<{ readonly state: Fields; readonly diagnostics: readonly Diagnostic[] }> {
  const { value, diagnostics } = await gathering(locate, () => {
    const { parse, read: ask } = demandResource();
    return ask(parse(sourceOf(config)), sourceWorldOf(context));
  });
  if (value === undefined) return { state: fieldsOf(schema.attributes, config), diagnostics };
  const path: Path = config.prometheus === null ? ['file'] : ['prometheus'];
  const { query, mode } = (config.prometheus ?? {}) as Readonly<Record<string, Value>>;
  // Addresses and headers may hold credentials; a query does not.
  context.log('info', 'read demand', {
    ...(typeof query === 'string' ? { query, mode: textOf(mode) ?? null } : { file: config.file }),
    ...(value.window === undefined ? {} : { window: value.window }),
    origins: value.demand?.origins.length ?? null,
    warnings: value.warnings.length,
  });
  const state = fieldsOf(schema.attributes, { ...config, ...resultsOf(value, config) });
  return { state, diagnostics: warningsOf(value.warnings, path) };
}

function resultsOf(
  { demand, window }: DemandValue,
  config: Fields,
): Readonly<Record<string, Value>> {
  const from = textOf(config.file) ?? 'the metrics';
  if (demand === undefined) return { summary: `no demand: ${from} could not be read` };
  const total = demand.origins.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const count = demand.origins.length;
  const stretched = window?.stretched === true ? ', stretched because there is little traffic' : '';
  const span =
    window === undefined ? `observed at ${demand.observedAt}` : `${window.from} to ${window.until}`;
  const document = { apiVersion: 'littoral.dev/v1alpha1', kind: 'Demand', ...demand };
  return {
    document: JSON.stringify(document),
    observed_at: demand.observedAt,
    requests_per_second: total,
    origins: count,
    summary: `${threeDigits(total)} requests/s from ${counted(count, 'origin')}, ${span}${stretched}`,
  };
}

/** The data source `littoral_demand`. */
export const demand: ReadSource = { schema, validate, read };
