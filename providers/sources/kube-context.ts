/** One context of a kubeconfig as something to read from; the Kubernetes client is loaded only when it is used. */
import { request as requestHttp } from 'node:http';
import { type RequestOptions, request as requestHttps } from 'node:https';

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
/** Which context of which file. */
export interface ContextReference {
  readonly kubeconfig: string;
  readonly context: string;
}
/** Opens a context. */
export type Connect = (reference: ContextReference) => Promise<ApiServer>;

/** A page of a list is far smaller. */
const maxBytes = 64 * 1024 * 1024;

/** Opens a context by the official client, which knows certificates, tokens, exec plugins and proxies. */
export const connectContext: Connect = async ({ kubeconfig, context }) => {
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  const server = config.getCurrentCluster()?.server ?? '';
  const options: RequestOptions = {};
  // The client insists on TLS; a plain address, such as that of kubectl proxy, needs none of its settings.
  if (server.startsWith('https:')) await config.applyToHTTPSOptions(options);
  return {
    get: (path, signal) =>
      ask(new URL(`${server.replace(/\/+$/, '')}${path}`), { ...options, signal }),
    close: () => {
      if (typeof options.agent === 'object') options.agent.destroy();
    },
  };
};

function ask(url: URL, options: RequestOptions): Promise<ApiReply> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const headers = { ...options.headers, accept: 'application/json', 'user-agent': 'littoral' };
    const asking = send(url, { ...options, headers }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxBytes) asking.destroy(new Error('the answer is too large'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
    asking.on('error', reject);
    asking.end();
  });
}
