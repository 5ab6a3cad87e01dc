/** Packages that tests want in other versions than the repository has, installed once for the machine. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withBuildLock } from '../testbed/build-lock';
import { onPath } from '../testbed/path-lookup';

const tools = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'littoral/tools');

/** Why nothing can be installed, or undefined when it can. */
export function whyNoInstall(): string | undefined {
  return onPath('npm') === undefined ? 'npm, which would install them, is not there' : undefined;
}

/** The folder of a package in this version; `home` names it among the tools. Installs it the first time. */
export async function installed(home: string, name: string, version: string): Promise<string> {
  const folder = join(tools, home);
  const found = join(folder, 'node_modules', name);
  if (existsSync(found)) return found;
  mkdirSync(tools, { recursive: true });
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  await withBuildLock(join(tools, 'installing'), progress, async () => {
    if (existsSync(found)) return;
    const part = `${folder}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const dependencies = { [name]: version };
    writeFileSync(join(part, 'package.json'), JSON.stringify({ private: true, dependencies }));
    progress(`installing ${name} ${version}, once for this machine`);
    const words = ['install', '--no-audit', '--no-fund', '--no-progress', '--ignore-scripts'];
    execFileSync('npm', words, { cwd: part, stdio: 'pipe' });
    rmSync(folder, { recursive: true, force: true });
    renameSync(part, folder);
  });
  return found;
}
