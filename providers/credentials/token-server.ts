/** Token server: what rotation asks of one API server: who somebody is, a token bound to a Secret, and its end. */
import type { ApiServer } from '../clusters/api/api-server';
import { type OpenOptions, openApiServer } from '../clusters/api/open';
import { refusalError, statusOf } from '../clusters/api/status';
import type { Reachable } from '../clusters/api/way';
import type { KubeContext } from '../clusters/auth/kubeconfig';

/** A ServiceAccount. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** A token as it was made; a secret. */
export interface IssuedToken {
  readonly token: string;
  /** ISO 8601: what the server made of the time that was asked for. */
  readonly expiresAt: string;
}

/** One API server, asked by one credential. Every rejection is a ClusterError. */
export interface TokenServer {
  /** Name of whoever asks. */
  readonly whoAmI: () => Promise<string>;
  /** Makes the empty Secret that a token is bound to. Gives its uid. */
  readonly makeSecret: (account: Account, name: string) => Promise<string>;
  readonly requestToken: (
    account: Account,
    secret: { readonly name: string; readonly uid: string },
    seconds: number,
  ) => Promise<IssuedToken>;
  /** Ends every token that is bound to it; one that does not exist is gone. */
  readonly deleteSecret: (namespace: string, name: string, uid?: string) => Promise<void>;
  readonly close: () => void;
}

/** Asks as the kubeconfig says, or by `context`, which has another credential. Throws a ClusterError. */
export async function openTokenServer(
  cluster: Reachable,
  options: OpenOptions,
  context?: KubeContext,
): Promise<TokenServer> {
  const given = context === undefined ? {} : { given: () => context };
  return tokenServer(await openApiServer(cluster, { ...options, ...given }));
}

type Send = (
  method: 'POST' | 'DELETE',
  path: string,
  what: readonly [verb: string, kind: string, subject: string],
  body: object,
) => Promise<unknown>;

/** Deleting twice is deleting once, and what is not there is deleted. */
function sender(server: ApiServer): Send {
  return async (method, path, [verb, kind, subject], body) => {
    const description = { cluster: server.name, verb, subject, kind, apiVersion: 'v1' };
    const safe = method === 'DELETE';
    const text = JSON.stringify(body);
    const reply = await server.ask({ method, path, body: text, safe, description });
    if (reply.status < 300 || (safe && reply.status === 404)) return reply.body;
    throw refusalError({
      httpStatus: reply.status,
      status: statusOf(reply.body),
      description,
      source: server.source,
      redact: server.redact,
    });
  };
}

function tokenServer(server: ApiServer): TokenServer {
  const send = sender(server);
  const secretsIn = (namespace: string) =>
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  return {
    whoAmI: async () => {
      const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
      const what = ['create', 'SelfSubjectReview', 'who asks'] as const;
      const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
      const answer = (await send('POST', path, what, body)) as {
        readonly status?: { readonly userInfo?: { readonly username?: string } };
      };
      return answer.status?.userInfo?.username ?? '';
    },
    makeSecret: async ({ namespace, name: account }, name) => {
      const labels = {
        'app.kubernetes.io/managed-by': 'littoral',
        'littoral.dev/credential-of': account,
      };
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace, labels },
        type: 'littoral.dev/credential',
      };
      const what = ['create', 'Secret', `Secret ${namespace}/${name}`] as const;
      const made = (await send('POST', secretsIn(namespace), what, body)) as {
        readonly metadata: { readonly uid: string };
      };
      return made.metadata.uid;
    },
    requestToken: async ({ namespace, name }, secret, seconds) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`;
      const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', ...secret };
      const body = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { expirationSeconds: seconds, boundObjectRef },
      };
      const what = [
        'create',
        'TokenRequest',
        `a token of ServiceAccount ${namespace}/${name}`,
      ] as const;
      const { status } = (await send('POST', path, what, body)) as {
        readonly status: { readonly token: string; readonly expirationTimestamp: string };
      };
      return { token: status.token, expiresAt: status.expirationTimestamp };
    },
    deleteSecret: async (namespace, name, uid) => {
      const what = ['delete', 'Secret', `Secret ${namespace}/${name}`] as const;
      const preconditions = uid === undefined ? {} : { preconditions: { uid } };
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...preconditions };
      await send('DELETE', `${secretsIn(namespace)}/${encodeURIComponent(name)}`, what, body);
    },
    close: () => server.close(),
  };
}
