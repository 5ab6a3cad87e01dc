/** Calls the CLI in this process, in a folder of its own, and catches what it says. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../providers/cli/run';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Caller {
  readonly folder: string;
  readonly write: (name: string, text: string) => void;
  readonly call: (line: string | readonly string[], options?: Options) => Promise<Answer>;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A fresh folder with these files. */
export function caller(files: Readonly<Record<string, string>> = {}): Caller {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-cli-'));
  folders.push(folder);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const call: Caller['call'] = async (line, { env = {}, isTTY = false, columns } = {}) => {
    const [out, err]: [string[], string[]] = [[], []];
    const argv = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line;
    const width = columns === undefined ? {} : { columns };
    const code = await run(argv, {
      stdout: { write: (text: string) => out.push(text), isTTY, ...width },
      stderr: { write: (text: string) => err.push(text), isTTY, ...width },
      cwd: folder,
      env,
    });
    return { code, out: out.join(''), err: err.join('') };
  };
  return { folder, write, call };
}
