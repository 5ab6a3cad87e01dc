/** littoral pull-request: one comment on a pull request, one pull request for a new lock, and the plan that was reviewed. */
import { appendFileSync } from 'node:fs';
import { EdgeError, z } from '../../../constructs/parsing';
import type { Forge } from '../../pull-requests/forge';
import { openGitHub } from '../../pull-requests/github';
import { propose, withdraw } from '../../pull-requests/proposal';
import { planMarker, reviewedPlan, sha256Of } from '../../pull-requests/reviewed';
import { comment } from '../../pull-requests/summary';
import { readTextFile, resolvePath } from '../../sources/files/text-file';
import { type Flags, usageError, type Values } from '../input/flags';
import { type ExitCode, exit } from '../output/exit';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  name: { value: 'NAME', doc: 'Which comment or proposal of the repository. Default: placement.' },
  plan: {
    value: 'PLAN.json',
    doc: 'comment: the plan that it shows. reviewed: the plan to compare.',
  },
  branch: { value: 'BRANCH', doc: 'Of the proposal. Default: littoral/NAME.' },
  base: { value: 'BRANCH', doc: 'What the proposal is for. Default: main.' },
  title: { value: 'TEXT', doc: 'Title of the proposal.' },
  body: { value: 'FILE.md', doc: 'What the proposal says.' },
  commit: { value: 'SHA', doc: 'reviewed: what was merged. Default: GITHUB_SHA.' },
} as const satisfies Flags;
type PullRequestValues = Values<typeof flags>;

/** The command `pull-request`. */
export const pullRequest = command({
  name: 'pull-request',
  usage: [
    'littoral pull-request comment FILE.md [--plan PLAN.json] [--name NAME]',
    'littoral pull-request propose LOCK --title TEXT --body FILE.md [--branch BRANCH] [--base BRANCH]',
    'littoral pull-request withdraw [--branch BRANCH]',
    'littoral pull-request reviewed [--plan PLAN.json] [--commit SHA]',
  ],
  about:
    'For jobs of GitHub Actions; action.yml of the repository calls it. comment writes one comment on the pull request of the job, and writes over it the next time. propose pushes LOCK to a branch and opens one pull request for it, withdraw closes it. reviewed prints the run that has the plan that was reviewed with the merged commit, and with --plan compares it byte for byte (exit code 4 where it is another). Reads GITHUB_TOKEN, GITHUB_REPOSITORY, GITHUB_API_URL and GITHUB_EVENT_PATH. On a pull request of a fork nothing is asked of the server: the comment goes to the summary of the job.',
  flags,
  words: 2,
  examples: [
    ['littoral pull-request comment plan.md --plan plan.json', 'in the job of a pull request'],
    ['littoral pull-request reviewed --plan plan.json', 'after the merge, before apply'],
  ],
  run: async (values, session, [what, path]) => {
    const name = values.name ?? 'placement';
    if (what === 'comment') return commented(name, path, values, session);
    if (what === 'reviewed') return compared(name, values, session);
    if (what === 'propose') return proposed(name, path, values, session);
    if (what === 'withdraw') {
      const lock = { folder: session.cwd, branch: branchOf(name, values) };
      return within(session, async (forge) => session.print(`${await withdraw(forge, lock)}\n`));
    }
    const words = 'comment, propose, withdraw or reviewed';
    throw usageError('pull-request', what ?? 'WHAT', `is none of ${words}`, `Write ${words}.`);
  },
});

const branchOf = (name: string, { branch }: PullRequestValues) => branch ?? `littoral/${name}`;

async function commented(
  name: string,
  path: string | undefined,
  { plan }: PullRequestValues,
  session: Session,
): Promise<ExitCode> {
  if (path === undefined)
    throw usageError('pull-request', 'FILE.md', 'is missing', 'Name the text to write.');
  const text = readTextFile(resolvePath(path, session.cwd), { path: 'FILE.md' });
  const event = eventOf(session);
  if (event.isFork) {
    const summary = session.env.GITHUB_STEP_SUMMARY;
    if (summary !== undefined) appendFileSync(summary, text);
    session.print('a fork: written to the summary of the job\n');
    return exit.done;
  }
  const bytes =
    plan === undefined
      ? undefined
      : Buffer.from(readTextFile(resolvePath(plan, session.cwd), { path: '--plan' }));
  const shown =
    bytes === undefined
      ? ''
      : `${planMarker(bytes, event.head, session.env.GITHUB_RUN_ID ?? '0')}\n`;
  return within(session, async (forge) => {
    session.print(`${await comment(forge, event.number, name, `${shown}${text}`)}\n`);
  });
}

async function compared(
  name: string,
  { commit, plan }: PullRequestValues,
  session: Session,
): Promise<ExitCode> {
  const merged = commit ?? variable('GITHUB_SHA', session);
  return within(session, async (forge) => {
    const reviewed = await reviewedPlan(forge, merged, name);
    if (plan !== undefined) {
      const bytes = Buffer.from(readTextFile(resolvePath(plan, session.cwd), { path: '--plan' }));
      if (sha256Of(bytes) !== reviewed.sha256) {
        throw new EdgeError({
          code: 'GuardStopped',
          path: '--plan',
          summary: `${plan} is not the plan that pull request ${reviewed.number} showed`,
          remedy: 'Apply the artifact of the run that planned it, and nothing else.',
        });
      }
    }
    session.print(`run=${reviewed.run}\nsha256=${reviewed.sha256}\nnumber=${reviewed.number}\n`);
  });
}

async function proposed(
  name: string,
  file: string | undefined,
  values: PullRequestValues,
  session: Session,
): Promise<ExitCode> {
  const { base = 'main', title, body } = values;
  if (file === undefined)
    throw usageError('pull-request', 'LOCK', 'is missing', 'Name the new lock.');
  if (title === undefined)
    throw usageError('pull-request', '--title', 'is missing', 'Add --title TEXT.');
  const text =
    body === undefined ? '' : readTextFile(resolvePath(body, session.cwd), { path: '--body' });
  const lock = { folder: session.cwd, file, branch: branchOf(name, values), base, title, text };
  return within(session, async (forge) => session.print(`${await propose(forge, lock)}\n`));
}

/** With a client that is closed in the end. */
async function within(session: Session, use: (forge: Forge) => Promise<void>): Promise<ExitCode> {
  const { env } = session;
  const forge = openGitHub(
    {
      api: addressIn(env.GITHUB_API_URL),
      repository: variable('GITHUB_REPOSITORY', session),
      token: variable('GITHUB_TOKEN', session),
      login: env.LITTORAL_LOGIN ?? 'github-actions[bot]',
    },
    env,
  );
  try {
    await use(forge);
  } finally {
    await forge.end();
  }
  return exit.done;
}

function addressIn(written = ''): string {
  if (written === '') return 'https://api.github.com';
  if (/^https?:\/\//.test(written) && URL.canParse(written)) return written;
  const summary = 'is no address of an API';
  throw usageError(
    'pull-request',
    'GITHUB_API_URL',
    summary,
    'Write it like https://github.example/api/v3.',
  );
}

function variable(name: string, { env }: Session): string {
  const value = env[name] ?? '';
  if (value !== '') return value;
  throw usageError(
    'pull-request',
    name,
    'is not set in the environment',
    'Run this in a job of GitHub Actions, or set it.',
  );
}

const eventSchema = z.looseObject({
  pull_request: z.looseObject({
    number: z.number(),
    head: z.looseObject({
      sha: z.string(),
      repo: z.looseObject({ full_name: z.string() }).nullable(),
    }),
  }),
});

/** The pull request of the job. A head whose repository is gone was a fork. */
function eventOf(session: Session) {
  const path = variable('GITHUB_EVENT_PATH', session);
  const text = readTextFile(resolvePath(path, session.cwd), { path: 'GITHUB_EVENT_PATH' });
  const parsed = eventSchema.safeParse(jsonOr(text));
  if (!parsed.success) {
    throw usageError(
      'pull-request',
      'GITHUB_EVENT_PATH',
      'is no event of a pull request',
      'Run it on: pull_request.',
    );
  }
  const { number, head } = parsed.data.pull_request;
  return {
    number,
    head: head.sha,
    isFork: head.repo?.full_name !== variable('GITHUB_REPOSITORY', session),
  };
}

/** Undefined for what is no JSON. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
