/** Reads from the API server of one cluster, or of a hub: the clusters room knows how to reach it. */
import type { Cluster } from '../../../../constructs/model/fleet';
import { readText } from '../../../clusters/api/api-server';
import { leaseApiServer } from '../../../clusters/api/lease';
import { type AccessSource, sourceOfContext } from '../../../clusters/auth/access-source';
import type { Fault } from '../../../clusters/errors';

/** An answer of an API server. */
export interface ApiReply {
  readonly status: number;
  readonly text: string;
}
/** Reads from one API server. Credentials stay inside. */
export interface ApiServer {
  /** Asks for a path such as /readyz. Rejects when there is no answer before `signal`. */
  readonly get: (path: string, signal: AbortSignal) => Promise<ApiReply>;
  readonly close: () => void;
  /** What messages call the place where the way to it is written. Default: a kubeconfig. */
  readonly source?: AccessSource;
}
/** How to reach an API server, and how errors call it. */
export interface ApiReference {
  readonly name: string;
  readonly access: NonNullable<Cluster['access']>;
}
/** Opens an API server; credentials and connection take at most so long each. */
export type Connect = (reference: ApiReference, connectMilliseconds: number) => Promise<ApiServer>;

/** Opens an API server and connects. Throws a ClusterError when that cannot be done. */
export const connectApi: Connect = async ({ name, access }, connectMilliseconds) => {
  const connectSeconds = connectMilliseconds / 1000;
  const server = await leaseApiServer({ name, access }, { folder: '/', connectSeconds });
  return {
    get: async (path, signal) => {
      const description = { cluster: name, verb: 'read', subject: path, kind: '', apiVersion: '' };
      const answer = await server.stream(
        { method: 'GET', path, safe: true, description: description },
        signal,
      );
      return { status: answer.status, text: await readText(answer.body) };
    },
    close: server.close,
    source: server.source,
  };
};

/** An answer that is not what was asked for, and whose failure that is. */
export class Refused extends Error {
  constructor(
    readonly why: string,
    readonly fault: Fault,
    readonly remedy: string,
  ) {
    super(why);
    this.name = 'Refused';
  }
}

const pageSize = 500;

/** All objects of a list, page by page; `needed` is the right that a person is to ask for. Throws Refused. */
export async function listAll(
  server: ApiServer,
  path: string,
  needed: string,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let next = '';
  do {
    const page = `limit=${pageSize}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const { status, text } = await server.get(
      `${path}${path.includes('?') ? '&' : '?'}${page}`,
      signal,
    );
    const short = path.split('?')[0];
    if (status !== 200) throw refusedBy(`GET ${short}`, status, needed, server);
    const body = tryJson(text) as
      | { readonly items?: unknown; readonly metadata?: { readonly continue?: string } }
      | undefined;
    if (!Array.isArray(body?.items)) {
      throw new Refused(`GET ${short} answers no list`, 'misconfigured', notKubernetes(server));
    }
    items.push(...body.items);
    next = body.metadata?.continue ?? '';
  } while (next !== '');
  return items;
}

/** Where the way to a server is written, by its name in messages. */
export function sourceOf({ source }: Pick<ApiServer, 'source'>): AccessSource {
  return source ?? sourceOfContext('');
}

function notKubernetes(server: Pick<ApiServer, 'source'>): string {
  return `Correct ${sourceOf(server).server}: what answers there is no Kubernetes API, perhaps a login page or a proxy.`;
}

/** What a status other than 200 means. */
export function refusedBy(
  request: string,
  status: number,
  needed: string,
  server: Pick<ApiServer, 'source'>,
): Refused {
  const why = `${request} answers ${status}`;
  if (status === 401) {
    const remedy = sourceOf(server).login;
    return new Refused(`${why}: it does not accept our credentials`, 'forbidden', remedy);
  }
  if (status === 403) {
    const remedy = `Ask for the right to ${needed}.`;
    return new Refused(`${why}: our credentials do not permit it`, 'forbidden', remedy);
  }
  if (status === 407) {
    const remedy = 'Give the user name and password of the proxy.';
    return new Refused(`${why}: the proxy asks who we are`, 'misconfigured', remedy);
  }
  if (status < 500 && status !== 408 && status !== 429) {
    return new Refused(why, 'misconfigured', notKubernetes(server));
  }
  return new Refused(why, 'unreachable', 'Look into the log of the API server, then try again.');
}

/** The value of a JSON text; undefined when it is none. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
