/** The constraints of a policy: schema, type, and each row with its value, derived from the table. */
import { z } from '../../parsing';
import type { ConstraintRow } from './row';
import { constraintRows } from './table';

const shape = Object.fromEntries(
  Object.entries(constraintRows).map(([key, { schema, doc }]) => [key, schema.describe(doc)]),
) as unknown as { [Key in keyof typeof constraintRows]: (typeof constraintRows)[Key]['schema'] };

/** All constraints as written; every key may be left out. */
export const constraintsSchema = z.strictObject(shape);
/** All constraints, with every default filled in. */
export type Constraints = z.output<typeof constraintsSchema>;

/** A row of the table with its value in a policy. */
export interface ConstraintOfPolicy {
  readonly key: string;
  readonly row: ConstraintRow;
  readonly value: unknown;
}

/** Each row with its value in these constraints, in table order. */
export function* rowsOf(constraints: Constraints): Generator<ConstraintOfPolicy> {
  for (const [key, row] of Object.entries(constraintRows)) {
    yield {
      key,
      row: row as unknown as ConstraintRow,
      value: constraints[key as keyof Constraints],
    };
  }
}

/** The apps that these constraints link to, in table order: `rule` is the key of the constraint. */
export function linkedApps({ policy }: { readonly policy: { readonly constraints: Constraints } }) {
  return [...rowsOf(policy.constraints)].flatMap(({ key, row, value }) => {
    const { link } = row;
    if (link === undefined) return [];
    return (value as readonly string[]).map((name) => ({ kind: link, rule: key, name }));
  });
}

/** Keys of the constraints that may exclude a cluster for the sake of the chosen set, not for what it is alone. */
export const setConstraints: readonly string[] = Object.entries(constraintRows).flatMap(
  ([key, row]) => (row.stage === undefined ? [key] : []),
);
