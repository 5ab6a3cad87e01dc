/** The certificate: the solver's proof in the names of the documents, so that anyone can walk through it again. */
import type { Certificate } from '../../model/decision';
import type { Proof, ProofNode } from '../../optimizer';
import { RESOURCES } from '../../optimizer';
import type { CompiledApp } from '../compile/compile';
import type { Choice, ChosenApp } from './choose';

type Dual = Extract<Proof, { kind: 'dual' }>;
type AppCertificate = NonNullable<Certificate['apps']>[number];
type ProofStep = NonNullable<Extract<AppCertificate, { kind: 'dual' }>['steps']>[number];

/** What proves the bounds. */
export function certificateOf(choice: Choice): Certificate {
  return {
    kind: choice.proof,
    apps: choice.apps.filter(({ answer }) => answer.best !== undefined).map(appCertificate),
    ...(choice.limitPrices && { limitPrices: limitPricesOf(choice.apps, choice.limitPrices) }),
  };
}

/** Prices of limits by cluster and resource; only those that are not nothing. */
function limitPricesOf(
  apps: Choice['apps'],
  prices: Float64Array,
): NonNullable<Certificate['limitPrices']> {
  const clusters = apps[0]?.compiled.fleet.clusters ?? [];
  return clusters.flatMap(({ name }, cluster) =>
    RESOURCES.flatMap((resource, kind) => {
      const price = prices[cluster * RESOURCES.length + kind];
      return price > 0 ? [{ cluster: name, resource, price }] : [];
    }),
  );
}

function appCertificate({ compiled, answer }: ChosenApp): AppCertificate {
  const app = compiled.app.name;
  if (answer.proof.kind === 'enumeration') return { app, kind: 'enumeration' };
  const [first, ...steps] = proofStepsOf(compiled, answer.proof);
  const cliques = cliquesOf(compiled, answer.proof, [first, ...steps]);
  return {
    app,
    kind: 'dual',
    bound: answer.bound,
    ...first,
    ...(steps.length > 0 && { steps }),
    ...(cliques.length > 0 && { cliques }),
  };
}

/** Names of the clusters of each clique up to the last that has a price; without clusters where it has none. */
function cliquesOf({ fleet }: CompiledApp, { cliques = [] }: Dual, steps: readonly ProofStep[]) {
  const used = new Set(steps.flatMap(({ rulePrices }) => Object.keys(rulePrices ?? {})));
  const isUsed = cliques.map((_, index) => used.has(`cliques[${index}]`));
  return cliques
    .slice(0, isUsed.lastIndexOf(true) + 1)
    .map((members, index) => (isUsed[index] ? members.map((c) => fleet.clusters[c].name) : []));
}

/** Every step before its own; prices that stay as they were above are left out. */
function proofStepsOf(compiled: CompiledApp, { root, rules }: Dual): ProofStep[] {
  const steps: ProofStep[] = [];
  const { clusters } = compiled.fleet;
  const visit = (node: ProofNode, above: ProofNode | undefined): void => {
    const { next, split, sizeSplit: sizes } = node;
    steps.push({
      ...stepPricesOf(compiled, rules, node, above),
      ...(split && { splitAt: clusters[split.cluster].name }),
      ...(split?.origin !== undefined && { splitOrigin: compiled.origins[split.origin].name }),
      ...(sizes && { splitSize: sizes.largestSmall }),
      ...(next && { goesOn: true as const }),
    });
    const below = [next, split?.with, split?.without, sizes?.small, sizes?.large];
    for (const one of below) if (one) visit(one, node);
  };
  visit(root, undefined);
  return steps;
}

function stepPricesOf(
  { origins, fleet }: CompiledApp,
  rules: readonly string[],
  { point }: ProofNode,
  above: ProofNode | undefined,
): ProofStep {
  const originPrices: Record<string, number> = {};
  origins.forEach(({ name }, u) => {
    if (point.assignmentMultipliers[u] !== above?.point.assignmentMultipliers[u])
      originPrices[name] = point.assignmentMultipliers[u];
  });
  const rulePrices: Record<string, number> = {};
  rules.forEach((name, r) => {
    if (point.ruleMultipliers[r] !== (above?.point.ruleMultipliers[r] ?? 0))
      rulePrices[name] = point.ruleMultipliers[r];
  });
  const { loadMultipliers: multipliers } = point;
  fleet.clusters.forEach(({ name }, c) => {
    const [multiplier, before] = [multipliers?.[c] ?? 0, above?.point.loadMultipliers?.[c] ?? 0];
    const [paid, got] = [Math.max(0, multiplier), Math.max(0, -multiplier)];
    if (paid !== Math.max(0, before)) rulePrices[`capacity.${name}`] = paid;
    if (got !== Math.max(0, -before)) rulePrices[`minRequestsPerSecond.${name}`] = got;
  });
  return { originPrices, ...(Object.keys(rulePrices).length > 0 && { rulePrices }) };
}
