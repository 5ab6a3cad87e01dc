/** Kept validations: which arguments were found to be without a mistake lies in Terraform's data folder, so that the next plans need not load what finds mistakes. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { program } from '../../../resources/placement/answer-files';
import { type Diagnostic, type Fields, Unknown } from '../../protocol/provider';

/** So many are remembered; of more the oldest go. */
const mostKept = 512;

type Validate = (config: Fields) => Promise<readonly Diagnostic[]> | readonly Diagnostic[];

/**
 * `validate` for what `type` names, which must tell by its arguments alone. It runs once for the same arguments in the
 * same program when there is nothing to say. The data folder is not made where there is none, and a file that cannot be
 * read or written is passed over: validating again says the same.
 */
export function keptValidation(type: string, validate: Validate, folder: () => string): Validate {
  return async (config) => {
    const home = folder();
    if (!existsSync(home)) return validate(config);
    const file = join(home, 'littoral', 'valid.json');
    const digest = digestOf(type, config);
    if (keptIn(file).includes(digest)) return [];
    const diagnostics = await validate(config);
    if (diagnostics.length === 0) keep(file, digest);
    return diagnostics;
  };
}

/** What is unknown is no empty object. */
function digestOf(type: string, config: Fields): string {
  const plain = (_: string, value: unknown) => (value instanceof Unknown ? [[['unknown']]] : value);
  const text = JSON.stringify([program(), type, config], plain);
  return createHash('sha256').update(text).digest('base64url');
}

function keptIn(file: string): readonly string[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function keep(file: string, digest: string): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    const kept = [...keptIn(file).filter((one) => one !== digest), digest].slice(-mostKept);
    writeFileSync(unfinished, JSON.stringify(kept), { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    // A full disk or a folder that may not be written.
  }
}
