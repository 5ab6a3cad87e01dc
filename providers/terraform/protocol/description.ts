/** The description of a provider: its schemas on the wire, and as `terraform providers schema -json` prints them. */
import { markdown, nestings } from './messages';
import type { Attribute, CtyType, Provider, ProviderFunction, Schema } from './provider';

const capabilities = { planDestroy: true, getProviderSchemaOptional: true };

/** The answer to GetProviderSchema. */
export const wireSchemas = ({ schema, resources, dataSources, functions }: Provider) => ({
  provider: wireSchema(schema),
  resourceSchemas: each(resources, (one) => wireSchema(one.schema)),
  dataSourceSchemas: each(dataSources, (one) => wireSchema(one.schema)),
  serverCapabilities: capabilities,
  functions: wireFunctions(functions),
});

/** The functions, as GetFunctions answers and GetProviderSchema too. */
export const wireFunctions = (functions: Provider['functions'] = {}) =>
  each(functions, wireFunction);

function wireFunction({ parameters, returns, summary, description }: ProviderFunction) {
  return {
    parameters: parameters.map(({ name, type, description: text }) => ({
      name,
      type: typeBytes(type),
      description: text,
      descriptionKind: markdown,
    })),
    return: { type: typeBytes(returns) },
    summary,
    description,
    descriptionKind: markdown,
  };
}

const typeBytes = (type: CtyType) => Buffer.from(JSON.stringify(type));

/** The answer to GetMetadata. */
export const metadata = ({ resources, dataSources, functions = {} }: Provider) => ({
  serverCapabilities: capabilities,
  resources: Object.keys(resources).map((typeName) => ({ typeName })),
  dataSources: Object.keys(dataSources).map((typeName) => ({ typeName })),
  functions: Object.keys(functions).map((name) => ({ name })),
});

function wireSchema({ version, description, attributes }: Schema) {
  const text = { description, descriptionKind: markdown };
  return { version, block: { version, attributes: attributes.map(wireAttribute), ...text } };
}

function wireAttribute({ name, type, nested, description, use, sensitive }: Attribute): object {
  return {
    name,
    ...(type === undefined ? {} : { type: typeBytes(type) }),
    ...(type === undefined &&
      nested && {
        nestedType: {
          attributes: nested.attributes.map(wireAttribute),
          nesting: nestings[nested.nesting],
        },
      }),
    description,
    descriptionKind: markdown,
    required: use === 'required',
    optional: use === 'optional' || use === 'optional-computed',
    computed: use === 'computed' || use === 'optional-computed',
    sensitive: sensitive ?? false,
  };
}

/** All schemas as `terraform providers schema -json` prints those of the provider at `address`. */
export const printableSchemas = (
  address: string,
  { schema, resources, dataSources, functions = {} }: Provider,
) => ({
  format_version: '1.0',
  provider_schemas: {
    [address]: {
      provider: printable(schema),
      resource_schemas: each(resources, (one) => printable(one.schema)),
      data_source_schemas: each(dataSources, (one) => printable(one.schema)),
      functions: each(functions, printableFunction),
    },
  },
});

function printable({ version, description, attributes }: Schema) {
  const text = { description, description_kind: 'markdown' };
  return { version, block: { attributes: printableAttributes(attributes), ...text } };
}

const printableFunction = ({ summary, description, parameters, returns }: ProviderFunction) => ({
  description,
  summary,
  return_type: returns,
  parameters: parameters.map(({ name, type, description: text }) => ({
    name,
    description: text,
    type,
  })),
});

const printableAttributes = (attributes: readonly Attribute[]): object =>
  Object.fromEntries(attributes.map((one) => [one.name, printableAttribute(one)]));

function printableAttribute({ type, nested, description, use, sensitive }: Attribute) {
  return {
    ...(type === undefined ? {} : { type }),
    ...(type === undefined &&
      nested && {
        nested_type: {
          attributes: printableAttributes(nested.attributes),
          nesting_mode: nested.nesting,
        },
      }),
    description,
    description_kind: 'markdown',
    ...(use === 'required' ? { required: true } : {}),
    ...(use === 'optional' || use === 'optional-computed' ? { optional: true } : {}),
    ...(use === 'computed' || use === 'optional-computed' ? { computed: true } : {}),
    ...(sensitive ? { sensitive: true } : {}),
  };
}

const each = <T, U>(all: Readonly<Record<string, T>>, make: (one: T) => U) =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one)]));
