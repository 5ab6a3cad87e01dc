/** littoral_traffic: plans from what the refresh saw whom DNS answers otherwise, publishes it once clusters serve, and gives the records as data. */
import type { TrafficProps, TrafficState, TrafficWorld } from '../../resources/traffic/index';
import {
  type ApplyRequest,
  type Context,
  type Fields,
  type Kept,
  type ManagedResource,
  type Path,
  type Planned,
  type PlanRequest,
  unknown,
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
  withUnknown,
} from './attributes';
import { diagnosticsOf, gathering, problemsOf, warningsOf } from './diagnostics';
import { folderOf, jsonOf, secretEnvironmentOf } from './settings';
import { stateOrigin } from './state-origin';
import { trafficSchema as schema, trafficShape } from './traffic-schema';
import { trafficValues } from './traffic-values';
import { anyUnknown, knownErrors } from './unknown-inputs';

const inputs = argumentsOf(schema.attributes);
const results = computedOf(schema.attributes);

function trafficResource() {
  return require('../../resources/traffic/index') as typeof import('../../resources/traffic/index');
}

/** The attribute that a path of an error is about; what is wrong inside a table is about the table. */
function locate(path: string): Path {
  const [first = '', ...rest] = stepsOf(path);
  const known = attributePath(trafficShape, [first]);
  if (known.length === 0 || !inputs.includes(String(known[0]))) return ['table'];
  return first === 'table' ? ['table'] : attributePath(trafficShape, [first, ...rest]);
}

/** The arguments as the resource reads them, without those that are not given. Throws EdgeErrors. */
function sourceOf(fields: Fields): Readonly<Record<string, unknown>> {
  const source = sourceIn(trafficShape, fields, inputs);
  const table = textOf(fields.table);
  return table === undefined ? source : { ...source, table: jsonOf('table', table) };
}

/** Throws EdgeErrors. */
function propsOf(fields: Fields, owner: string): TrafficProps {
  return trafficResource().parseTraffic({ ...sourceOf(fields), owner });
}

function stateIn(fields: Fields | null): TrafficState | undefined {
  const text = textOf(fields?.published);
  return text === undefined
    ? undefined
    : trafficResource().readTrafficState(jsonOf('published', text));
}

/** What one process has. */
interface Inside {
  readonly reach: (context: Context) => TrafficWorld;
  readonly origin: () => string;
}

async function plan(request: PlanRequest, { origin }: Inside): Promise<Planned> {
  const { prior, proposed, config } = request;
  if (proposed === null) return { planned: null };
  const owner = textOf(config?.owner) ?? textOf(prior?.owner) ?? ownerIn(origin());
  const known: Fields = { ...proposed, owner };
  const open = withUnknown(known, results);
  if (anyUnknown(config ?? known, inputs)) {
    const isNamed = !anyUnknown(config ?? known, ['owner']);
    return { planned: isNamed ? open : { ...open, owner: unknown } };
  }
  const { value, diagnostics } = await gathering(locate, () => {
    const props = propsOf(known, owner);
    const before = stateIn(prior);
    const step = trafficResource().traffic.plan(before, props);
    return { step, values: trafficValues(props, step) };
  });
  if (value === undefined) return { planned: open, diagnostics };
  const { step, values } = value;
  if (step.refusals.length > 0) {
    return { planned: open, diagnostics: diagnosticsOf(step.refusals, locate) };
  }
  const isQuiet = prior !== null && !trafficResource().changesTraffic(step);
  if (isQuiet && areSame(prior, known, inputs)) return { planned: prior };
  return { planned: { ...known, ...values, published: unknown } };
}

/** The name of the owner where none is given: the same for every run of one state. */
function ownerIn(origin: string): string {
  return `terraform-${origin.replace(/^sha256:/, '').slice(0, 12)}`;
}

async function apply(request: ApplyRequest, context: Context, inside: Inside): Promise<Kept> {
  const { prior, planned } = request;
  const world = inside.reach(context);
  if (planned === null) return destroy(prior, world);
  const run = await gathering(locate, () => {
    const props = propsOf(planned, textOf(planned.owner) ?? ownerIn(inside.origin()));
    return trafficResource()
      .traffic.reconcile(stateIn(prior), props, world)
      .then((done) => ({ ...done, props }));
  });
  if (run.value === undefined) return { state: prior, diagnostics: run.diagnostics };
  const { state, outcome, problems, warnings, props } = run.value;
  const notes = warningsOf(warnings);
  if (problems.length > 0) {
    const kept = prior === null ? null : { ...prior, published: textFor(state, prior) };
    return { state: kept, diagnostics: [...problemsOf(problems), ...notes] };
  }
  // What was planned is what the state has, although a look at the server may tell it with more words.
  const values = { ...trafficValues(props, outcome), changes: planned.changes ?? null };
  const after = { ...planned, ...values, published: textFor(state, planned) };
  return { state: fieldsOf(schema.attributes, after), diagnostics: notes };
}

const textFor = (state: TrafficState | undefined, { published = null }: Fields) =>
  state === undefined ? published : JSON.stringify(state);

async function destroy(prior: Fields | null, world: TrafficWorld): Promise<Kept> {
  const run = await gathering(locate, async () => {
    const state = stateIn(prior);
    return state === undefined ? undefined : trafficResource().traffic.delete(state, world);
  });
  if (run.diagnostics.length > 0) return { state: prior, diagnostics: run.diagnostics };
  return { state: null, diagnostics: warningsOf(run.value?.warnings ?? []) };
}

/** A server that cannot be asked holds up no plan: what is known stands, and publishing looks again. */
async function read(prior: Fields, context: Context, { reach }: Inside): Promise<Kept> {
  const settled = { ...prior, changes: [] };
  const { value, diagnostics } = await gathering(locate, async () => {
    const state = stateIn(prior);
    const seen = state && (await trafficResource().traffic.read(state, reach(context)));
    return { state, seen };
  });
  if (value === undefined) {
    const warnings = diagnostics.map((one) => ({ ...one, severity: 'warning' as const }));
    return { state: settled, diagnostics: warnings };
  }
  if (value.state === undefined) return { state: settled };
  if (value.seen === undefined) return { state: null };
  return { state: { ...settled, published: JSON.stringify(value.seen) } };
}

async function importState(id: string, context: Context, { reach }: Inside) {
  const state = await trafficResource().traffic.import(id, reach(context));
  const { app, owner } = state;
  return {
    state: fieldsOf(schema.attributes, {
      id: app,
      owner,
      changes: [],
      published: JSON.stringify(state),
    }),
  };
}

/** The resource `littoral_traffic`, in a world of its own. `origin` tells in which state it is. */
export function trafficIn(
  reach: Inside['reach'],
  origin: () => string = () => stateOrigin(process.env, process.cwd()),
): ManagedResource {
  const inside = { reach, origin };
  return {
    schema,
    validate: (config) =>
      knownErrors(config, locate, () => {
        const { table, ...rest } = sourceOf(config);
        trafficResource().parseTrafficSettings(rest);
        if (table !== undefined) trafficResource().parseTraffic({ ...rest, table });
      }),
    upgrade: (version, state) => fieldsOf(schema.attributes, olderState(schema, version, state)),
    read: (prior, _hidden, context) => read(prior, context, inside),
    plan: (request) => plan(request, inside),
    apply: (request, context) => apply(request, context, inside),
    import: (id, context) => importState(id, context, inside),
  };
}

/** The resource `littoral_traffic`. */
export const traffic: ManagedResource = trafficIn((context) =>
  trafficResource().trafficWorldOf(folderOf(context), secretEnvironmentOf(context)),
);
