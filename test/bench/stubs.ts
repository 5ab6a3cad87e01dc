/** Simulated clusters: one HTTP/2 server in a process of its own answers as many API servers from memory, a path prefix each. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../constructs/model/app/workload';
import { makeCertificates } from '../testbed/certificates';

/** Simulated clusters that answer. */
export interface Stubs {
  /** With one context per cluster, named as it. */
  readonly kubeconfigOf: (name: string) => string;
  readonly serverOf: (name: string) => string;
  readonly ca: string;
  /** Since the last call. */
  readonly counts: () => Promise<Counts>;
  /** Ends the server and removes its files. */
  readonly stop: () => Promise<void>;
}

/** What all clusters together were asked. */
export interface Counts {
  readonly connections: number;
  /** The most that were open at the same time. */
  readonly open: number;
  readonly requests: number;
}

/** Starts a server for clusters of these names; each gets a kubeconfig of its own, or all share one. */
export async function startStubs(names: readonly string[], shared = false): Promise<Stubs> {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-stubs-'));
  const certificates = makeCertificates(folder);
  const child = fork(__filename, [certificates.serverCert, certificates.serverKey]);
  const [port] = (await once(child, 'message')) as [number];
  const ca = readFileSync(certificates.ca, 'utf8');
  const serverOf = (name: string) => `https://127.0.0.1:${port}/${name}`;
  const kubeconfigOf = (name: string) => join(folder, `${shared ? 'all' : name}.kubeconfig`);
  const write = (path: string, contexts: readonly string[]) => {
    const authority = { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    const text = JSON.stringify({
      clusters: contexts.map((name) => ({
        name,
        cluster: { server: serverOf(name), ...authority },
      })),
      users: [{ name: 'bench', user: { token: 'bench' } }],
      contexts: contexts.map((name) => ({ name, context: { cluster: name, user: 'bench' } })),
    });
    writeFileSync(path, text);
  };
  if (shared) write(kubeconfigOf(''), names);
  else for (const name of names) write(kubeconfigOf(name), [name]);
  const counts = async (): Promise<Counts> => {
    const told = once(child, 'message') as Promise<[Counts]>;
    child.send('counts');
    return (await told)[0];
  };
  const stop = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  return { kubeconfigOf, serverOf, ca, counts, stop };
}

/** An object, and the text that each manager applied last. */
interface Stored {
  readonly object: Manifest;
  readonly texts: ReadonlyMap<string, string>;
  readonly uid: string;
  readonly generation: number;
  readonly created: string;
}

/** By path of the collection, with its cluster, then by name. */
const collections = new Map<string, Map<string, Stored>>();
let version = 0;

/** Answers POST, PATCH, GET and LIST as an API server would, with every Deployment ready at once; knows no other kinds than the built-in ones. */
function serve(cert: string, key: string): void {
  let [connections, open, most, requests] = [0, 0, 0, 0];
  const settings = { maxConcurrentStreams: 250 };
  const server = createSecureServer(
    { cert: readFileSync(cert), key: readFileSync(key), settings },
    (request, response) => {
      requests += 1;
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => answer(request, response, Buffer.concat(chunks).toString()));
    },
  );
  server.on('session', (session) => {
    connections += 1;
    open += 1;
    most = Math.max(most, open);
    session.once('close', () => {
      open -= 1;
    });
  });
  process.on('message', () => {
    process.send?.({ connections, open: most, requests });
    [connections, most, requests] = [0, open, 0];
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.once('disconnect', () => process.exit());
}

function answer(request: Http2ServerRequest, response: Http2ServerResponse, body: string): void {
  const url = new URL(request.url, 'https://stub');
  const say = (status: number, content: object) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(content));
  };
  if (url.searchParams.has('limit')) {
    const items = selected(url.pathname, url.searchParams.get('labelSelector') ?? '');
    say(200, { kind: 'List', metadata: { resourceVersion: String(version) }, items });
    return;
  }
  const creates = request.method === 'POST';
  const slash = url.pathname.lastIndexOf('/');
  const collection = creates ? url.pathname : url.pathname.slice(0, slash);
  const name = creates
    ? (JSON.parse(body) as Manifest).metadata.name
    : url.pathname.slice(slash + 1);
  const before = collections.get(collection)?.get(name);
  if (creates && before !== undefined) {
    say(409, { kind: 'Status', code: 409, reason: 'AlreadyExists', details: { name } });
  } else if (creates || request.method === 'PATCH') {
    const after = applied(body, url.searchParams.get('fieldManager') ?? '', before);
    if (url.searchParams.get('dryRun') !== 'All') {
      const there = collections.get(collection) ?? new Map<string, Stored>();
      collections.set(collection, there.set(name, after));
    }
    say(before === undefined ? 201 : 200, after.object);
  } else if (before !== undefined) say(200, before.object);
  else say(404, { kind: 'Status', code: 404, reason: 'NotFound', details: { name } });
}

type Labels = Readonly<Record<string, string>>;

/** Requirements of equality, all of which must hold, as a release selects its objects. */
function selected(collection: string, selector: string): readonly Manifest[] {
  const wanted = selector.split(',').flatMap((one) => (one === '' ? [] : [one.split('=')]));
  const all = [...(collections.get(collection)?.values() ?? [])].map(({ object }) => object);
  return all.filter(({ metadata }) => {
    const labels = metadata.labels as Labels | undefined;
    return wanted.every(([label = '', value]) => labels?.[label] === value);
  });
}

/** What is there after an apply: what each manager wants, the later over the earlier; nothing they share is told apart. */
function applied(text: string, by: string, before: Stored | undefined): Stored {
  if (before?.texts.get(by) === text) return before;
  version += 1;
  const now = new Date().toISOString().replace(/\.\d+/, '');
  const uid = before?.uid ?? `00000000-0000-4000-8000-${String(version).padStart(12, '0')}`;
  const created = before?.created ?? now;
  const generation = (before?.generation ?? 0) + 1;
  const texts = new Map([...(before?.texts ?? []), [by, text]]);
  const wanted = [...texts].map(
    ([manager, one]) => [manager, JSON.parse(one) as Manifest] as const,
  );
  let whole: unknown = {};
  for (const [, one] of wanted) whole = merged(whole, one);
  const manifest = whole as Manifest & { readonly spec?: { readonly replicas?: number } };
  const { apiVersion, kind, metadata } = manifest;
  const managedFields = wanted.map(([manager, { metadata: its, ...content }]) => {
    const { apiVersion: _, kind: __, ...rest } = content;
    const fieldsV1 = fieldsOf({ metadata: { labels: its.labels }, ...rest });
    return { manager, operation: 'Apply', apiVersion, time: now, fieldsType: 'FieldsV1', fieldsV1 };
  });
  const { replicas = 1 } = manifest.spec ?? {};
  const counts = { replicas, updatedReplicas: replicas, availableReplicas: replicas };
  const object = {
    ...manifest,
    metadata: {
      ...metadata,
      uid,
      generation,
      resourceVersion: String(version),
      creationTimestamp: created,
      managedFields,
    },
    ...(kind === 'Deployment' ? { status: { observedGeneration: generation, ...counts } } : {}),
  };
  return { object, texts, uid, generation, created };
}

function merged(before: unknown, after: unknown): unknown {
  if (!isMap(before) || !isMap(after)) return after;
  const both = Object.entries(after).map(([key, one]) => [key, merged(before[key], one)]);
  return { ...before, ...Object.fromEntries(both) };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every field below `value`, as server-side apply writes them down. */
function fieldsOf(value: unknown): object {
  if (!isMap(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [`f:${key}`, fieldsOf(one)]));
}

if (require.main === module) serve(process.argv[2] ?? '', process.argv[3] ?? '');
