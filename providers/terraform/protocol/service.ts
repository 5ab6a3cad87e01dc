/** The provider as the protocol sees it: every call from bytes to bytes, and stopping what runs. */
import {
  callOf,
  callsAbout,
  fieldsIn,
  fieldsOut,
  guarded,
  type Handler,
  type Session,
  validated,
  withDiagnostics,
} from './calls';
import { metadata, wireFunctions, wireSchemas } from './description';
import { functionCall } from './functions';
import type { Served } from './grpc';
import type { Log } from './log';
import { managedCalls } from './managed';
import { type CallName, calls, health, serving } from './messages';
import type { Provider } from './provider';
import { nothingOf } from './values';
import { decodeMessage, encodeMessage, type Message } from './wire';

const providerPath = '/tfplugin6.Provider';

/** What the plugin's server serves. `shutdown` is called when Terraform asks the process to end. */
export function serviceOf(provider: Provider, log: Log, shutdown: () => void): Served {
  const running = new Set<AbortController>();
  const stop = () => {
    for (const call of running) call.abort();
    return {};
  };
  const session: Session = { log, settings: nothingOf(provider.schema) };
  const handlers: { readonly [Name in CallName]: Handler<Name> } = {
    ...providerCalls(provider, session),
    ...managedCalls(provider, session),
    StopProvider: stop,
  };
  const answers = Object.entries(handlers).map(([name, handle]) => [
    `${providerPath}/${name}`,
    answerOf(name as CallName, handle as Handle, running, log),
  ]);
  return {
    calls: {
      ...Object.fromEntries(answers),
      '/grpc.health.v1.Health/Check': async () => encodeMessage(health, { status: serving }),
      '/plugin.GRPCController/Shutdown': async () => {
        shutdown();
        return new Uint8Array(0);
      },
    },
    silent: ['/plugin.GRPCStdio/StreamStdio', '/plugin.GRPCBroker/StartStream'],
  };
}

type Handle = (request: unknown, signal: AbortSignal) => object | Promise<object>;

function answerOf(name: CallName, handle: Handle, running: Set<AbortController>, log: Log) {
  const { request, response }: { request: Message; response: Message } = calls[name];
  return async (bytes: Uint8Array, gaveUp: AbortSignal): Promise<Uint8Array> => {
    const call = new AbortController();
    gaveUp.addEventListener('abort', () => call.abort());
    running.add(call);
    const start = performance.now();
    try {
      // Up to ten calls come at once: all of them are read before the first one computes.
      await new Promise(setImmediate);
      return encodeMessage(response, await handle(decodeMessage(request, bytes), call.signal));
    } finally {
      running.delete(call);
      log('trace', `answered ${name}`, { milliseconds: Math.round(performance.now() - start) });
    }
  };
}

type ProviderCall =
  | 'GetMetadata'
  | 'GetProviderSchema'
  | 'ValidateProviderConfig'
  | 'ConfigureProvider'
  | 'ValidateDataResourceConfig'
  | 'ReadDataSource'
  | 'GetFunctions'
  | 'CallFunction';

function providerCalls(
  provider: Provider,
  session: Session,
): { readonly [Name in ProviderCall]: Handler<Name> } {
  const onProvider = (name: ProviderCall, signal: AbortSignal) =>
    callOf(session, name, provider.schema, signal);
  const on = callsAbout(session, provider.dataSources, 'data source');
  return {
    GetMetadata: () => metadata(provider),
    GetProviderSchema: () => wireSchemas(provider),
    GetFunctions: () => ({ functions: wireFunctions(provider.functions) }),
    CallFunction: functionCall(provider, session),
    ValidateProviderConfig: ({ config }, signal) => {
      const call = onProvider('ValidateProviderConfig', signal);
      const work = async () =>
        withDiagnostics(call, await provider.validate(fieldsIn(config, call.schema).value ?? {}));
      return guarded(call, work, {});
    },
    ConfigureProvider: ({ config, terraformVersion }, signal) => {
      const call = onProvider('ConfigureProvider', signal);
      session.log('debug', 'configured', { terraformVersion });
      const work = async () => {
        session.settings = fieldsIn(config, call.schema).value ?? nothingOf(call.schema);
        return {};
      };
      return guarded(call, work, {});
    },
    ValidateDataResourceConfig: ({ typeName, config }, signal) => {
      const { call, it } = on('ValidateDataResourceConfig', typeName, signal);
      return validated(call, it, config);
    },
    ReadDataSource: ({ typeName, config }, signal) => {
      const { call, it } = on('ReadDataSource', typeName, signal);
      const work = async () => {
        const request = fieldsIn(config, call.schema);
        const { state, diagnostics } = await it().read(request.value ?? {}, call.context);
        return {
          state: fieldsOut(state, call.schema, request.raw),
          ...withDiagnostics(call, diagnostics),
        };
      };
      return guarded(call, work, {});
    },
  };
}
