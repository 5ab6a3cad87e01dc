/** Reviewed bundles: which bundle a plan was made of, so that the plan which Terraform makes again at apply can refuse another one in clear words. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** The run of Terraform that started this process. */
export interface Parent {
  /** Of no other process, as far as the system tells. */
  readonly id: string;
  /** Its command line. */
  readonly words: () => readonly string[];
}

interface Planned {
  readonly digest: string;
  /** The run that planned it. */
  readonly by: string;
}

/** So many are remembered; of more the oldest go. */
const mostKept = 256;

/**
 * Notes the digest of a bundle that is planned. Gives the one that was reviewed when this is the plan that Terraform
 * makes again while it applies and the bundle is another by now. Terraform tells a provider neither of the two, so the
 * digest lies in its data folder, and its command line says what it does: the run that planned applies now, or it was
 * given the file of a plan.
 */
export function otherReviewed(
  key: string,
  digest: string,
  data: string,
  parent: Parent,
): string | undefined {
  if (!existsSync(data)) return undefined;
  const file = join(data, 'littoral', 'planned.json');
  const all = keptIn(file);
  const last = all[key];
  if (last !== undefined && last.digest !== digest && applies(last, parent)) return last.digest;
  if (last?.digest !== digest || last.by !== parent.id)
    keep(file, all, key, { digest, by: parent.id });
  return undefined;
}

function applies({ by }: Planned, parent: Parent): boolean {
  const words = parent.words();
  // A test plans and applies many times in one run.
  if (!words.includes('apply')) return false;
  return by === parent.id || isPlanFile(words.at(-1) ?? '');
}

/** Files of plans are ZIP archives. */
function isPlanFile(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(2);
      readSync(file, start, 0, 2, 0);
      return start.toString('latin1') === 'PK';
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

function keptIn(file: string): Readonly<Record<string, Planned>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) ?? {};
  } catch {
    return {};
  }
}

function keep(file: string, all: Readonly<Record<string, Planned>>, key: string, planned: Planned) {
  const unfinished = `${file}.${process.pid}`;
  const { [key]: _, ...others } = all;
  const entries = [...Object.entries(others).slice(1 - mostKept), [key, planned]];
  try {
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(Object.fromEntries(entries)), { mode: 0o600 });
    renameSync(unfinished, file);
  } catch {
    // A full disk or a folder that may not be written.
  }
}

/** Terraform, which started this process. */
export function parentRun(): Parent {
  const { ppid } = process;
  return { id: `${ppid} ${startOf(ppid)}`, words: () => wordsOf(ppid) };
}

/** When a process started, in ticks; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    // The name in parentheses may have spaces; the start is the 22nd field.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function wordsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .filter((word) => word !== '');
  } catch {
    try {
      const text = execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
      return text.trim().split(/\s+/);
    } catch {
      return [];
    }
  }
}
