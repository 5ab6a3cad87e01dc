/** Registers in a folder: renaming a file that bears the version is what only one process can do. */
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { EdgeError } from '../../constructs/parsing';
import { notWritten } from '../sources/files/write';
import type { Held, Register } from './register';

/** A reader that is overtaken so often has met something else than a writer. */
const MOST_READS = 50;

/**
 * A register in the folder NAME of an existing folder. There is one token, named after the version and the file with the
 * value; to write is to rename it. A name is never used twice, so of all who saw a version one finds it still there, on a
 * local disk as on NFS. A file `pause` beside the folder says that nothing is to move.
 */
export function fileRegister<T>(folder: string, name: string): Register<T> {
  const home = join(folder, name);
  const nameless = (text: string) => (text === '' ? 'no reason given' : text);
  const read = async (): Promise<Held<T>> => {
    const pause = textOf(join(folder, 'pause'))?.trim();
    const paused = pause === undefined ? {} : { pause: nameless(pause) };
    makeRegister(folder, home, name);
    for (let reads = 0; reads < MOST_READS; reads++) {
      const version = tokenIn(home);
      if (version === undefined) continue;
      const [, value = ''] = partsOf(version);
      if (value === NOTHING) return { value: undefined, version, ...paused };
      const text = textOf(join(home, `${value}.json`));
      // Undefined: it was replaced since it was listed.
      if (text !== undefined) return { value: parsed<T>(text, home), version, ...paused };
    }
    throw unreadable(home, 'it holds no value');
  };
  const swap = async (value: T, version: string): Promise<boolean> => {
    const [number = '0', before = ''] = partsOf(version);
    const id = randomUUID();
    const next = `token.${Number(number) + 1}.${id}`;
    try {
      writeFileSync(join(home, `${id}.json`), `${JSON.stringify(value, null, 2)}\n`, {
        flush: true,
      });
      renameSync(join(home, version), join(home, next));
    } catch (cause) {
      // Over a network the answer to our own renaming may have been lost.
      if (tokenIn(home) !== next) {
        rmSync(join(home, `${id}.json`), { force: true });
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw notWritten(home, cause);
      }
    }
    rmSync(join(home, `${before}.json`), { force: true });
    return true;
  };
  return { read, swap };
}

/** The value of a register that was never written. */
const NOTHING = 'nothing';
const partsOf = (token: string): readonly string[] => token.split('.').slice(1);

/** Made whole elsewhere: a folder with something in it is never replaced by another. */
function makeRegister(folder: string, home: string, name: string): void {
  if (existsSync(home)) return;
  try {
    mkdirSync(folder, { recursive: true });
    const draft = mkdtempSync(join(folder, `.${name}-`));
    writeFileSync(join(draft, `token.0.${NOTHING}`), '');
    try {
      renameSync(draft, home);
    } catch (cause) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(home)) throw cause;
    }
  } catch (cause) {
    throw notWritten(home, cause);
  }
}

/** The token of the highest version: a listing that meets a renaming may have both names, or none. */
function tokenIn(home: string): string | undefined {
  const numberOf = (token: string) => Number(partsOf(token)[0]);
  try {
    const tokens = readdirSync(home).filter((file) => file.startsWith('token.'));
    return tokens.sort((a, b) => numberOf(b) - numberOf(a))[0];
  } catch (cause) {
    throw unreadable(home, String((cause as NodeJS.ErrnoException).code), cause);
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unreadable(path, String(code), cause);
  }
}

function parsed<T>(text: string, home: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw unreadable(home, 'its value is no JSON', cause);
  }
}

const unreadable = (path: string, why: string, cause?: unknown) =>
  new EdgeError({
    code: 'SourceFailed',
    path: '--keep',
    summary: `${path} cannot be read: ${why}`,
    remedy: 'Give --keep a folder that only littoral run writes to.',
    cause,
  });
