/** Match: selects clusters and origins by their attributes, in policies and overrides. */
import { z } from '../parsing';
import { canonicalJson } from './canonical';

const values = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const wholeNumber = /^[+-]?\d{1,18}$/;

/** One requirement of Kubernetes' label selectors, and of its node selectors, which have Gt and Lt. */
const expressionSchema = z
  .strictObject({
    key: z.string().min(1).describe('Name of the label.'),
    operator: z
      .enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'])
      .describe(
        'NotIn and DoesNotExist hold as well where the label is missing. Gt, Lt: the label is a whole number above, below the value.',
      ),
    values: z
      .array(z.string())
      .default([])
      .describe('At least one for In and NotIn, one whole number for Gt and Lt, else none.'),
  })
  .refine(({ operator, values }) => suits(operator, values), {
    path: ['values'],
    error: 'at least one value for In and NotIn, one whole number for Gt and Lt, none for others',
  });

/** One requirement about a label. */
type LabelExpression = z.output<typeof expressionSchema>;

function suits(operator: string, values: readonly string[]): boolean {
  if (operator === 'In' || operator === 'NotIn') return values.length > 0;
  if (operator === 'Exists' || operator === 'DoesNotExist') return values.length === 0;
  return values.length === 1 && wholeNumber.test(values[0]);
}

/** The keys of a Match. */
export const matchShape = {
  region: values.optional().describe('Region, or any of several.'),
  country: values.optional().describe('ISO 3166-1 alpha-2 country code, or any of several.'),
  provider: values.optional().describe('Provider, or any of several.'),
  city: values.optional().describe('City, or any of several.'),
  name: values.optional().describe('Cluster name, or any of several.'),
  labels: z.record(z.string(), values).optional().describe('Labels; every one must match.'),
  matchExpressions: z
    .array(expressionSchema)
    .optional()
    .describe("Requirements about labels in Kubernetes' form; every one must hold."),
};

/** Keys are ANDed, an array is OR. `{}` matches everything. */
export const matchSchema = z
  .strictObject(matchShape)
  .describe('Selects clusters: keys are ANDed, an array of values is OR.');

/** A Match that must be met `count` times. */
export const countedMatchSchema = z
  .strictObject({
    ...matchShape,
    count: z.int().min(1).default(1).describe('How many chosen clusters must match. Default 1.'),
  })
  .describe('Selects clusters, and says how many of them must be chosen.');

/** Selects origins, which have fewer attributes than clusters. */
export const originMatchSchema = z
  .strictObject({ region: matchShape.region, country: matchShape.country, name: matchShape.name })
  .describe('Selects origins: keys are ANDed, an array of values is OR.');

/** Selects clusters; keys are ANDed, arrays are OR. */
export type Match = z.output<typeof matchSchema>;
/** Selects clusters, with how many must be chosen. */
export type CountedMatch = z.output<typeof countedMatchSchema>;
/** Selects origins. */
export type OriginMatch = z.output<typeof originMatchSchema>;

/** Anything a Match can be held against. */
export interface Matchable {
  /** Name of the cluster or origin. */
  readonly name: string;
  /** Region, e.g. europe. */
  readonly region?: string | undefined;
  /** ISO 3166-1 alpha-2 country code, e.g. DE. */
  readonly country?: string | undefined;
  /** Provider of the cluster. */
  readonly provider?: string | undefined;
  /** City of the cluster. */
  readonly city?: string | undefined;
  /** Labels of the cluster. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

const attributes = ['region', 'country', 'provider', 'city', 'name'] as const;

/** True when every key of `match` holds for `thing`; a missing attribute never matches. */
export function matches(match: Match | OriginMatch | CountedMatch, thing: Matchable): boolean {
  const wanted: Match = match;
  for (const key of attributes) {
    const expected = wanted[key];
    if (expected !== undefined && !oneOf(expected, thing[key])) return false;
  }
  for (const [label, expected] of Object.entries(wanted.labels ?? {})) {
    if (!oneOf(expected, ownLabel(thing, label))) return false;
  }
  return (wanted.matchExpressions ?? []).every((one) => holds(one, ownLabel(thing, one.key)));
}

function holds({ operator, values = [] }: LabelExpression, label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    case 'Gt':
    case 'Lt': {
      // As in Kubernetes, a label that is no whole number is neither above nor below.
      if (label === undefined || !wholeNumber.test(label)) return false;
      const [is, limit] = [BigInt(label), BigInt(values[0])];
      return operator === 'Gt' ? is > limit : is < limit;
    }
  }
}

/** A Match in words, e.g. `region europe, labels.tier edge or cloud`. */
export function describeMatch(match: Match | OriginMatch | CountedMatch): string {
  const wanted: Match = match;
  const parts = attributes
    .filter((key) => wanted[key] !== undefined)
    .map((key) => `${key} ${listed(wanted[key] as string | string[])}`);
  for (const label of Object.keys(wanted.labels ?? {}).sort()) {
    parts.push(`labels.${label} ${listed(wanted.labels?.[label] as string | string[])}`);
  }
  for (const { key, operator, values } of wanted.matchExpressions ?? []) {
    parts.push([`labels.${key} ${operator}`, ...values].join(' '));
  }
  return parts.length === 0 ? 'anything' : parts.join(', ');
}

/** The same text for Matches that select the same by their form: order and single-element lists do not matter. */
export function canonicalMatch(match: Match | CountedMatch): string {
  const { count: _, labels, matchExpressions = [], ...attributes } = match as CountedMatch;
  const sortedLists = (record: Readonly<Record<string, string | readonly string[] | undefined>>) =>
    Object.fromEntries(
      Object.entries(record).map(([key, value]) => [
        key,
        value === undefined ? undefined : [...new Set([value].flat())].sort(),
      ]),
    );
  const expressions = matchExpressions.map((one) =>
    canonicalJson({ ...one, values: [...new Set(one.values)].sort() }),
  );
  return canonicalJson({
    ...sortedLists(attributes),
    labels: sortedLists(labels ?? {}),
    matchExpressions: [...new Set(expressions)].sort(),
  });
}

function oneOf(expected: string | readonly string[], actual: string | undefined): boolean {
  if (actual === undefined) return false;
  return typeof expected === 'string' ? expected === actual : expected.includes(actual);
}

function ownLabel(thing: Matchable, label: string): string | undefined {
  const labels = thing.labels;
  return labels !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
}

function listed(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(' or ');
}
