/** Place: checks eligibility, computes costs, chooses clusters and assigns origins: one decision for all apps that share the fleet. */

import { byCodeUnits, digestOf } from '../../model/canonical';
import type { PlacementDecision } from '../../model/decision';
import type { Demand } from '../../model/demand';
import { fleetDigest } from '../../model/fleet';
import { shareRejections } from '../../model/rejections';
import { VERSION } from '../../model/version';
import type { Limits, Work } from '../../optimizer';
import { API_VERSION, EdgeError, throwAll } from '../../parsing';
import type { EdgeApp, PlaceInput } from '../../policy';
import { absentNames, checkNames, givenDemand, heldApp } from '../../policy';
import type { AppInput } from '../compile/app-input';
import { limitsOf } from '../compile/compile';
import {
  clockOf,
  type DemandBasis,
  demandBasisOf,
  demandClockOf,
  newestObservation,
} from '../compile/demand-selection';
import type { PreviousClusters } from '../compile/eligibility';
import { clustersOfFixedApps, remainingLimitsFixedApps } from '../compile/fixed-apps';
import { rememberingFleet } from '../compile/remembered-clocks';
import { churnCurve } from '../explain/churn-curve';
import { Conflicts } from '../explain/conflict';
import {
  type AppDecisionDraft,
  AppReports,
  appDecision,
  failStaticDecision,
  unsatisfiedDecision,
} from './app-decision';
import { certificateOf } from './certificate';
import { type ChosenApp, choose, jointProblemOf, WORK_UNITS } from './choose';
import { shadowPricesOf } from './limit-prices';
import { applyMinimumGain, residualLimits } from './minimum-gain';
import { spareReplicas } from './replica-deadband';
import { workLimitWarning } from './work-limit';

/** See the door. */
export function place(input: PlaceInput): PlacementDecision {
  const apps = [...input.apps].sort((a, b) => byCodeUnits(a.name, b.name));
  throwAll(checkNames(apps, input.fleet));
  const now = nowOf(input);
  const measured = Date.parse(demandClockOf(input, now));
  const bases = apps.map((app) => demandBasisOf(app, input, measured));
  const work: Work = { spent: 0, allowed: WORK_UNITS };
  const fleet = rememberingFleet(input.fleet, input.previous);
  const drafts = decideAll({ ...input, fleet }, apps, bases, now, work);
  const absentIn = absentNames(input);
  const value = drafts.apps.reduce((sum, one) => sum + one.decision.objective.value, 0);
  const bound = drafts.apps.reduce((sum, one) => sum + one.decision.objective.bound, 0);
  const decision: Omit<PlacementDecision, 'digest'> = {
    apiVersion: API_VERSION,
    kind: 'PlacementDecision',
    now,
    objective: { value, bound, gap: gapOf(value, bound) },
    apps: shareRejections(
      drafts.apps.map(({ decision: one }, a) => ({
        ...one,
        warnings: [
          ...new Set([...one.warnings, ...absentIn(apps[a]), ...workLimitWarning(one, work)]),
        ],
      })),
    ),
    prices: drafts.prices,
    certificate: drafts.certificate,
    inputs: inputsOf(input, apps),
    engine: { version: VERSION, workUnits: work.spent },
  };
  return { ...decision, digest: digestOf(decision) };
}

/** gap = (value - bound) / max(|value|, 1); 0 only when value and bound are equal. */
function gapOf(value: number, bound: number): number {
  return Math.max(0, value - bound) / Math.max(Math.abs(value), 1);
}

interface Drafts {
  readonly apps: readonly AppDecisionDraft[];
  readonly prices: PlacementDecision['prices'];
  readonly certificate: PlacementDecision['certificate'];
}

function decideAll(
  input: PlaceInput,
  apps: readonly EdgeApp[],
  bases: readonly DemandBasis[],
  now: string,
  work: Work,
): Drafts {
  const limits = remainingLimitsFixedApps(limitsOf(input.fleet), input, apps, bases);
  const fixedApps = clustersOfFixedApps(input, apps, bases);
  const moving = apps.flatMap((app, a) => {
    const basis = bases[a];
    return basis.kind === 'stands'
      ? []
      : [{ app, basis, one: appInputOf(input, app, basis, now, fixedApps) }];
  });
  const choice = choose(
    moving.map(({ one }) => one),
    limits,
    work,
  );
  const kept = applyMinimumGain(choice.apps, limits, work);
  const spares = spareReplicas(kept, input.previous, limits);
  const limitsFor = residualLimits(kept, limits);
  const sets = new Map(kept.map((one) => [one.compiled.app.name, namesOfChosen(one)] as const));
  const reasonWork = Math.max(REASON_WORK.least, REASON_WORK.all / kept.length);
  const afterAll = limitsFor(-1);
  const reports = new AppReports();
  const conflicts = conflictsAmong(kept, choice.isMostPlaced === true, limits, work);
  const decided = new Map<string, AppDecisionDraft>();
  kept.forEach((one, a) => {
    const { app, basis } = moving[a];
    const warnings = basis.kind === 'demand' ? basis.warnings : [];
    const { best } = one.answer;
    if (best === undefined) {
      const draft = unsatisfiedDecision(one, conflicts.of(one.compiled, afterAll), warnings);
      decided.set(app.name, draft);
      return;
    }
    const free = choice.apps[a];
    const limitsLeft = once(() => limitsFor(a));
    const report = reports.of(one, free, {
      limits: limitsLeft,
      afterAll,
      others: sets,
      reasonWork,
    });
    const curve = churnCurve(free.compiled, free.answer.best ?? best, limitsLeft, work);
    decided.set(app.name, appDecision(one, report, now, curve, warnings, spares[a]));
  });
  return {
    apps: apps.map(
      (app, a) => decided.get(app.name) ?? failStaticDecision(app, input, bases[a], now),
    ),
    prices: shadowPricesOf(kept, limits, choice.limitPrices),
    certificate: certificateOf(choice),
  };
}

/** The value of `make`, which is called when it is first asked for. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function conflictsAmong(
  apps: readonly ChosenApp[],
  isMostPlaced: boolean,
  limits: Limits,
  work: Work,
): Conflicts {
  const problem = jointProblemOf(apps, limits, work);
  const names = apps.map(({ compiled }) => compiled.app.name);
  const isPlaced = apps.map(({ answer }) => answer.best !== undefined);
  const clusters = (apps[0]?.compiled.fleet.clusters ?? []).map(({ name }) => name);
  return new Conflicts({ problem, names, clusters, isPlaced, isMostPlaced }, work);
}

/** Work units for reasons: of all apps together about 0.1 s of one core, and at least so many for each app. */
const REASON_WORK = { all: 1e7, least: 1e5 };

function namesOfChosen({ compiled, answer }: ChosenApp): ReadonlySet<string> {
  return new Set(answer.best?.open.map((cluster) => compiled.fleet.clusters[cluster].name));
}

function appInputOf(
  input: PlaceInput,
  app: EdgeApp,
  basis: DemandBasis,
  now: string,
  fixedApps: AppInput['fixedApps'],
): AppInput {
  return {
    app: heldApp(app, input),
    fleet: input.fleet,
    demand: basis.kind === 'demand' ? basis.demand : undefined,
    previous: previousOf(input, app),
    now: Date.parse(now),
    lost: new Set(input.lost),
    fixedApps,
  };
}

/** The clusters of the previous decision for an app; undefined when it was not placed before. */
function previousOf(input: PlaceInput, app: EdgeApp): PreviousClusters | undefined {
  const before = input.previous?.apps.find((one) => one.app === app.name);
  if (before === undefined || !before.satisfied) return undefined;
  return new Map(before.clusters.map(({ name, since }) => [name, since]));
}

function nowOf(input: PlaceInput): string {
  const now = clockOf(input);
  if (now !== undefined && !Number.isNaN(Date.parse(now))) return now;
  const isStatic = input.apps.every((app) => app.policy.static);
  if (now === undefined && isStatic) return input.previous?.now ?? EPOCH;
  throw new EdgeError({
    code: now === undefined ? 'NoDemand' : 'InvalidDocument',
    path: 'now',
    summary:
      now === undefined
        ? 'no demand says when it was observed, so there is no clock to place by'
        : `got ${now.slice(0, 60)}, expected an ISO 8601 instant`,
    remedy: 'Give a demand, or now as an ISO 8601 instant such as 2026-11-21T05:30:00Z.',
  });
}

/** The clock of a static placement, which no time decides. */
const EPOCH = '1970-01-01T00:00:00Z';

function inputsOf(input: PlaceInput, apps: readonly EdgeApp[]): PlacementDecision['inputs'] {
  const demands = apps.flatMap((app) => {
    const demand = givenDemand(app, input);
    return demand === undefined ? [] : [[app.name, demand] as const];
  });
  const isOne = demands.length === apps.length;
  const digests = new Map<Demand, string>();
  for (const [, one] of demands) if (!digests.has(one)) digests.set(one, digestOf(one));
  const isShared = isOne && new Set(digests.values()).size === 1;
  return {
    fleet: fleetDigest(input.fleet),
    demand:
      demands.length === 0
        ? null
        : isShared
          ? (digests.get(demands[0][1]) ?? '')
          : digestOf(Object.fromEntries(demands)),
    apps: digestOf(apps),
    previous: input.previous?.digest ?? null,
    observedAt: newestObservation(input) ?? null,
  };
}
