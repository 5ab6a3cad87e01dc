/** Writes one file so that a reader finds the old text or the new one, never a part. */

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EdgeError } from '../../../constructs/parsing';

/** Replaces or creates `path` in one step; its folder must exist. Nothing is left behind on failure. Throws an EdgeError (SourceFailed). */
export function writeFileAtomically(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/** Makes a folder and those above it, where they are missing. Throws an EdgeError (SourceFailed). */
export function makeFolder(path: string): void {
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) makeBelow(path);
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw notWritten(path, isTaken ? { code: 'ENOTDIR' } : cause);
  }
}

/** One folder after another: where the system has none to make, as in /proc, `recursive` of Node 20 tries forever. */
function makeBelow(path: string): void {
  const above = dirname(path);
  if (!statSync(above, { throwIfNoEntry: false })?.isDirectory()) makeBelow(above);
  try {
    mkdirSync(path);
  } catch (cause) {
    // Somebody else made it in the meantime.
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw cause;
  }
}

/** As an EdgeError: why `path` could not be written. */
export function notWritten(path: string, cause: unknown): EdgeError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const [why, remedy] = reasons[code] ?? [`(${code})`, 'Choose another place.'];
  const summary = `${path} cannot be written: ${why}`;
  return new EdgeError({ code: 'SourceFailed', path: '', summary, remedy, cause });
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['its folder does not exist', 'Create the folder, or correct the path.'],
  ENOTDIR: ['a part of its path is a file', 'Correct the path.'],
  EISDIR: ['it is a folder', 'Name a file in it.'],
  EACCES: ['not permitted (EACCES)', 'Change the permissions of its folder, or choose another.'],
  EPERM: ['not permitted (EPERM)', 'Change the permissions of its folder, or choose another.'],
  EROFS: ['the file system is read-only', 'Choose another place.'],
  ENOSPC: ['the disk is full', 'Free some space, then try again.'],
};

function replaceFile(path: string, text: string): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  // A pipe or a device, such as /dev/stdout, is written to: it cannot be replaced.
  if (existing !== undefined && !existing.isFile()) {
    writeFileSync(path, text);
    return;
  }
  // Through a link: the link stays, what it leads to is replaced.
  const target = existing === undefined ? path : realpathSync(path);
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`,
  );
  try {
    const opened = openSync(temporary, 'wx');
    try {
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    if (existing !== undefined) chmodSync(temporary, existing.mode & 0o777);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** Makes a rename outlive a power cut; some file systems cannot, and need not. */
function syncFolder(folder: string): void {
  try {
    const opened = openSync(folder, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch {
    // The text itself is safe.
  }
}
