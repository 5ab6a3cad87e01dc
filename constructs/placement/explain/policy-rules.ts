/** The rules of a policy one by one: what each says, and the policy with one of them changed or taken back. */
import type { ConstraintRow, ConstraintRule, EdgeApp, RuleContext } from '../../policy';
import { type Constraints, rowsOf } from '../../policy';

/** One rule of a policy. */
export interface PolicyRule {
  readonly key: string;
  readonly path: string;
  readonly words: string;
}

/** All rules of the app's policy, in the order of its rows. */
export function rulesOf(app: EdgeApp, context: RuleContext): PolicyRule[] {
  const rules: PolicyRule[] = [];
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    for (const part of partsOf(row, value, context)) {
      rules.push({ key, path: `constraints.${key}${part.path}`, words: part.words });
    }
  }
  if (app.policy.tiers.length > 0) {
    rules.push({ key: 'tiers', path: 'tiers', words: 'tiers leave out the other clusters' });
  }
  return rules;
}

function partsOf(
  row: ConstraintRow,
  value: unknown,
  context: RuleContext,
): readonly ConstraintRule[] {
  return row.rules(value, context) as readonly ConstraintRule[];
}

/** The part of the policy that is this rule, as it stands in the app; undefined where it is not there. */
export function partAt(
  app: EdgeApp,
  rule: PolicyRule,
  context: RuleContext,
): { readonly part: ConstraintRule } | undefined {
  if (rule.key === 'tiers') {
    return { part: { path: '', words: rule.words, without: [], relaxations: [] } };
  }
  for (const { key, row, value } of rowsOf(app.policy.constraints)) {
    if (key !== rule.key) continue;
    const part = partsOf(row, value, context).find(
      (one) => `constraints.${key}${one.path}` === rule.path,
    );
    return part && { part };
  }
  return undefined;
}

/** The app with this value in the place of a rule, and without what the rule alone gives a meaning. */
export function withValue(
  app: EdgeApp,
  key: string,
  value: unknown,
  part: ConstraintRule,
): EdgeApp {
  const { policy } = app;
  if (key === 'tiers') return { ...app, policy: { ...policy, tiers: [] } };
  const constraints = { ...policy.constraints, [key]: value } as Constraints;
  const silenced = Object.fromEntries((part.clears ?? []).map((one) => [one, undefined]));
  return {
    ...app,
    policy: { ...policy, constraints, stability: { ...policy.stability, ...silenced } },
  };
}
