/** littoral_retirement: plans which clusters are cleaned after the records of others, waits until nobody comes there, and cleans them. */
import type { RetirementProps, RetirementWorld } from '../../resources/retirement/index';
import type {
  ApplyRequest,
  Context,
  Fields,
  Kept,
  ManagedResource,
  Path,
  Planned,
  PlanRequest,
} from '../protocol/provider';
import { attributePath, stepsOf } from '../schema/values';
import {
  areSame,
  argumentsOf,
  computedOf,
  fieldsOf,
  olderState,
  sourceIn,
  textOf,
  textsOf,
  withUnknown,
} from './attributes';
import { diagnosticsOf, gathering, problemsOf, warningsOf } from './diagnostics';
import { retirementShape, retirementSchema as schema } from './retirement-schema';
import { folderOf, jsonOf, secretEnvironmentOf } from './settings';
import { anyUnknown, knownErrors } from './unknown-inputs';

const inputs = argumentsOf(schema.attributes);
const results = computedOf(schema.attributes);
/** They follow the placement: alone, with nothing to clean, they are no reason to change anything. */
const moving = ['release', 'table', 'leaving'];
const steady = inputs.filter((name) => !moving.includes(name));

function retirementResource() {
  return require('../../resources/retirement/index') as typeof import('../../resources/retirement/index');
}

/** What is wrong inside a document is about the document. */
function locate(path: string): Path {
  const [first = '', ...rest] = stepsOf(path);
  if (first === 'release') return ['release'];
  const known = attributePath(retirementShape, [first, ...rest]);
  return inputs.includes(String(known[0])) && first !== 'table' ? known : ['table'];
}

/** Throws EdgeErrors. */
function propsOf(fields: Fields): RetirementProps {
  return retirementResource().parseRetirement(sourceIn(retirementShape, fields, inputs));
}

async function plan({ prior, proposed }: PlanRequest): Promise<Planned> {
  if (proposed === null) return { planned: null };
  const open = withUnknown(proposed, results);
  const isQuiet = !anyUnknown(proposed, ['leaving']) && textsOf(proposed.leaving).length === 0;
  if (prior !== null && isQuiet && areSame(prior, proposed, steady) && sameTtl(prior, proposed)) {
    return { planned: prior };
  }
  // The release is known once it is applied; what is to be cleaned, and when, is known before.
  if (
    anyUnknown(
      proposed,
      inputs.filter((name) => name !== 'release'),
    )
  )
    return { planned: open };
  const { value, diagnostics } = await gathering(locate, () => planned(proposed));
  if (value === undefined) return { planned: open, diagnostics };
  const { refusals, lines, table } = value;
  if (refusals.length > 0) return { planned: open, diagnostics: diagnosticsOf(refusals, locate) };
  const known = { id: table.app, changes: lines, ttl_seconds: table.ttlSeconds };
  return { planned: { ...proposed, ...known } };
}

/** Throws EdgeErrors. */
function planned(fields: Fields) {
  const { parseTable } =
    require('../../resources/traffic/index') as typeof import('../../resources/traffic/index');
  const { planRetirement } = retirementResource();
  const table = parseTable(jsonOf('table', textOf(fields.table) ?? '') as Record<string, unknown>);
  const leaving = [...textsOf(fields.leaving)].sort();
  return { ...planRetirement({ leaving, table }), table };
}

/** Another TTL is remembered, so that the next move waits long enough. */
function sameTtl({ ttl_seconds: before }: Fields, proposed: Fields): boolean {
  const text = textOf(proposed.table);
  if (text === undefined) return true;
  return (JSON.parse(text) as { readonly ttlSeconds?: unknown }).ttlSeconds === before;
}

async function apply(
  { prior, planned: wanted }: ApplyRequest,
  context: Context,
  reach: (context: Context) => RetirementWorld,
): Promise<Kept> {
  if (wanted === null) return { state: null };
  const before = prior?.ttl_seconds;
  const state =
    typeof before === 'number' ? { app: String(prior?.id), ttlSeconds: before } : undefined;
  const run = await gathering(locate, () =>
    retirementResource().retirement.reconcile(state, propsOf(wanted), reach(context)),
  );
  if (run.value === undefined) return { state: prior, diagnostics: run.diagnostics };
  const { problems, warnings } = run.value;
  const notes = warningsOf(warnings);
  if (problems.length > 0) {
    return { state: prior, diagnostics: [...problemsOf(problems), ...notes] };
  }
  return { state: fieldsOf(schema.attributes, wanted), diagnostics: notes };
}

/** The resource `littoral_retirement`, in a world of its own. */
export function retirementIn(reach: (context: Context) => RetirementWorld): ManagedResource {
  return {
    schema,
    validate: (config) => knownErrors(config, locate, () => propsOf(config)),
    upgrade: (version, state) => fieldsOf(schema.attributes, olderState(schema, version, state)),
    read: async (prior) => ({ state: { ...prior, changes: [] } }),
    plan: async (request) => plan(request),
    apply: (request, context) => apply(request, context, reach),
    import: async (id) => ({ state: fieldsOf(schema.attributes, { id, changes: [] }) }),
  };
}

/** The resource `littoral_retirement`. */
export const retirement: ManagedResource = retirementIn((context) =>
  retirementResource().retirementWorldOf(folderOf(context), secretEnvironmentOf(context), {
    signal: context.signal,
    say: (line) => context.log('info', line),
    onEvent: ({ cluster, phase, reason }) =>
      context.log('info', `${cluster}: ${phase}`, reason === undefined ? {} : { reason }),
  }),
);
