/** Apps that were not placed anew: those that keep their previous decision, and those that no set of clusters satisfies. */
import { canonicalJson } from '../../model/canonical';
import type { AppDecision } from '../../model/decision';
import type { EdgeApp } from '../../policy';
import { findLegalSet, leastRestricted } from '../bound/restrictions';
import type { VerificationContext } from '../input/context';
import { type AppEntry, checkRejections } from '../input/decision-reader';
import { clocksOf } from '../input/eligibility';
import { type FindingLog, newFindingLog } from '../input/findings';
import { rejectedLists } from '../input/rejected';
import type { Solution } from '../input/solution';
import { checkBesideProof } from './unplaced-proof';

/** Checks that an app without usable demand (fail static) repeats its previous decision; only warnings may be new. */
export function checkFailStatic(
  { appDecision, basePath, rejected }: AppEntry,
  context: VerificationContext,
  log: FindingLog,
): void {
  const { previous } = context;
  const index = previous?.apps.findIndex(({ app }) => app === appDecision.app) ?? -1;
  const before = previous?.apps[index];
  if (previous === undefined || before === undefined) return;
  const withoutPaths = (lists: AppEntry['rejected']) => lists.map(({ path: _, ...list }) => list);
  const expected = {
    ...before,
    rejected: withoutPaths(rejectedLists(previous, newFindingLog())[index] ?? []),
    clusters: before.clusters.map((one) => ({
      ...withoutClocks(one),
      ...clocksNow(one.name, appDecision.app, context),
      change: 'kept' as const,
    })),
    dropped: [],
    cost: { usdPerHour: before.cost.usdPerHour, delta: 0 },
    churnCurve: appDecision.churnCurve,
    warnings: appDecision.warnings,
  };
  const got = { ...appDecision, rejected: withoutPaths(rejected) };
  expectSameTree(got, expected, basePath, log);
}

function withoutClocks(line: AppDecision['clusters'][number]) {
  const { unreachableSince: _, evictedSince: __, ...rest } = line;
  return rest;
}

function clocksNow(name: string, appName: string, { apps, fleet, now }: VerificationContext) {
  const app = apps.find((one) => one.name === appName);
  const cluster = fleet.clusters.find((one) => one.name === name);
  if (app === undefined || cluster === undefined) return {};
  return clocksOf({ app, now }, cluster);
}

/** Adds a finding at the deepest place where both values differ. */
function expectSameTree(got: unknown, expected: unknown, path: string, log: FindingLog): void {
  if (canonicalJson(got ?? null) === canonicalJson(expected ?? null)) return;
  if (!isTree(got) || !isTree(expected)) {
    log.expectSame(path, canonicalJson(got ?? null), canonicalJson(expected ?? null));
    return;
  }
  const keys = new Set([...Object.keys(got), ...Object.keys(expected)]);
  for (const key of keys) {
    const below = Array.isArray(got) ? `${path}[${key}]` : `${path}.${key}`;
    expectSameTree(got[key], expected[key], below, log);
  }
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Checks that an unsatisfied app has an empty entry with a conflict, and that no set is legal, as far as enumeration can tell. */
export function checkUnsatisfied(
  entry: AppEntry,
  app: EdgeApp,
  context: VerificationContext,
  beside: readonly Solution[],
  log: FindingLog,
): void {
  const { appDecision, basePath } = entry;
  const zeros = { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };
  const empty = {
    clusters: [],
    dropped: [],
    assignments: [],
    objective: { value: 0, bound: 0, gap: 0, terms: {} },
    latency: zeros,
    cost: { usdPerHour: 0, delta: 0 },
  };
  for (const [key, expected] of Object.entries(empty)) {
    expectSameTree(appDecision[key as keyof typeof empty], expected, `${basePath}.${key}`, log);
  }
  if (appDecision.clusters.length > 0)
    log.add(`${basePath}.satisfied`, 'got false, but clusters are chosen');
  checkConflict(entry, app, log);
  checkBesideProof(entry, app, context, beside, log);
  const restrictedApp = leastRestricted(context, app);
  const { instance } = restrictedApp;
  checkRejections(entry, instance, log);
  const found = findLegalSet(restrictedApp, beside);
  if (found === 'unknown') {
    log.skip(`${basePath}.satisfied`, 'whether no set of clusters keeps every rule');
  }
  if (typeof found === 'string') return;
  const names = found.map((cluster) => instance.clusters[cluster]!.name).join(', ');
  log.add(`${basePath}.satisfied`, `got false, though every rule holds for ${names}`);
}

function checkConflict({ appDecision, basePath }: AppEntry, app: EdgeApp, log: FindingLog): void {
  if (appDecision.conflict === undefined) {
    log.add(`${basePath}.conflict`, 'got nothing, expected the rules that cannot hold together');
    return;
  }
  for (const [index, { path }] of appDecision.conflict.rules.entries()) {
    if (exists({ policy: app.policy }, path)) continue;
    log.add(
      `${basePath}.conflict.rules[${index}].path`,
      `got ${path}, which the policy does not have`,
    );
  }
}

/** Whether a path such as `policy.constraints.spread[0].maxPerGroup` leads to a value; keys may contain dots. */
function exists(tree: unknown, path: string): boolean {
  if (path === '') return tree !== undefined;
  if (!isTree(tree)) return false;
  return Object.keys(tree).some((key) => {
    const step = Array.isArray(tree) ? `[${key}]` : key;
    if (!path.startsWith(step)) return false;
    const rest = path.slice(step.length);
    return (rest === '' || /^[.[]/.test(rest)) && exists(tree[key], rest.replace(/^\./, ''));
  });
}
