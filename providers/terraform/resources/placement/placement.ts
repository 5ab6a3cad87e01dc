/** littoral_placement: decides while Terraform plans, twice and the same, and keeps what nothing moved as it is. */
import { EdgeError, type EdgeErrorProps } from '../../../../constructs/parsing';
import {
  type Context,
  type Diagnostic,
  type Fields,
  type Kept,
  type ManagedResource,
  type Planned,
  type PlanRequest,
  unknown,
  type Value,
} from '../../protocol/provider';
import { inHclWords } from '../../schema/values';
import { argumentsOf, fieldsOf, olderState, textOf } from '../attributes';
import { diagnosticsOf, gathering, warningsOf } from '../diagnostics';
import { generatedMistake } from '../generated-configuration';
import { folderOf } from '../settings';
import { anyUnknown, knownErrors } from '../unknown-inputs';
import { fromDecision } from './decision';
import {
  appDocuments,
  checkNamesOf,
  checkSettings,
  completedApps,
  locateIn,
  questionOf,
} from './inputs';
import { dataFolder, keptOr } from './kept-placements';
import { requirementLines } from './requirements';
import type { PlacementResult } from './result';
import { runPlacement } from './run-placement';
import { appShape, placementSchema as schema } from './schema';
import { bounded, nothingKnown, resultsOf, valuesOf } from './values';

const inputs = argumentsOf(schema.attributes);
const besides = inputs.filter((name) => name !== 'apps' && name !== 'documents');
/** They follow the metrics: alone they are no reason to change anything. */
const moving = ['fleet', 'demands'];
const steady = inputs.filter((name) => !moving.includes(name));

type Decided = NonNullable<PlacementResult['decided']>;

async function plan({ prior, proposed }: PlanRequest, context: Context): Promise<Planned> {
  if (proposed === null) return { planned: null };
  const open = { ...proposed, ...nothingKnown };
  if (anyUnknown(proposed, besides)) return { planned: open };
  const locate = locateIn(proposed);
  const complete = await gathering(locate, () => completedApps(proposed));
  if (complete.value === undefined) return { planned: open, diagnostics: complete.diagnostics };
  const { fields, incomplete } = complete.value;
  const question = await gathering(locate, () => questionOf(fields, prior, folderOf(context)));
  if (question.value === undefined) return { planned: open, diagnostics: question.diagnostics };
  const answer = await keptOr(question.value, runPlacement, dataFolder(process.env));
  if (answer.decided === undefined || answer.errors.length > 0) {
    return { planned: open, diagnostics: errorsOf(answer, proposed) };
  }
  const decided = proposed.apps === null ? answer.decided : inHclOf(answer.decided);
  const diagnostics = warningsOf(decided.warnings);
  const stays = prior !== null && !decided.moved;
  if (stays && sameIn(steady, prior, proposed)) return { planned: prior, diagnostics };
  const found =
    stays && isImported(prior)
      ? adopted(prior, decided, question.value.apps)
      : valuesOf(decided, question.value.apps);
  const values = { ...found, requirements: inWordsOf(proposed, found.requirements ?? null) };
  const known = incomplete.size === 0 ? values : withoutDocuments(values, incomplete);
  const certain = stays && incomplete.size > 0 ? sameAsBefore(known, prior) : known;
  return { planned: { ...proposed, ...certain }, diagnostics };
}

/** With stand-ins the clusters are known; what the decision was made from is not. */
function withoutDocuments(values: Fields, incomplete: ReadonlySet<string>): Fields {
  const documents = Object.entries((values.app_documents ?? {}) as Fields).map(([name, text]) => [
    name,
    incomplete.has(name) ? unknown : text,
  ]);
  const app_documents = Object.fromEntries(documents);
  const later = { requirements: unknown, decision: unknown, digest: unknown, routing: unknown };
  return { ...values, app_documents, ...later };
}

/** Once everything is known it may turn out that nothing changed, and then all is as it was: only what is the same both ways is certain. */
function sameAsBefore(values: Fields, prior: Fields): Fields {
  const entries = Object.entries(values).map(([name, value]) => {
    const isSame = JSON.stringify(value) === JSON.stringify(prior[name]);
    return [name, isSame ? value : unknown] as const;
  });
  return Object.fromEntries(entries);
}

function errorsOf({ errors }: PlacementResult, fields: Fields): readonly Diagnostic[] {
  const known = errors.map((error) => new EdgeError(inWords(error, fields)));
  return diagnosticsOf(known, locateIn(fields));
}

/** Messages spell keys as HCL does, and say how HCL lifts a guard. */
function inWords(error: EdgeErrorProps, { apps }: Fields): EdgeErrorProps {
  const guard = error.path.split('.').at(-1);
  const lifted =
    error.code === 'GuardStopped' ? ` For this change alone: allow = ["${guard}"].` : '';
  const words = (text: string) => (apps === null ? text : inHclWords(appShape, text));
  const remedy = `${words(error.remedy)}${lifted}`;
  return { ...error, summary: words(error.summary), remedy };
}

/** The lines that people read, with the keys of policies as they wrote them. */
function inHclOf(decided: Decided): Decided {
  const words = (text: string) => inHclWords(appShape, text);
  const apps = decided.apps.map((app) => ({
    ...app,
    summary: words(app.summary),
    changes: app.changes.map(words),
  }));
  const { summary, warnings } = decided;
  return { ...decided, apps, summary: words(summary), warnings: warnings.map(words) };
}

function sameIn(names: readonly string[], one: Fields, other: Fields): boolean {
  return names.every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]));
}

/** An imported state has a decision and no arguments yet. */
function isImported({ apps, documents }: Fields): boolean {
  return apps === null && documents === null;
}

/** What an imported decision says stands; it could not tell how large the fleet is, nor what the apps are. */
function adopted(prior: Fields, decided: Decided, apps: readonly object[]): Fields {
  const { summary, app_documents, requirements } = valuesOf(decided, apps);
  const said = { summary, app_documents, requirements } as Fields;
  return { ...resultsOf(prior), ...said };
}

/** Lines about the arguments with the keys that these have. */
function inWordsOf({ apps }: Fields, lines: Value): Value {
  const isOfDocuments = apps === null || !Array.isArray(lines);
  return isOfDocuments ? lines : lines.map((line) => inHclWords(appShape, String(line)));
}

/** Arguments as they are; everything computed is made new from the decision, not from the older version. */
function upgrade(version: number, state: unknown): Fields {
  const before = olderState(schema, version, state);
  const complete = fieldsOf(schema.attributes, before);
  const decision = textOf(before.decision);
  if (version === schema.version || decision === undefined) return complete;
  const kept = Object.fromEntries(inputs.map((name) => [name, complete[name] ?? null]));
  const requirements = inWordsOf(kept, bounded(requirementLines(appsIn(kept))));
  return { ...fromDecision(decision), ...kept, requirements };
}

/** The apps of a state; none of one that this version would refuse. */
function appsIn(kept: Fields): readonly object[] {
  try {
    return appDocuments(kept);
  } catch {
    return [];
  }
}

async function importState(
  id: string,
  context: Context,
): Promise<Kept & { readonly state: Fields }> {
  const { placement } =
    require('../../../resources/placement/index') as typeof import('../../../resources/placement/index');
  const world = { now: '', folder: folderOf(context), environment: {} };
  const { decision } = await placement.import(id, world);
  return { state: fromDecision(decision) };
}

async function validate(config: Fields): Promise<readonly Diagnostic[]> {
  const generated = generatedMistake(config);
  if (generated !== undefined) return generated;
  const locate = locateIn(config);
  const parts: readonly (readonly [() => unknown, readonly string[]])[] = [
    [() => appDocuments(config), ['apps', 'documents']],
    [() => checkNamesOf(config), []],
    [() => checkSettings(config), []],
  ];
  const found = await Promise.all(
    parts.map(([work, read]) => knownErrors(config, locate, work, read)),
  );
  return found.flat();
}

/** The resource `littoral_placement`. */
export const placement: ManagedResource = {
  schema,
  validate,
  upgrade,
  // What the last change did is no property of what is there: kept, it would hide the same words of the next change.
  read: async (prior) => ({ state: { ...prior, delta: [] } }),
  plan,
  apply: async ({ planned }) => ({ state: planned }),
  import: importState,
};
