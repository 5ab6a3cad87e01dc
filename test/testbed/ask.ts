/** One request to an API server on loopback: just enough for a test to look from outside at what others did. */
import { Agent, request } from 'node:https';

/** Who asks whom. */
export interface Caller {
  readonly server: string;
  /** PEM text of the authority. */
  readonly ca: string;
  readonly token: string;
}
/** Status 0 never occurs: a connection that fails is an error. */
export interface Answer {
  readonly status: number;
  /** The parsed JSON, or the text if it is none. */
  readonly body: unknown;
}

const agent = new Agent({ keepAlive: false });

/** Asks, and gives up after a minute. A PATCH is a server-side apply when its path has `fieldManager`, else a merge patch. */
export function ask(
  { server, ca, token }: Caller,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  const text = body === undefined ? '' : JSON.stringify(body);
  if (body !== undefined) {
    headers['content-type'] = contentType(method, path);
    // Node leaves it out of a DELETE.
    headers['content-length'] = String(Buffer.byteLength(text));
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server}${path}`, { method, headers, ca, agent, timeout: 60_000 });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(answer) }));
    });
    outgoing.end(text);
  });
}

function contentType(method: string, path: string): string {
  if (method !== 'PATCH') return 'application/json';
  return path.includes('fieldManager=')
    ? 'application/apply-patch+yaml'
    : 'application/merge-patch+json';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
