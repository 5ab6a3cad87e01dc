/** A Git server on loopback: git's own http-backend behind a small HTTP server, one bare repository. */
import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A repository that engines read over HTTP. */
export interface GitServer {
  readonly url: string;
  /** Commits everything in `folder`, pushes it, and gives the commit. */
  readonly push: (folder: string, message: string) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Starts it with an empty repository below `folder`. */
export async function startGitServer(folder: string): Promise<GitServer> {
  const bare = join(folder, 'edge.git');
  await run('git', ['init', '-q', '--bare', '-b', 'main', bare]);
  // Commits are asked for by their digest alone.
  await run('git', ['-C', bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...process.env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const whole = Buffer.concat(chunks);
      const cut = whole.indexOf('\r\n\r\n');
      for (const line of whole.subarray(0, cut).toString().split('\r\n')) {
        const [name = '', ...value] = line.split(': ');
        if (name === 'Status') response.statusCode = Number(value.join(': ').slice(0, 3));
        else response.setHeader(name, value.join(': '));
      }
      response.end(whole.subarray(cut + 4));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const author = ['-c', 'user.name=testbed', '-c', 'user.email=testbed@littoral.invalid'];
  return {
    url: `http://127.0.0.1:${port}/edge.git`,
    push: async (work, message) => {
      const git = (...words: string[]) => run('git', ['-C', work, ...author, ...words]);
      await git('init', '-q', '-b', 'main');
      await git('add', '-A');
      await git('commit', '-q', '--allow-empty', '-m', message);
      await git('push', '-q', bare, 'main:main');
      return (await git('rev-parse', 'HEAD')).stdout.trim();
    },
    stop: () => new Promise((closed) => server.close(() => closed())),
  };
}
