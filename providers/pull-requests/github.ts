/** GitHub, and GitHub Enterprise: pull requests and their comments by the REST API. */
import { z } from '../../constructs/parsing';
import type { Environment } from '../proxy/environment';
import { openApi } from './api-client';
import type { Forge, PullRequest } from './forge';

/** Where a repository is and what opens it. */
export interface GitHubSettings {
  /** Such as https://api.github.com. */
  readonly api: string;
  /** owner/name. */
  readonly repository: string;
  readonly token: string;
  /** Who writes comments with this token. In Actions that is github-actions[bot]. */
  readonly login: string;
}

const comments = z.array(
  z.looseObject({
    id: z.number(),
    body: z.string().nullable(),
    user: z.looseObject({ login: z.string() }).nullable(),
  }),
);
const pull = z.looseObject({
  number: z.number(),
  html_url: z.string(),
  head: z.looseObject({ sha: z.string() }),
});

const mergedPull = z.looseObject({
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
});

/** Comments of one page, the most that GitHub gives. */
const PAGE = 100;

/** Opens a client; nothing is sent before the first call. */
export function openGitHub(settings: GitHubSettings, environment: Environment): Forge {
  const { api, repository, token, login } = settings;
  const { ask, end } = openApi(
    api,
    { authorization: `Bearer ${token}`, 'x-github-api-version': '2022-11-28' },
    environment,
  );
  const root = `repos/${repository}`;
  const read = (value: unknown): PullRequest => {
    const { number, html_url: url, head } = pull.parse(value);
    return { number, url, headSha: head.sha };
  };
  return {
    mostCharacters: 65_536,
    ownComments: async (number) => {
      const own = [];
      for (let page = 1; ; page++) {
        const path = `${root}/issues/${number}/comments?per_page=${PAGE}&page=${page}`;
        const found = comments.parse(await ask('GET', path));
        own.push(...found.filter(({ user }) => user?.login === login));
        if (found.length < PAGE) return own.map(({ id, body }) => ({ id, text: body ?? '' }));
      }
    },
    createComment: async (number, body) => {
      await ask('POST', `${root}/issues/${number}/comments`, { body });
    },
    editComment: async (_number, id, body) => {
      await ask('PATCH', `${root}/issues/comments/${id}`, { body });
    },
    openFrom: async (branch) => {
      const [owner] = repository.split('/');
      const head = encodeURIComponent(`${owner}:${branch}`);
      const [found] = z
        .array(pull)
        .parse(await ask('GET', `${root}/pulls?state=open&head=${head}`));
      return found === undefined ? undefined : read(found);
    },
    mergedBy: async (commit) => {
      const answer = await ask('GET', `${root}/commits/${encodeURIComponent(commit)}/pulls`);
      const merged = z.array(mergedPull).parse(answer);
      const found = merged.find((one) => one.merged_at !== null && one.merge_commit_sha === commit);
      return found === undefined ? undefined : read(found);
    },
    open: async ({ branch, base, title, text }) =>
      read(await ask('POST', `${root}/pulls`, { head: branch, base, title, body: text })),
    edit: async (number, title, body) => {
      await ask('PATCH', `${root}/pulls/${number}`, { title, body });
    },
    close: async (number) => {
      await ask('PATCH', `${root}/pulls/${number}`, { state: 'closed' });
    },
    end,
  };
}
