/** Apps that did not move or could not be placed: what a decision may say of them. */
import { canonicalJson } from '../../model/canonical';
import type { EdgeApp } from '../../policy';
import { anyLegal } from '../bound/restrictions';
import type { Answer } from '../input/answer';
import { type Part, readRejections } from '../input/answer-reader';
import { factsOf } from '../input/app-facts';
import type { Notes } from '../input/findings';
import type { Circumstances } from '../input/inputs';
import { restricted, restrictionLevels } from '../rules/stability-rules';

/** An app whose previous decision stands is told as it was, with nothing new but warnings. */
export function checkStanding({ said, at }: Part, given: Circumstances, notes: Notes): void {
  const before = given.previous?.apps.find(({ app }) => app === said.app);
  if (before === undefined) return;
  const expected = {
    ...before,
    clusters: before.clusters.map((one) => ({ ...one, change: 'kept' as const })),
    dropped: [],
    cost: { usdPerHour: before.cost.usdPerHour, delta: 0 },
    churnCurve: said.churnCurve,
    warnings: said.warnings,
  };
  sameTree(said, expected, at, notes);
}

/** A finding at the deepest place where both differ. */
function sameTree(got: unknown, expected: unknown, path: string, notes: Notes): void {
  if (canonicalJson(got ?? null) === canonicalJson(expected ?? null)) return;
  if (!isTree(got) || !isTree(expected)) {
    notes.same(path, canonicalJson(got ?? null), canonicalJson(expected ?? null));
    return;
  }
  const keys = new Set([...Object.keys(got), ...Object.keys(expected)]);
  for (const key of keys) {
    const below = Array.isArray(got) ? `${path}[${key}]` : `${path}.${key}`;
    sameTree(got[key], expected[key], below, notes);
  }
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** An app without an answer says nothing but why; where sets can be hunted through, none is legal. */
export function checkUnsatisfied(
  part: Part,
  app: EdgeApp,
  given: Circumstances,
  beside: readonly Answer[],
  notes: Notes,
): void {
  const { said, at } = part;
  const zeros = { meanMilliseconds: 0, p50: 0, p95: 0, p99: 0 };
  const nothing = {
    clusters: [],
    dropped: [],
    assignments: [],
    objective: { value: 0, bound: 0, gap: 0, terms: {} },
    latency: zeros,
    cost: { usdPerHour: 0, delta: 0 },
  };
  for (const [key, expected] of Object.entries(nothing)) {
    sameTree(said[key as keyof typeof nothing], expected, `${at}.${key}`, notes);
  }
  if (said.clusters.length > 0) notes.say(`${at}.satisfied`, 'got false, but clusters are chosen');
  checkConflict(part, app, notes);
  const facts = factsOf(given, app, Math.max(1, app.policy.tiers.length));
  readRejections(part, facts, notes);
  const restrictions = restrictionLevels.at(-1)!;
  const asked = { facts: restricted(facts, restrictions), restrictions, now: given.now };
  const found = anyLegal(asked, beside);
  if (found === 'unknown') {
    notes.skip(`${at}.satisfied`, 'whether no set of clusters keeps every rule');
  }
  if (typeof found === 'string') return;
  const names = found.map((cluster) => facts.clusters[cluster]!.name).join(', ');
  notes.say(`${at}.satisfied`, `got false, though every rule holds for ${names}`);
}

function checkConflict({ said, at }: Part, app: EdgeApp, notes: Notes): void {
  if (said.conflict === undefined) {
    notes.say(`${at}.conflict`, 'got nothing, expected the rules that cannot hold together');
    return;
  }
  for (const [index, { path }] of said.conflict.rules.entries()) {
    if (exists({ policy: app.policy }, path)) continue;
    notes.say(`${at}.conflict.rules[${index}].path`, `got ${path}, which the policy does not have`);
  }
}

/** Whether a path such as `policy.constraints.spread[0].maxPerGroup` leads to something; keys may hold dots. */
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
