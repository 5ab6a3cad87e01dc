/** A double of GitHub's REST API, as far as pull requests go: keeps comments and pull requests, and every question it got. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}
export interface Pull {
  readonly number: number;
  readonly html_url: string;
  state: 'open' | 'closed';
  title: string;
  body: string;
  readonly head: { ref: string; sha: string };
  merged_at: string | null;
  merge_commit_sha: string | null;
}
export interface Double {
  readonly url: string;
  readonly comments: Comment[];
  readonly pulls: Pull[];
  /** Method and path of every question, with the token it came with. */
  readonly questions: { readonly line: string; readonly token: string | undefined }[];
  readonly pull: (number: number, more?: Partial<Pull>) => Pull;
  readonly stop: () => Promise<void>;
}

interface Sent {
  readonly body?: string;
  readonly title?: string;
  readonly state?: 'closed';
  readonly head?: string;
}

export async function startGitHub(repository: string): Promise<Double> {
  const comments: Comment[] = [];
  const pulls: Pull[] = [];
  const questions: Double['questions'] = [];
  const pull = (number: number, more: Partial<Pull> = {}): Pull => {
    const made: Pull = {
      number,
      html_url: `https://github.example/${repository}/pull/${number}`,
      state: 'open',
      title: '',
      body: '',
      head: { ref: 'change', sha: 'a'.repeat(40) },
      merged_at: null,
      merge_commit_sha: null,
      ...more,
    };
    pulls.push(made);
    return made;
  };
  const answer = (method: string, path: string, query: URLSearchParams, sent: Sent): unknown => {
    const [, number = ''] = /^\/pulls\/(\d+)$/.exec(path) ?? [];
    const [, comment = ''] = /^\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    if (/^\/issues\/\d+\/comments$/.test(path) && method === 'GET') {
      const page = Number(query.get('page') ?? 1);
      return comments.slice((page - 1) * 100, page * 100);
    }
    if (/^\/issues\/\d+\/comments$/.test(path)) {
      const user = { login: 'github-actions[bot]' };
      const made = { id: comments.length + 1, body: sent.body ?? '', user };
      comments.push(made);
      return made;
    }
    if (comment !== '') return Object.assign(comments[Number(comment) - 1] as Comment, sent);
    if (path === '/pulls' && method === 'GET') {
      const [, branch] = (query.get('head') ?? '').split(':');
      return pulls.filter(({ state, head }) => state === 'open' && head.ref === branch);
    }
    if (path === '/pulls') {
      const head = { ref: sent.head ?? '', sha: 'b'.repeat(40) };
      return pull(pulls.length + 1, { title: sent.title ?? '', body: sent.body ?? '', head });
    }
    if (number !== '')
      return Object.assign(pulls.find((one) => one.number === Number(number)) as Pull, sent);
    if (path.startsWith('/commits/')) return pulls;
    return undefined;
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://double');
      questions.push({
        line: `${request.method} ${url.pathname}`,
        token: request.headers.authorization,
      });
      const path = url.pathname.replace(`/repos/${repository}`, '');
      const sent = text === '' ? {} : (JSON.parse(text) as Sent);
      const found = answer(request.method ?? '', path, url.searchParams, sent);
      response.statusCode = found === undefined ? 404 : 200;
      response.end(JSON.stringify(found ?? { message: 'Not Found' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    comments,
    pulls,
    questions,
    pull,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
