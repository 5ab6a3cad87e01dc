/** The files of the action and of its page: no input becomes shell, and no job may more than it needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '../..');

describe('the files', () => {
  interface Step {
    readonly run?: string;
  }
  const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
    readonly runs: { readonly steps: readonly Step[] };
  };
  const page = readFileSync(join(root, 'docs/pull-requests.md'), 'utf8');
  const workflow = parse(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '') as {
    readonly on: object;
    readonly permissions: object;
    readonly jobs: Readonly<
      Record<string, { readonly permissions: Readonly<Record<string, string>> }>
    >;
  };

  it('of the action put no input into a shell', () => {
    const runs = action.runs.steps.flatMap(({ run }) => run ?? []);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.filter((run) => run.includes('${{'))).toEqual([]);
  });

  it('of the page give each job the least, and a fork no credentials', () => {
    expect(Object.keys(workflow.on)).not.toContain('pull_request_target');
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const writing = Object.entries(workflow.jobs).map(([name, { permissions }]) => [
      name,
      Object.keys(permissions).filter((key) => permissions[key] === 'write'),
    ]);
    expect(writing).toEqual([
      ['plan', ['pull-requests']],
      ['apply', []],
      ['propose', ['contents', 'pull-requests']],
    ]);
  });
});
