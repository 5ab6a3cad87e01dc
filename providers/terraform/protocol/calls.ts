/** What the calls of the protocol share: values in and out by schema, and diagnostics instead of failures. */
import { EdgeError } from '../../../constructs/parsing';
import { diagnosticsOf, type Scene, wireDiagnostics } from './diagnostics';
import type { Log } from './log';
import type { CallName, calls, DynamicValue, Request } from './messages';
import type { Context, Diagnostic, Fields, ReadSource, Schema, Value } from './provider';
import { type Raw, type Received, receive, send, typeOfSchema } from './values';
import type { Draft } from './wire';

/** The response of a call. */
type Response<Name extends CallName> = Draft<(typeof calls)[Name]['response']>;
/** Answers one kind of call. */
export type Handler<Name extends CallName> = (
  request: Request<Name>,
  signal: AbortSignal,
) => Promise<Response<Name>> | Response<Name>;

/** What all calls of one process know. */
export interface Session {
  readonly log: Log;
  /** The provider's configuration, once Terraform has sent it. */
  settings: Fields;
}

/** One call, while it runs. */
export interface Call extends Scene {
  readonly context: Context;
}

/** The call `name` about something with `schema`. */
export function callOf(session: Session, name: string, schema: Schema, signal: AbortSignal): Call {
  const { log, settings } = session;
  return { call: name, schema, signal, log, context: { signal, log, settings } };
}

const nothingSchema: Schema = { version: 0, description: '', attributes: [] };

/** What a call knows that is about something Terraform names by its type: the call, and `it`, which throws an EdgeError when there is none. */
export function callsAbout<T extends { readonly schema: Schema }>(
  session: Session,
  all: Readonly<Record<string, T>>,
  kind: string,
) {
  return (name: CallName, type: string, signal: AbortSignal) => {
    const one = Object.hasOwn(all, type) ? all[type] : undefined;
    return {
      call: callOf(session, `${name} ${type}`, one?.schema ?? nothingSchema, signal),
      it: () => one ?? named(all, type, kind),
    };
  };
}

/** Answers whether `it` takes a configuration. */
export function validated(
  call: Call,
  it: () => Pick<ReadSource, 'validate'>,
  config: DynamicValue | undefined,
) {
  const work = async () =>
    withDiagnostics(call, await it().validate(fieldsIn(config, call.schema).value ?? {}));
  return guarded(call, work, {});
}

/** What `work` answers; when it throws, `otherwise` with the diagnostics of what was thrown. */
export async function guarded<Answer extends object, Otherwise extends object>(
  call: Call,
  work: () => Promise<Answer>,
  otherwise: Otherwise,
): Promise<Answer | (Otherwise & ReturnType<typeof withDiagnostics>)> {
  try {
    return await work();
  } catch (thrown) {
    return { ...otherwise, ...withDiagnostics(call, diagnosticsOf(thrown, call)) };
  }
}

/** Diagnostics as part of an answer. */
export const withDiagnostics = ({ schema }: Call, diagnostics: readonly Diagnostic[] = []) => ({
  diagnostics: wireDiagnostics(diagnostics, schema),
});

/** The value of a whole block. */
export const fieldsIn = (
  dynamic: DynamicValue | undefined,
  schema: Schema,
): Received & { readonly value: Fields | null } =>
  receive(dynamic, typeOfSchema(schema)) as Received & { readonly value: Fields | null };

/** A whole block, in the words of what `came` in the same request where that means the same. */
export const fieldsOut = (value: Value, schema: Schema, ...came: readonly Raw[]) =>
  send(value, typeOfSchema(schema), came);

function named<T>(all: Readonly<Record<string, T>>, name: string, kind: string): T {
  const found = Object.hasOwn(all, name) ? all[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(all).sort().join(', ');
  throw new EdgeError({
    code: 'UnknownName',
    path: '',
    summary: `this version of littoral has no ${kind} ${name}; it has ${known === '' ? 'none' : known}`,
    remedy: `Use one of these, or the version of the provider that has ${name}.`,
  });
}
