/** Leave margin: previous clusters may pass a limit by a share of it before the app leaves them, so that noise moves no app. */

import type { Candidate, Limits, Work } from '../../optimizer';
import { type Assigned, evaluate, forEachFlow, setViolation } from '../../optimizer';
import type { EdgeApp } from '../../policy';
import { rowsOf, usdPerHourOn } from '../../policy';
import type { AppInput } from '../compile/app-input';
import { type CompiledApp, compileApp, fullStability } from '../compile/compile';

/** Default. Two measurements that are off by 5 % in opposite directions differ by about 10 %. */
const LEAVE_MARGIN = 0.1;
/** A freeze window that holds at the time of any decision. */
const ALWAYS = { from: '0001-01-01T00:00:00Z', until: '9999-12-31T00:00:00Z' };

/** The share of a limit by which previous clusters may pass it. */
function leaveMarginOf({ policy }: EdgeApp): number {
  return policy.stability.leaveMargin ?? LEAVE_MARGIN;
}

/** True when there is a previous set, and the policy has a limit that the margin relaxes. */
export function canUseLeaveMargin({ app, previous }: AppInput): boolean {
  const margin = leaveMarginOf(app);
  if (previous === undefined || previous.size === 0 || margin <= 0) return false;
  return [...rowsOf(app.policy.constraints)].some(
    ({ row, value }) => row.withMargin?.(value, margin) !== undefined,
  );
}

/**
 * The app on its previous clusters: no other set may be chosen, and every limit of a constraint with a margin is relaxed by
 * it. `written` is the same app compiled with the limits as written.
 */
export function compileWithLeaveMargin(
  input: AppInput,
  tiers: number,
  written: CompiledApp,
): CompiledApp {
  const { app } = input;
  const policy = {
    ...app.policy,
    constraints: constraintsWithMargin(app),
    stability: { ...app.policy.stability, freeze: [ALWAYS] },
  };
  const eased = { ...input, app: { ...app, policy } };
  // A latency limit for all requests decides which pairs are legal, so that relaxing it changes the pairs.
  const isLegalAlike = (app.policy.constraints.latency?.share ?? 0) < 1;
  const like = isLegalAlike ? written : undefined;
  const compiled = compileApp(eased, tiers, fullStability, like);
  return {
    ...compiled,
    app,
    problem: { ...compiled.problem, ease: 1 + leaveMarginOf(app) },
    eligibility: {
      ...compiled.eligibility,
      refusals: written.eligibility.refusals.map((refusal, cluster) =>
        input.previous?.has(input.fleet.clusters[cluster].name) ? undefined : refusal,
      ),
    },
  };
}

function constraintsWithMargin(app: EdgeApp): EdgeApp['policy']['constraints'] {
  const { constraints } = app.policy;
  const margin = leaveMarginOf(app);
  const relaxed = [...rowsOf(constraints)].flatMap(({ key, row, value }) => {
    const weaker = row.withMargin?.(value, margin);
    return weaker === undefined ? [] : [[key, weaker] as const];
  });
  return { ...constraints, ...Object.fromEntries(relaxed) };
}

/** The previous clusters with their assignment today, when every rule of `compiled` holds for them. */
export function previousPositions({ previous, fleet, problem }: CompiledApp): number[] | undefined {
  if (previous === undefined || previous.size === 0) return undefined;
  const open = fleet.clusters.flatMap(({ name }, cluster) => (previous.has(name) ? [cluster] : []));
  if (open.length < previous.size) return undefined;
  if (open.some((cluster) => problem.allowed[cluster] === 0)) return undefined;
  return setViolation(problem, open) > 0 ? undefined : open;
}

/** The app on its previous clusters, alone within `limits`; undefined when some rule does not hold even with the margin. */
export function previousCandidate(
  standing: CompiledApp,
  limits: Limits,
  work: Work,
): Candidate | undefined {
  const open = previousPositions(standing);
  if (open === undefined) return undefined;
  const evaluated = evaluate(standing.problem, open, limits, work);
  return evaluated.violation === 0 ? { open, evaluated } : undefined;
}

/** The warning that names the limits which the previous clusters pass. */
export function leaveMarginWarning(
  written: CompiledApp,
  { assigned }: Candidate['evaluated'],
): string {
  const { app, previous, eligibility } = written;
  const { survive, capacity } = app.policy.constraints;
  const passed = [
    ...eligibility.refusals.flatMap((refusal, cluster) => {
      const { name } = written.fleet.clusters[cluster];
      return refusal !== undefined && previous?.has(name) ? `${name} ${refusal.reason}` : [];
    }),
    ...latencyExcess(written, assigned),
    ...budgetExcess(written, assigned),
  ];
  if (passed.length === 0 && survive > 0) passed.push(`survive ${survive} holds for a little less`);
  if (passed.length === 0 && capacity) passed.push(`they use headroom ${capacity.headroom}`);
  const margin = `${Number((leaveMarginOf(app) * 100).toPrecision(3))} %`;
  return `kept the previous clusters within leaveMargin ${margin}: ${passed.join('; ')}`;
}

function latencyExcess({ app, pairs, problem }: CompiledApp, assigned: Assigned): string[] {
  const { latency } = app.policy.constraints;
  if (latency === undefined) return [];
  let [all, near, worst] = [0, 0, 0];
  forEachFlow(problem.requestsPerSecond, assigned, (origin, position, amount) => {
    const milliseconds = pairs.millisecondsAt(assigned.open[position], origin);
    all += amount;
    if (milliseconds <= latency.milliseconds) near += amount;
    worst = Math.max(worst, milliseconds);
  });
  if (near >= latency.share * all * (1 - 1e-9)) return [];
  const limitText = `${latency.milliseconds} ms`;
  if (latency.share === 1)
    return [`latency is up to ${short(worst)} ms, policy asks for ${limitText}`];
  const eased = constraintsWithMargin(app).latency ?? latency;
  const [got, share, least] = [near / all, latency.share, eased.share].map((one) =>
    short(100 * one),
  );
  const left = `${least} % within ${short(eased.milliseconds)} ms`;
  return [
    `${got} % are served within ${limitText}, policy asks for ${share} %, of clusters that stand ${left}`,
  ];
}

function budgetExcess({ app, fleet }: CompiledApp, { open, load }: Assigned): string[] {
  const { budget } = app.policy.constraints;
  if (budget === undefined) return [];
  const usd = open.reduce(
    (sum, cluster, at) => sum + usdPerHourOn(fleet.clusters[cluster], app.sizing, load[at]),
    0,
  );
  if (usd <= budget.usdPerHour * (1 + 1e-9)) return [];
  return [`costs ${short(usd)} USD/h, policy allows ${short(budget.usdPerHour)}`];
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}
