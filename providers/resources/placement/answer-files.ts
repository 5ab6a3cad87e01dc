/** Answer files: answers that are kept under the digest of their question, in a folder that may be damaged or vanish at any time. */
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../../constructs/model/canonical';
import { VERSION } from '../../../constructs/model/version';

interface Kept {
  readonly checksum: string;
  /** JSON text. */
  readonly answer: string;
}

/** This build of this version: another one may answer otherwise. */
export function program(): string {
  const { size, mtimeMs } = statSync(__filename);
  return `${VERSION} ${size} ${mtimeMs}`;
}

/** The file of a question's answer. */
export function answerFile(question: unknown): string {
  return `placement-${digestOf(question).replace(/^sha256:/, '')}.json`;
}

/** The answer in a file of `folder`; undefined where there is none, or not the whole of it. */
export function keptAnswer(folder: string, file: string): unknown {
  try {
    const { checksum, answer } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Kept;
    return checksumOf(answer) === checksum ? JSON.parse(answer) : undefined;
  } catch {
    return undefined;
  }
}

/** Writes an answer; others never see half of it. Of more than `mostKept` answers the oldest go. What cannot be written is passed over. */
export function keepAnswer(folder: string, file: string, given: unknown, mostKept: number): void {
  const answer = JSON.stringify(given);
  const kept: Kept = { checksum: checksumOf(answer), answer };
  const unfinished = join(folder, `${file}.${process.pid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Only its owner may read it: documents of apps are as private as the state.
    writeFileSync(unfinished, JSON.stringify(kept), { mode: 0o600 });
    renameSync(unfinished, join(folder, file));
    forgetOldest(folder, mostKept);
  } catch {
    // A full disk or a folder that may not be written: what is left of a file goes with the oldest.
  }
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Below so many files nothing is forgotten. */
const alwaysKept = 64;
/** Of more than those no more than this is kept. */
const mostBytes = 32 * 1024 * 1024;
/** To look at every file for each that is written would be quadratic, so it is done once for so many. */
const lookedAfter = 16;

function forgetOldest(folder: string, mostKept: number): void {
  const names = readdirSync(folder).filter((name) => name.startsWith('placement-'));
  if (names.length <= alwaysKept || names.length % lookedAfter !== 0) return;
  const files = names.map((name) => {
    const file = join(folder, name);
    const { mtimeMs, size } = statSync(file);
    return { file, mtimeMs, size };
  });
  files.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  for (const [index, { file, size }] of files.entries()) {
    bytes += size;
    if (index >= alwaysKept && (index >= mostKept || bytes > mostBytes)) {
      rmSync(file, { force: true });
    }
  }
}
