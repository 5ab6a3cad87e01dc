/** TABLE of constraints: what must hold. A new constraint is one row here. */
import { z } from 'zod';
import { maxClusters, minClusters, minRequestsPerSecond, mustInclude } from './counts';
import type { ConstraintRow } from './row';
import { chooseFrom, mustNotInclude, signals, tolerations } from './selection';
import { budget, capacity, latency, residency, survive } from './service';
import { apart, apartKilometers, spread, together } from './spacing';

/** The rows by key, in the order of the documentation; clusters are refused by the first row that refuses. */
export const constraintRows = {
  minClusters,
  maxClusters,
  minRequestsPerSecond,
  mustInclude,
  mustNotInclude,
  chooseFrom,
  tolerations,
  residency,
  latency,
  spread,
  apartKilometers,
  capacity,
  budget,
  survive,
  signals,
  together,
  apart,
};

const shape = Object.fromEntries(
  Object.entries(constraintRows).map(([key, { schema, doc }]) => [key, schema.describe(doc)]),
) as unknown as { [Key in keyof typeof constraintRows]: (typeof constraintRows)[Key]['schema'] };

/** All constraints as written; every key may be left out. */
export const constraintsSchema = z.strictObject(shape);
/** All constraints, with every default filled in. */
export type Constraints = z.output<typeof constraintsSchema>;

/** Each row with its value in these constraints, in table order. */
export function* rowsOf(
  constraints: Constraints,
): Generator<{ key: string; row: ConstraintRow; value: unknown }> {
  for (const [key, row] of Object.entries(constraintRows)) {
    yield {
      key,
      row: row as unknown as ConstraintRow,
      value: constraints[key as keyof Constraints],
    };
  }
}
