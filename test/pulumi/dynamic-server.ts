/** Pulumi's own server of dynamic providers as a process, asked over gRPC as the engine asks it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { credentials, type ServiceError } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import * as messages from '@pulumi/pulumi/proto/provider_pb';
import * as statuses from '@pulumi/pulumi/proto/status_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { Bag } from '../../providers/pulumi/runtime/property-bag';
import { type ProviderName, providerText } from '../../providers/pulumi/runtime/shim';

/** What of a resource the engine keeps. */
export interface Kept {
  readonly id: string;
  readonly outs: Bag;
}

/** A resource that is there, but not as it should be. */
export class InitFailed extends Error {
  constructor(
    message: string,
    readonly kept: Kept,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

/** The calls of the engine for one of our providers. Values are plain; unknown ones are `UNKNOWN`. */
export interface DynamicServer {
  readonly check: (
    olds: Bag,
    news: Bag,
  ) => Promise<{ inputs: Bag; failures: readonly { property: string; reason: string }[] }>;
  readonly diff: (
    id: string,
    olds: Bag,
    news: Bag,
  ) => Promise<{ changes: 'some' | 'none' | 'unknown'; replaces: readonly string[] }>;
  readonly create: (inputs: Bag) => Promise<Kept>;
  readonly read: (id: string, outs: Bag) => Promise<Kept & { readonly inputs?: Bag }>;
  readonly update: (id: string, olds: Bag, news: Bag) => Promise<Bag>;
  readonly delete: (id: string, outs: Bag) => Promise<void>;
  /** What the process wrote to standard error so far. */
  readonly said: () => string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Starts the server in `folder`, the folder of a program, for one kind of resource. */
export async function startDynamicServer(
  folder: string,
  name: ProviderName,
): Promise<DynamicServer> {
  const program = require.resolve('@pulumi/pulumi/cmd/dynamic-provider');
  // What is kept between runs is of this folder, and goes with it.
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') };
  const child = spawn(process.execPath, [program, '127.0.0.1:0'], { cwd: folder, env });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const port = await firstLine(child);
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 400 << 20,
    'grpc.max_send_message_length': 400 << 20,
  });
  const ask = asking(client as unknown as Client);
  const configure = new messages.ConfigureRequest();
  configure.setArgs(structOf({}));
  await ask('configure', configure);
  const stop = async () => {
    client.close();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    await ended;
  };
  return { ...callsOf(ask, name), said: () => said.join(''), pid: child.pid ?? -1, stop };
}

type Client = Record<
  string,
  (request: unknown, callback: (error: ServiceError | null, response: unknown) => void) => void
>;
type Ask = <T>(call: string, request: unknown) => Promise<T>;

function asking(client: Client): Ask {
  return <T>(call: string, request: unknown) =>
    new Promise<T>((resolve, reject) => {
      client[call]?.call(client, request, (error, response) =>
        error === null ? resolve(response as T) : reject(failureIn(error)),
      );
    });
}

function callsOf(ask: Ask, name: ProviderName): Omit<DynamicServer, 'said' | 'pid' | 'stop'> {
  const withText = (bag: Bag) => structOf({ ...bag, __provider: providerText(name) });
  return {
    check: async (olds, news) => {
      const request = new messages.CheckRequest();
      request.setOlds(structOf(olds));
      request.setNews(withText(news));
      const answer = await ask<messages.CheckResponse>('check', request);
      const failures = answer
        .getFailuresList()
        .map((one) => ({ property: one.getProperty(), reason: one.getReason() }));
      return { inputs: bagOf(answer.getInputs()), failures };
    },
    diff: async (id, olds, news) => {
      const request = new messages.DiffRequest();
      request.setId(id);
      request.setOlds(structOf(olds));
      request.setNews(withText(news));
      const answer = await ask<messages.DiffResponse>('diff', request);
      const changes = (['unknown', 'none', 'some'] as const)[answer.getChanges()];
      return { changes: changes ?? 'unknown', replaces: answer.getReplacesList() };
    },
    create: async (inputs) => {
      const request = new messages.CreateRequest();
      request.setProperties(withText(inputs));
      const answer = await ask<messages.CreateResponse>('create', request);
      return { id: answer.getId(), outs: bagOf(answer.getProperties()) };
    },
    read: async (id, outs) => {
      const request = new messages.ReadRequest();
      request.setId(id);
      request.setProperties(withText(outs));
      const answer = await ask<messages.ReadResponse>('read', request);
      const kept = { id: answer.getId(), outs: bagOf(answer.getProperties()) };
      return answer.hasInputs() ? { ...kept, inputs: bagOf(answer.getInputs()) } : kept;
    },
    update: async (id, olds, news) => {
      const request = new messages.UpdateRequest();
      request.setId(id);
      request.setOlds(structOf(olds));
      request.setNews(withText(news));
      const answer = await ask<messages.UpdateResponse>('update', request);
      return bagOf(answer.getProperties());
    },
    delete: async (id, outs) => {
      const request = new messages.DeleteRequest();
      request.setId(id);
      request.setProperties(withText(outs));
      await ask('delete', request);
    },
  };
}

/** As the engine sends it: nothing undefined. */
function structOf(bag: Bag): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(bag)) as Record<string, JavaScriptValue>);
}

function bagOf(struct: Struct | undefined): Bag {
  const { __provider: _, ...bag } = struct?.toJavaScript() ?? {};
  return bag;
}

/** As the engine reads it: details say that the resource was made all the same. */
function failureIn(error: ServiceError): Error {
  const [packed] = error.metadata?.get('grpc-status-details-bin') ?? [];
  if (packed === undefined) return new Error(error.details);
  const [detail] = statuses.Status.deserializeBinary(packed as Buffer).getDetailsList();
  const made = messages.ErrorResourceInitFailed.deserializeBinary(
    detail?.getValue_asU8() ?? new Uint8Array(),
  );
  const kept = { id: made.getId(), outs: bagOf(made.getProperties()) };
  return new InitFailed(error.details, kept, made.getReasonsList());
}

function firstLine({ stdout, exitCode }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\n');
      if (end >= 0) resolve(text.slice(0, end));
    });
    stdout?.on('close', () => reject(new Error(`the server ended (${exitCode})`)));
  });
}
