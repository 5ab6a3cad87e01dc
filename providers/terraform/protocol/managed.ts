/** The calls about managed resources: upgrade, read, plan, apply, import. */
import { EdgeError } from '../../../constructs/parsing';
import {
  type Call,
  callsAbout,
  fieldsIn,
  fieldsOut,
  guarded,
  type Handler,
  type Session,
  validated,
  withDiagnostics,
} from './calls';
import { wirePath } from './diagnostics';
import type { Fields, ManagedResource, Provider } from './provider';
import { type Received, receiveJson, typeOfSchema } from './values';

/** The handlers of these calls. */
export function managedCalls(
  { resources }: Provider,
  session: Session,
): { readonly [Name in ManagedCall]: Handler<Name> } {
  const on = callsAbout(session, resources, 'resource');
  return {
    ValidateResourceConfig: ({ typeName, config }, signal) => {
      const { call, it } = on('ValidateResourceConfig', typeName, signal);
      return validated(call, it, config);
    },
    UpgradeResourceState: (request, signal) => {
      const { call, it } = on('UpgradeResourceState', request.typeName, signal);
      const { version, rawState } = request;
      const work = async () => upgrade(call, it(), version, rawState?.json);
      return guarded(call, work, {});
    },
    ReadResource: (request, signal) => {
      const { call, it } = on('ReadResource', request.typeName, signal);
      const { currentState, private: hidden } = request;
      const work = () => read(call, it(), currentState, hidden);
      return guarded(call, work, { newState: currentState, private: hidden });
    },
    PlanResourceChange: (request, signal) => {
      const { call, it } = on('PlanResourceChange', request.typeName, signal);
      return guarded(call, () => plan(call, it(), request), {});
    },
    ApplyResourceChange: (request, signal) => {
      const { call, it } = on('ApplyResourceChange', request.typeName, signal);
      const otherwise = { newState: request.priorState, private: request.plannedPrivate };
      return guarded(call, () => apply(call, it(), request), otherwise);
    },
    ImportResourceState: ({ typeName, id }, signal) => {
      const { call, it } = on('ImportResourceState', typeName, signal);
      const work = async () => {
        const { state, hidden, diagnostics } = await it().import(id, call.context);
        const imported = { typeName, state: fieldsOut(state, call.schema), private: hidden };
        return { importedResources: [imported], ...withDiagnostics(call, diagnostics) };
      };
      return guarded(call, work, {});
    },
    MoveResourceState: (request, signal) => {
      const { call } = on('MoveResourceState', request.targetTypeName, signal);
      return guarded(call, () => Promise.reject(unmovable(request)), {});
    },
  };
}

type ManagedCall =
  | 'ValidateResourceConfig'
  | 'UpgradeResourceState'
  | 'ReadResource'
  | 'PlanResourceChange'
  | 'ApplyResourceChange'
  | 'ImportResourceState'
  | 'MoveResourceState';

async function upgrade(
  { schema }: Call,
  resource: ManagedResource,
  version: number,
  json: Uint8Array | undefined,
) {
  if (!json || json.length === 0) throw unreadableState();
  if (version > schema.version) throw newerState(version, schema.version);
  if (version === schema.version) {
    const { value, raw } = receiveJson(json, typeOfSchema(schema));
    return { upgradedState: fieldsOut(value, schema, raw) };
  }
  const state: unknown = JSON.parse(Buffer.from(json).toString('utf8'));
  return { upgradedState: fieldsOut(resource.upgrade(version, state), schema) };
}

async function read(
  call: Call,
  resource: ManagedResource,
  currentState: RequestOf<'ReadResource'>['currentState'],
  before: Uint8Array,
) {
  const current = fieldsIn(currentState, call.schema);
  const {
    state,
    hidden = before,
    diagnostics,
  } = await resource.read(current.value ?? {}, before, call.context);
  const newState = fieldsOut(state, call.schema, current.raw);
  return { newState, private: hidden, ...withDiagnostics(call, diagnostics) };
}

type RequestOf<Name extends ManagedCall> = Parameters<Handler<Name>>[0];

async function plan(
  call: Call,
  resource: ManagedResource,
  request: RequestOf<'PlanResourceChange'>,
) {
  const { schema, context } = call;
  const prior = fieldsIn(request.priorState, schema);
  const proposed = fieldsIn(request.proposedNewState, schema);
  const config = fieldsIn(request.config, schema);
  const { planned, hidden, requiresReplace, diagnostics } = await resource.plan(
    {
      prior: prior.value,
      proposed: proposed.value,
      config: config.value,
      hidden: request.priorPrivate,
      ...(request.plannedPrivate.length > 0 ? { reviewed: request.plannedPrivate } : {}),
    },
    context,
  );
  // A plan to delete is always the same: nothing remains.
  const state = proposed.value === null ? null : planned;
  return {
    plannedState: fieldsOut(state, schema, ...rawOf(config, proposed, prior)),
    plannedPrivate: hidden ?? request.priorPrivate,
    requiresReplace: requiresReplace?.map((path) => wirePath(path, typeOfSchema(schema))),
    ...withDiagnostics(call, diagnostics),
  };
}

async function apply(
  call: Call,
  resource: ManagedResource,
  request: RequestOf<'ApplyResourceChange'>,
) {
  const { schema, context } = call;
  const prior = fieldsIn(request.priorState, schema);
  const planned = fieldsIn(request.plannedState, schema);
  const config = fieldsIn(request.config, schema);
  const hiddenBefore = request.plannedPrivate;
  const {
    state,
    hidden = hiddenBefore,
    diagnostics,
  } = await resource.apply(
    { prior: prior.value, planned: planned.value, config: config.value, hidden: hiddenBefore },
    context,
  );
  return {
    newState: fieldsOut(state, schema, ...rawOf(planned, config, prior)),
    private: hidden,
    ...withDiagnostics(call, diagnostics),
  };
}

const rawOf = (...received: readonly (Received & { readonly value: Fields | null })[]) =>
  received.map(({ raw }) => raw);

const unreadableState = () =>
  new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: 'the stored state is in a form from before Terraform 0.12',
    remedy: 'Remove the resource from the state and import it again.',
  });

const newerState = (version: number, known: number) =>
  new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: `the stored state has schema version ${version}, this provider knows versions up to ${known}`,
    remedy: 'Use the version of the provider that wrote the state, or a newer one.',
  });

const unmovable = (request: RequestOf<'MoveResourceState'>) =>
  new EdgeError({
    code: 'InvalidDocument',
    path: '',
    summary: `a ${request.sourceTypeName} of ${request.sourceProviderAddress} cannot become a ${request.targetTypeName}`,
    remedy: `Import the ${request.targetTypeName} instead, and remove the moved block.`,
  });
