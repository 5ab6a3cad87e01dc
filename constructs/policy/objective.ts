/** TABLE of objective terms: what a decision minimises, as a weighted sum. A new term is one row. */

import type { Sizing } from '../model/app/workload';
import { amountSchema, type Cluster } from '../model/fleet';
import { matches, matchShape } from '../model/match';
import { z } from '../parsing';
import { hourlyPricesOf } from './constraints/money';
import { validSignal } from './constraints/selection';

/** The facts that a term may use. */
interface TermContext {
  /** The fleet, in name order. */
  readonly clusters: readonly Cluster[];
  readonly sizing: readonly Sizing[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Names chosen by the previous decision, some perhaps gone from the fleet; undefined without one. */
  readonly previous?: readonly string[] | undefined;
}

/** One addend of the objective, already weighted. Arrays are by cluster; what is left out is zero. */
export interface Term {
  readonly name: string;
  /** Per request/s and millisecond. */
  readonly perMillisecond?: number;
  /** Per request/s and kilometre. */
  readonly perKilometer?: number;
  readonly perRequestPerSecond?: Float64Array;
  readonly perReplica?: Float64Array;
  readonly open?: Float64Array;
  readonly constant?: number;
  readonly warnings?: readonly string[];
}

interface TermRow<Schema extends z.ZodType> {
  readonly doc: string;
  readonly schema: Schema;
  /** The addends of this row; none when its weight is zero. */
  readonly terms: (value: z.output<Schema>, context: TermContext) => readonly Term[];
}

function term<Schema extends z.ZodType>(row: TermRow<Schema>): TermRow<Schema> {
  return row;
}

const weight = amountSchema.default(0);

/** The rows by key, in the order of the documentation. */
export const objectiveRows = {
  latency: term({
    doc: 'Per request/s and millisecond.',
    schema: weight,
    terms: (w) => (w === 0 ? [] : [{ name: 'latency', perMillisecond: w }]),
  }),
  distance: term({
    doc: 'Per request/s and kilometre of great circle.',
    schema: weight,
    terms: (w) => (w === 0 ? [] : [{ name: 'distance', perKilometer: w }]),
  }),
  money: term({
    doc: 'Per USD/h: open clusters, replicas, egress.',
    schema: weight,
    terms: (w, context) => {
      if (w === 0) return [];
      const { open, perReplica, perRequestPerSecond } = hourlyPricesOf(context);
      const weighted = (prices: Float64Array) => prices.map((price) => price * w);
      return [
        {
          name: 'money',
          open: weighted(open),
          perReplica: weighted(perReplica),
          perRequestPerSecond: weighted(perRequestPerSecond),
        },
      ];
    },
  }),
  signals: term({
    doc: 'Per unit of the named signal and request/s served there.',
    schema: z.record(z.string(), amountSchema).default({}),
    terms: (weights, context) =>
      Object.keys(weights)
        .sort()
        .filter((name) => weights[name] > 0)
        .map((name) => signalTerm(name, weights[name], context)),
  }),
  change: term({
    doc: 'Per cluster added or dropped against the previous decision.',
    schema: weight,
    terms: (w, { clusters, previous }) => {
      if (w === 0) return [];
      if (previous === undefined) return [{ name: 'change' }];
      const open = Float64Array.from(clusters, ({ name }) => (previous.includes(name) ? -w : w));
      return [{ name: 'change', open, constant: w * previous.length }];
    },
  }),
  preferred: term({
    doc: 'Subtracted per chosen cluster that matches.',
    schema: z
      .array(
        z.strictObject({
          ...matchShape,
          weight: amountSchema.describe('Subtracted.'),
        }),
      )
      .default([]),
    terms: (elements, { clusters }) => {
      if (elements.length === 0) return [];
      const open = Float64Array.from(clusters, (cluster) =>
        elements.reduce(
          (sum, { weight: w, ...match }) => (matches(match, cluster) ? sum - w : sum),
          0,
        ),
      );
      return [{ name: 'preferred', open }];
    },
  }),
};

/** A missing signal counts as the worst valid one of the fleet: unknown must not look good. */
function signalTerm(name: string, w: number, { clusters, now }: TermContext): Term {
  const values = clusters.map((cluster) => validSignal(cluster, name, now));
  const worst = Math.max(0, ...values.filter((value) => value !== undefined));
  const missing = clusters.filter((_, i) => values[i] === undefined).map((cluster) => cluster.name);
  return {
    name: `signals.${name}`,
    perRequestPerSecond: Float64Array.from(values, (value) => w * (value ?? worst)),
    warnings:
      missing.length === 0
        ? []
        : [
            `signal ${name} is missing or expired on ${missing.length} of ${clusters.length} clusters (${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', ...' : ''}); they count as the worst of the fleet, ${worst}`,
          ],
  };
}

const shape = Object.fromEntries(
  Object.entries(objectiveRows).map(([key, { schema, doc }]) => [key, schema.describe(doc)]),
) as unknown as { [Key in keyof typeof objectiveRows]: (typeof objectiveRows)[Key]['schema'] };

/** The weights as written; nothing written means `{latency: 1}`. */
export const objectiveSchema = z.strictObject(shape).prefault({ latency: 1 });
/** The weights, with every default filled in. */
type Objective = z.output<typeof objectiveSchema>;

/** All addends of an objective, in table order. */
export function termsOf(objective: Objective, context: TermContext): Term[] {
  return Object.entries(objectiveRows).flatMap(([key, row]) =>
    (row as unknown as TermRow<z.ZodType>).terms(objective[key as keyof Objective], context),
  );
}
