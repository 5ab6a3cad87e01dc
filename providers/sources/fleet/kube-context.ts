/** One context of a kubeconfig as something to read from: the clusters room knows how to reach it. */
import { readText } from '../../clusters/api/api-server';
import { openApiServer } from '../../clusters/api/open';

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
}
/** Which context of which files. */
export interface ContextReference {
  /** A path, or a list of paths as in KUBECONFIG. */
  readonly kubeconfig: string;
  readonly context: string;
}
/** Opens a context; credentials and connection take at most so long each. */
export type Connect = (
  reference: ContextReference,
  connectMilliseconds: number,
) => Promise<ApiServer>;

/** Opens a context and connects. Throws a ClusterError when that cannot be done. */
export const connectContext: Connect = async ({ kubeconfig, context }, connectMilliseconds) => {
  const name = context;
  const access = { kubeconfig, context };
  const connectSeconds = connectMilliseconds / 1000;
  const server = await openApiServer({ name, access }, { folder: '/', connectSeconds });
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
  };
};
