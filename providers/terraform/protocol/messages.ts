/** The messages of Terraform's plugin protocol 6 that a provider of resources and data sources meets: names and field numbers. */
import {
  bool,
  bytes,
  type Decoded,
  explicit,
  type Field,
  int,
  type Message,
  many,
  map,
  one,
  string,
} from './wire';

const dynamicValue = { msgpack: bytes(1), json: bytes(2) };
/** A value on the wire: msgpack, or JSON when that is empty. */
export type DynamicValue = Decoded<typeof dynamicValue>;

const step = {
  attributeName: explicit(string(1)),
  elementKeyString: explicit(string(2)),
  elementKeyInt: explicit(int(3)),
};
export const attributePath = { steps: many(1, step) };
const diagnostic = {
  severity: int(1),
  summary: string(2),
  detail: string(3),
  attribute: one(4, attributePath),
};
export const severities = { error: 1, warning: 2 };

/** Descriptions are Markdown. */
export const markdown = 1;
export const nestings = { single: 1, list: 2, set: 3, map: 4 };
// The only message that contains itself, so its type is written out.
const nestedObject = (): Message => ({ attributes: many(1, () => attribute), nesting: int(3) });
export const attribute: Message & { readonly name: Field<string> } = {
  name: string(1),
  type: bytes(2),
  description: string(3),
  required: bool(4),
  optional: bool(5),
  computed: bool(6),
  sensitive: bool(7),
  descriptionKind: int(8),
  nestedType: { number: 10, holds: nestedObject, cardinality: 'one' },
};
const block = {
  version: int(1),
  attributes: many(2, attribute),
  description: string(4),
  descriptionKind: int(5),
};
export const schema = { version: int(1), block: one(2, block) };

const parameter = {
  name: string(1),
  type: bytes(2),
  description: string(5),
  descriptionKind: int(6),
};
const providerFunction = {
  parameters: many(1, parameter),
  return: one(3, { type: bytes(1) }),
  summary: string(4),
  description: string(5),
  descriptionKind: int(6),
};
const functionError = { text: string(1), functionArgument: explicit(int(2)) };

const serverCapabilities = { planDestroy: bool(1), getProviderSchemaOptional: bool(2) };
const clientCapabilities = { storePlannedPrivate: bool(3) };
const rawState = { json: bytes(1) };
const typeName = { typeName: string(1) };
const diagnosticsIn = (number: number) => ({ diagnostics: many(number, diagnostic) });
const value = (number: number) => one(number, dynamicValue);
const nothing = {};
const validateResource = {
  request: { typeName: string(1), config: value(2) },
  response: diagnosticsIn(1),
};

/** Request and response of every call that is answered. */
export const calls = {
  GetMetadata: {
    request: nothing,
    response: {
      serverCapabilities: one(1, serverCapabilities),
      dataSources: many(3, typeName),
      resources: many(4, typeName),
      functions: many(5, { name: string(1) }),
    },
  },
  GetProviderSchema: {
    request: nothing,
    response: {
      provider: one(1, schema),
      resourceSchemas: map(2, schema),
      dataSourceSchemas: map(3, schema),
      ...diagnosticsIn(4),
      providerMeta: one(5, schema),
      serverCapabilities: one(6, serverCapabilities),
      functions: map(7, providerFunction),
    },
  },
  ValidateProviderConfig: { request: { config: value(1) }, response: diagnosticsIn(2) },
  ValidateResourceConfig: validateResource,
  ValidateDataResourceConfig: validateResource,
  UpgradeResourceState: {
    request: { typeName: string(1), version: int(2), rawState: one(3, rawState) },
    response: { upgradedState: value(1), ...diagnosticsIn(2) },
  },
  ConfigureProvider: {
    request: { terraformVersion: string(1), config: value(2) },
    response: diagnosticsIn(1),
  },
  ReadResource: {
    request: { typeName: string(1), currentState: value(2), private: bytes(3) },
    response: { newState: value(1), ...diagnosticsIn(2), private: bytes(3) },
  },
  PlanResourceChange: {
    request: {
      typeName: string(1),
      priorState: value(2),
      proposedNewState: value(3),
      config: value(4),
      priorPrivate: bytes(5),
      clientCapabilities: one(7, clientCapabilities),
      plannedPrivate: bytes(9),
    },
    response: {
      plannedState: value(1),
      requiresReplace: many(2, attributePath),
      plannedPrivate: bytes(3),
      ...diagnosticsIn(4),
    },
  },
  ApplyResourceChange: {
    request: {
      typeName: string(1),
      priorState: value(2),
      plannedState: value(3),
      config: value(4),
      plannedPrivate: bytes(5),
    },
    response: { newState: value(1), private: bytes(2), ...diagnosticsIn(3) },
  },
  ImportResourceState: {
    request: { typeName: string(1), id: string(2) },
    response: {
      importedResources: many(1, { typeName: string(1), state: value(2), private: bytes(3) }),
      ...diagnosticsIn(2),
    },
  },
  MoveResourceState: {
    request: {
      sourceProviderAddress: string(1),
      sourceTypeName: string(2),
      targetTypeName: string(5),
    },
    response: { targetState: value(1), ...diagnosticsIn(2) },
  },
  ReadDataSource: {
    request: { typeName: string(1), config: value(2) },
    response: { state: value(1), ...diagnosticsIn(2) },
  },
  GetFunctions: {
    request: nothing,
    response: { functions: map(1, providerFunction), ...diagnosticsIn(2) },
  },
  CallFunction: {
    request: { name: string(1), arguments: many(2, dynamicValue) },
    response: { result: value(1), error: one(2, functionError) },
  },
  StopProvider: { request: nothing, response: { error: string(1) } },
} satisfies Readonly<Record<string, { readonly request: Message; readonly response: Message }>>;

/** The names of the calls. */
export type CallName = keyof typeof calls;
/** The request of a call. */
export type Request<Name extends CallName> = Decoded<(typeof calls)[Name]['request']>;

/** What the health check answers. */
export const health = { status: int(1) };
export const serving = 1;
