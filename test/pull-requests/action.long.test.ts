/** The action end to end: its script with the real command against a bare Git repository and a double of GitHub's API. Only looking at clusters and changing them is recorded instead of done. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement';
import { parseEdgeApp } from '../../constructs/policy';
import { starter } from '../../providers/cli/commands/starter';
import { type Comment, type Double, startGitHub } from './github-double';

const root = join(__dirname, '../..');
const repository = 'acme/shop';
const merged = 'c'.repeat(40);

/** Stands for the command: clusters are not there, everything else is the real one. */
const recorder = `
const { spawnSync } = require('node:child_process');
const { copyFileSync, readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
const after = (flag) => words[words.indexOf(flag) + 1];
if (words[0] === 'plan') {
  const decision = JSON.parse(readFileSync(after('--decision'), 'utf8'));
  writeFileSync(after('-o'), JSON.stringify({ kind: 'ReleasePlan', decision }));
  console.log('shop   3 to create');
  process.exit(10);
}
if (words[0] === 'apply') {
  copyFileSync(words[1], 'applied.json');
  process.exit(0);
}
const main = ${JSON.stringify(join(root, 'dist/providers/cli/main.js'))};
process.exit(spawnSync(process.execPath, [main, ...words], { stdio: 'inherit' }).status);
`;

let made: string;
let work: string;
let github: Double;
/** The decision that is committed. */
const lock = lockOf();

function lockOf(): string {
  const text = Object.fromEntries(starter);
  const decision = place({
    apps: [parseEdgeApp(text['app.yaml'] ?? '')],
    fleet: parseFleet(text['fleet.yaml'] ?? ''),
    demand: parseDemand(text['demand.yaml'] ?? ''),
  });
  return `${JSON.stringify(decision, null, 2)}\n`;
}
const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
const path = (name: string) => join(work, name);
const read = (name: string) => readFileSync(path(name), 'utf8');

beforeEach(async () => {
  // Made here, and the only folder that is removed afterwards.
  made = mkdtempSync(join(tmpdir(), 'littoral-action-'));
  work = join(made, 'work');
  mkdirSync(work);
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', join(made, 'origin.git')]);
  execFileSync('git', ['init', '-q', '-b', 'main', work]);
  for (const [name, text] of starter) writeFileSync(path(name), text);
  writeFileSync(path('promises.yaml'), promisesOf(12));
  writeFileSync(path('.gitignore'), 'littoral-out\n*.test.js\n');
  writeFileSync(path('recorder.test.js'), recorder);
  writeFileSync(path('shop.lock.json'), lock);
  git('add', '.');
  git('commit', '-qm', 'A shop');
  git('remote', 'add', 'origin', join(made, 'origin.git'));
  git('push', '-q', 'origin', 'main');
  github = await startGitHub(repository);
});
afterEach(async () => {
  await github.stop();
  rmSync(made, { recursive: true, force: true });
});

const promisesOf = (usd: number) =>
  `apiVersion: littoral.dev/v1alpha1\nkind: Promises\npromises:\n  - usdPerHour: ${usd}\n`;

/** Runs the script as the action does. */
async function act(mode: string, step = 'start', head = repository) {
  const event = {
    pull_request: { number: 7, head: { sha: 'a'.repeat(40), repo: { full_name: head } } },
  };
  writeFileSync(join(made, 'event.json'), JSON.stringify(event));
  const child = spawn('bash', [join(root, 'scripts/pull-request.sh'), step], {
    cwd: work,
    env: {
      PATH: process.env.PATH,
      HOME: made,
      LITTORAL: `node ${path('recorder.test.js')}`,
      MODE: mode,
      APP: 'app.yaml',
      FLEET: 'fleet.yaml',
      LOCK: 'shop.lock.json',
      PROMISES: 'promises.yaml',
      NAME: 'shop',
      VERSION: '0',
      GITHUB_TOKEN: 'planted-token',
      GITHUB_REPOSITORY: repository,
      GITHUB_API_URL: github.url,
      GITHUB_EVENT_PATH: join(made, 'event.json'),
      GITHUB_RUN_ID: '4711',
      GITHUB_SHA: merged,
      GITHUB_REF_NAME: 'main',
      GITHUB_OUTPUT: join(made, 'output'),
      GITHUB_STEP_SUMMARY: join(made, 'summary'),
    },
  });
  let out = '';
  const add = (chunk: Buffer) => {
    out += String(chunk);
  };
  child.stdout.on('data', add);
  child.stderr.on('data', add);
  const code = await new Promise<number>((resolve) =>
    child.on('close', (status) => resolve(status ?? -1)),
  );
  expect(out).not.toContain('planted-token');
  return { code, out };
}

/** Of 900 requests/s more from Tokyo a new cluster follows. */
function moveDemand(): void {
  const tokyo =
    '  - {name: tokyo, latitude: 35.68, longitude: 139.69, country: JP, region: asia, requestsPerSecond: 900}\n';
  writeFileSync(path('demand.yaml'), `${read('demand.yaml').replace('05:30', '09:30')}${tokyo}`);
}

it('writes one comment, edits it in place, and leaves an equal one alone', async () => {
  github.pull(7);
  // Somebody else may write what looks like ours.
  github.comments.push({ id: 1, body: '<!-- littoral: shop -->\nmine', user: { login: 'eve' } });
  expect((await act('plan')).code).toBe(0);
  expect(github.comments).toHaveLength(2);
  const [eve, own] = github.comments;
  expect(own?.body).toMatch(
    /^<!-- littoral: shop -->\n<!-- littoral plan: head=a{40} run=4711 sha256=[0-9a-f]{64} -->\n/,
  );
  expect(own?.body).toContain('3 to create');
  expect(own?.body).toContain('at most 12.00 USD/h');
  expect(existsSync(path('littoral-out/report.html'))).toBe(true);
  await act('plan');
  expect(github.questions.some(({ line }) => line.startsWith('PATCH'))).toBe(false);
  writeFileSync(path('promises.yaml'), promisesOf(1));
  expect((await act('plan')).code).toBe(6);
  expect(github.comments).toHaveLength(2);
  expect(own?.body).toContain('**broken**');
  expect(eve?.body).toBe('<!-- littoral: shop -->\nmine');
});

it('applies byte for byte the plan that was reviewed, and no other', async () => {
  github.pull(7, { merged_at: '2026-11-30T10:00:00Z', merge_commit_sha: merged });
  await act('plan');
  expect((await act('apply')).code).toBe(0);
  expect(readFileSync(join(made, 'output'), 'utf8')).toMatch(/^run=4711$/m);
  const reviewed = read('littoral-out/plan.json');
  expect((await act('apply', 'apply')).code).toBe(0);
  expect(read('applied.json')).toBe(reviewed);

  rmSync(path('applied.json'));
  writeFileSync(path('littoral-out/plan.json'), `${reviewed} `);
  const other = await act('apply', 'apply');
  expect(other.code).toBe(4);
  expect(other.out).toContain('is not the plan that pull request 7 showed');
  expect(existsSync(path('applied.json'))).toBe(false);
});

it('applies nothing that was not reviewed as it was merged, and nothing past a budget', async () => {
  const pull = github.pull(7, { merged_at: '2026-11-30T10:00:00Z', merge_commit_sha: merged });
  await act('plan');
  const [own] = github.comments;
  const tried = async () => {
    const { code, out } = await act('apply', 'apply');
    return [code, out.split('\n').find((line) => /error|broken/.test(line)) ?? ''];
  };
  pull.merged_at = null;
  expect(await tried()).toEqual([4, expect.stringContaining('no merged pull request')]);
  pull.merged_at = '2026-11-30T10:00:00Z';
  pull.head.sha = 'd'.repeat(40);
  expect(await tried()).toEqual([4, expect.stringContaining('was merged')]);
  pull.head.sha = 'a'.repeat(40);
  github.comments.splice(0, 1, { ...(own as Comment), user: { login: 'eve' } });
  expect(await tried()).toEqual([4, expect.stringContaining('shows no plan')]);
  github.comments.splice(0, 1, own as Comment);
  writeFileSync(path('promises.yaml'), promisesOf(1));
  expect(await tried()).toEqual([6, expect.stringContaining('broken')]);
  expect(existsSync(path('applied.json'))).toBe(false);
});

it('proposes a new lock in one pull request, edits it, and closes it when it is moot', async () => {
  writeFileSync(path('promises.yaml'), promisesOf(100));
  expect((await act('propose')).out).toContain('nothing to close');
  moveDemand();
  expect((await act('propose')).code).toBe(0);
  expect(github.pulls.map(({ state, head }) => [state, head.ref])).toEqual([
    ['open', 'littoral/shop'],
  ]);
  const proposed = git('ls-remote', 'origin', 'refs/heads/littoral/shop').split('\t')[0] ?? '';
  git('fetch', '-q', 'origin', 'littoral/shop');
  expect(git('diff', '--name-only', 'origin/main', proposed).trim()).toBe('shop.lock.json');
  expect(git('show', `${proposed}:shop.lock.json`)).toContain('"nrt"');

  git('checkout', '-q', '--', 'shop.lock.json');
  await act('propose');
  expect(github.pulls).toHaveLength(1);
  expect(git('ls-remote', 'origin', 'refs/heads/littoral/shop').split('\t')[0]).toBe(proposed);

  git('checkout', '-q', '--', 'shop.lock.json', 'demand.yaml');
  expect((await act('propose')).out).toContain('closed https://github.example/acme/shop/pull/1');
  expect(github.pulls.map(({ state }) => state)).toEqual(['closed']);
  expect(git('ls-remote', 'origin', 'refs/heads/littoral/shop')).toBe('');
});

it('proposes no lock that breaks a promise', async () => {
  moveDemand();
  writeFileSync(path('promises.yaml'), promisesOf(5));
  const before = read('shop.lock.json');
  expect((await act('propose')).code).toBe(6);
  expect([github.pulls, read('shop.lock.json')]).toEqual([[], before]);
  expect(git('ls-remote', 'origin', 'refs/heads/littoral/shop')).toBe('');
});

it('asks the server nothing on a pull request of a fork, looks at no cluster, and writes to the summary', async () => {
  const { code, out } = await act('plan', 'start', 'eve/shop');
  expect([code, github.questions]).toEqual([0, []]);
  expect(out).toContain('a fork');
  expect(existsSync(path('littoral-out/plan.json'))).toBe(false);
  expect(readFileSync(join(made, 'summary'), 'utf8')).toContain('shop');
});
