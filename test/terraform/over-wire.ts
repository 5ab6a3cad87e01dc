/** The provider behind its own gRPC server, called by an independent client: everything crosses the wire as with Terraform. */
import { decode, ExtData, ExtensionCodec, encode } from '@msgpack/msgpack';
import { serveCalls } from '../../providers/terraform/protocol/grpc';
import { listen } from '../../providers/terraform/protocol/handshake';
import type {
  Diagnostic,
  Fields,
  ManagedResource,
  Path,
  Provider,
  Schema,
} from '../../providers/terraform/protocol/provider';
import { unknown } from '../../providers/terraform/protocol/provider';
import { serviceOf } from '../../providers/terraform/protocol/service';
import { type Connection, connect } from './starting';

/** A provider that is served in this process. */
export interface Over {
  readonly connection: Connection;
  readonly end: () => void;
}

/** Serves a provider on loopback, without TLS, and configures it. */
export async function servedOver(provider: Provider, settings: Fields): Promise<Over> {
  const nobody = { clientCertificate: undefined, socketFolder: undefined, ports: [0, 0] } as const;
  const listening = await listen(nobody, 0);
  serveCalls(
    listening.server,
    serviceOf(
      provider,
      () => undefined,
      () => undefined,
    ),
  );
  const connection = connect(listening.line.trim(), 'plain');
  await connection.call('ConfigureProvider', {
    terraform_version: '1.11.4',
    config: outbound(settings),
  });
  const end = () => {
    connection.close();
    listening.close();
    listening.tidy();
  };
  return { connection, end };
}

const unknownCodec = new ExtensionCodec();
unknownCodec.register({ type: 0, encode: () => null, decode: () => unknown });

function raw(value: unknown): unknown {
  if (value === unknown) return new ExtData(0, new Uint8Array([0]));
  if (Array.isArray(value)) return value.map(raw);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, raw(one)]));
}

/** A value of a literal's type: Terraform sends its type along where the schema says dynamic. */
function literalType(value: unknown): unknown {
  if (value === null || value === unknown) return 'dynamic';
  if (Array.isArray(value)) return ['tuple', value.map(literalType)];
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'object') return typeof value;
  const entries = Object.entries(value as object).map(([key, one]) => [key, literalType(one)]);
  return ['object', Object.fromEntries(entries)];
}

/** `change` made to every dynamic attribute of a block. */
function onDynamic(value: unknown, schema: Schema | undefined, change: (one: unknown) => unknown) {
  if (typeof value !== 'object' || value === null) return value;
  const isDynamic = (name: string) =>
    schema?.attributes.find((one) => one.name === name)?.type === 'dynamic';
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name,
      isDynamic(name) && one !== null && one !== unknown ? change(one) : one,
    ]),
  );
}

/** A value as Terraform sends it. */
export const outbound = (value: unknown, schema?: Schema) => ({
  msgpack: encode(
    raw(onDynamic(value, schema, (one) => [Buffer.from(JSON.stringify(literalType(one))), one])),
  ),
});

/** A value as Terraform reads it. */
export function inbound(value: unknown, schema?: Schema): Fields | null {
  const bytes = (value as { readonly msgpack?: Uint8Array } | null)?.msgpack;
  if (bytes === undefined || bytes.length === 0) return null;
  const whole = decode(bytes, { extensionCodec: unknownCodec });
  return onDynamic(whole, schema, (one) => (one as readonly unknown[])[1]) as Fields | null;
}

interface WirePath {
  readonly steps: readonly {
    readonly attribute_name?: string;
    readonly element_key_string?: string;
    readonly element_key_int?: number;
  }[];
}

function pathOf(path: WirePath | null | undefined): Path {
  return (path?.steps ?? []).map(
    (step) => step.attribute_name || step.element_key_string || Number(step.element_key_int ?? 0),
  );
}

function diagnosticsOf(answer: Readonly<Record<string, unknown>>): readonly Diagnostic[] {
  type Sent = { severity: number; summary: string; detail: string; attribute: WirePath | null };
  return ((answer.diagnostics ?? []) as readonly Sent[]).map((one) => ({
    severity: one.severity === 1 ? 'error' : 'warning',
    summary: one.summary,
    detail: one.detail,
    path: pathOf(one.attribute),
  }));
}

const bytesOf = (value: unknown): Uint8Array =>
  value instanceof Uint8Array ? value : new Uint8Array();

/** A resource of that provider, called over the wire. */
export function wired(open: Promise<Over>, type: string, schema: Schema): ManagedResource {
  const stored = (prior: Fields) =>
    onDynamic(prior, schema, (one) => ({ type: literalType(one), value: one }));
  const call = async (name: string, request: object) =>
    (await open).connection.call(name, { type_name: type, ...request });
  return {
    schema,
    validate: async (config) =>
      diagnosticsOf(await call('ValidateResourceConfig', { config: outbound(config, schema) })),
    // Over the wire the state is upgraded where it is read.
    upgrade: (_version, state) => state as Fields,
    read: async (prior, hidden) => {
      const state = {
        version: schema.version,
        raw_state: { json: Buffer.from(JSON.stringify(stored(prior))) },
      };
      const { upgraded_state } = await call('UpgradeResourceState', state);
      const answer = await call('ReadResource', { current_state: upgraded_state, private: hidden });
      const diagnostics = diagnosticsOf(answer);
      return {
        state: inbound(answer.new_state, schema),
        hidden: bytesOf(answer.private),
        diagnostics,
      };
    },
    plan: async ({ prior, proposed, config, hidden }) => {
      const answer = await call('PlanResourceChange', {
        prior_state: outbound(prior, schema),
        proposed_new_state: outbound(proposed, schema),
        config: outbound(config, schema),
        prior_private: hidden,
      });
      return {
        planned: inbound(answer.planned_state, schema),
        hidden: bytesOf(answer.planned_private),
        requiresReplace: ((answer.requires_replace ?? []) as readonly WirePath[]).map(pathOf),
        diagnostics: diagnosticsOf(answer),
      };
    },
    apply: async ({ prior, planned, config, hidden }) => {
      const answer = await call('ApplyResourceChange', {
        prior_state: outbound(prior, schema),
        planned_state: outbound(planned, schema),
        config: outbound(config, schema),
        planned_private: hidden,
      });
      const diagnostics = diagnosticsOf(answer);
      return {
        state: inbound(answer.new_state, schema),
        hidden: bytesOf(answer.private),
        diagnostics,
      };
    },
    import: async (id) => {
      const answer = await call('ImportResourceState', { id });
      const [one] = (answer.imported_resources ?? []) as readonly {
        state: unknown;
        private: unknown;
      }[];
      const state = inbound(one?.state, schema);
      if (state === null) throw new Error(JSON.stringify(diagnosticsOf(answer)));
      return { state, hidden: bytesOf(one?.private) };
    },
  };
}
