/** Proposal: one branch with the new lock and one pull request for it; both go when there is nothing to propose. */
import { execFileSync } from 'node:child_process';
import { EdgeError } from '../../constructs/parsing';
import type { Forge } from './forge';

/** What is proposed. */
export interface NewLock {
  /** The working tree of the repository. */
  readonly folder: string;
  /** Path of the lock in it, with the new content already written. */
  readonly file: string;
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly text: string;
}

/** Runs git without a shell; what fails is told without the address, which may hold a token. */
function git(folder: string, ...words: readonly string[]): string {
  try {
    return execFileSync('git', ['-C', folder, ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (cause) {
    const { stderr = '' } = cause as { readonly stderr?: string };
    const said =
      stderr
        .replace(/[a-z+]+:\/\/\S+/g, '(address)')
        .trim()
        .split('\n')
        .at(-1) ?? '';
    throw new EdgeError({
      code: 'SourceFailed',
      path: 'git',
      summary: `git ${words[0]} failed: ${said}`,
      remedy: 'Let the job write contents of this repository, and check out the base branch.',
    });
  }
}

/** Pushes the lock on top of the base branch and opens or edits the one pull request. Says what was done. */
export async function propose(forge: Forge, lock: NewLock): Promise<string> {
  const { folder, file, branch, base, title, text } = lock;
  git(folder, 'add', '--', file);
  const tree = git(folder, 'write-tree').trim();
  const parent = git(folder, 'rev-parse', 'HEAD').trim();
  const who = ['-c', 'user.name=littoral', '-c', 'user.email=littoral@localhost'];
  // A commit without a checkout: the working tree stays on its branch.
  const commit = git(folder, ...who, 'commit-tree', tree, '-p', parent, '-m', title).trim();
  const isThere = git(folder, 'ls-remote', 'origin', `refs/heads/${branch}`).split('\t')[0] ?? '';
  const isSame = isThere !== '' && sameTree(folder, isThere, branch, tree, parent);
  if (!isSame) git(folder, 'push', '--force', 'origin', `${commit}:refs/heads/${branch}`);
  git(folder, 'reset', '-q', '--', file);
  const found = await forge.openFrom(branch);
  if (found === undefined) {
    const { url } = await forge.open({ branch, base, title, text });
    return `opened ${url}`;
  }
  await forge.edit(found.number, title, text);
  return `${isSame ? 'kept' : 'edited'} ${found.url}`;
}

/** Whether the branch has this content on this commit already: then nobody is asked to review it again. */
function sameTree(
  folder: string,
  head: string,
  branch: string,
  tree: string,
  parent: string,
): boolean {
  git(folder, 'fetch', '-q', 'origin', `refs/heads/${branch}`);
  const [itsTree, itsParent] = git(folder, 'show', '-s', '--format=%T %P', head).trim().split(' ');
  return itsTree === tree && itsParent === parent;
}

/** Closes the pull request and deletes its branch where there are any. */
export async function withdraw(
  forge: Forge,
  { folder, branch }: Pick<NewLock, 'folder' | 'branch'>,
): Promise<string> {
  const found = await forge.openFrom(branch);
  if (found !== undefined) await forge.close(found.number);
  const isThere = git(folder, 'ls-remote', 'origin', `refs/heads/${branch}`) !== '';
  if (isThere) git(folder, 'push', '-q', 'origin', `:refs/heads/${branch}`);
  return found === undefined ? 'nothing to close' : `closed ${found.url}`;
}
