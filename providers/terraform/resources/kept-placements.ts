/** Kept placements: what was decided for a question lies in Terraform's data folder, so that apply and the next plan read it instead of deciding again. */
import { createHash } from 'node:crypto';
import {
  existsSync,
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
import type { PlacementRequest, PlacementResult } from './placement-result';

/** So many answers are kept; of more the oldest go. */
const mostKept = 64;

/** Where Terraform and OpenTofu keep what belongs to a stack and is in no repository: providers, modules, and this. */
export function dataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.TF_DATA_DIR || '.terraform';
}

/**
 * The answer that was kept for exactly this question by exactly this program, else what `decide` says, which is kept from
 * then on. The data folder is not made where there is none, and a file that cannot be read or written is passed over:
 * deciding again gives the same.
 */
export async function keptOr(
  question: PlacementRequest,
  decide: (question: PlacementRequest) => Promise<PlacementResult>,
  folder: string,
): Promise<PlacementResult> {
  if (!existsSync(folder)) return decide(question);
  const home = join(folder, 'littoral');
  const name = `placement-${digestOf([program(), question]).replace(/^sha256:/, '')}.json`;
  const kept = keptIn(join(home, name));
  if (kept !== undefined) return kept;
  const answer = await decide(question);
  if (answer.decided !== undefined && answer.errors.length === 0) keep(home, name, answer);
  return answer;
}

/** This build of this version: another one may answer otherwise. */
export function program(): string {
  const { size, mtimeMs } = statSync(__filename);
  return `${VERSION} ${size} ${mtimeMs}`;
}

/** The answer in a file; undefined where there is none, or not the whole of it. */
function keptIn(file: string): PlacementResult | undefined {
  try {
    const { checksum, answer } = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    return checksumOf(answer) === checksum ? (JSON.parse(answer) as PlacementResult) : undefined;
  } catch {
    return undefined;
  }
}

interface Kept {
  readonly checksum: string;
  /** JSON text. */
  readonly answer: string;
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function keep(home: string, name: string, result: PlacementResult): void {
  const answer = JSON.stringify(result);
  const kept: Kept = { checksum: checksumOf(answer), answer };
  const unfinished = join(home, `${name}.${process.pid}`);
  try {
    mkdirSync(home, { recursive: true });
    // Only its owner may read it: documents of apps are as private as the state.
    writeFileSync(unfinished, JSON.stringify(kept), { mode: 0o600 });
    renameSync(unfinished, join(home, name));
    forgetOldest(home);
  } catch {
    // A full disk or a folder that may not be written: what is left of a file goes with the oldest.
  }
}

function forgetOldest(home: string): void {
  const names = readdirSync(home).filter((name) => name.startsWith('placement-'));
  if (names.length <= mostKept) return;
  const files = names.map((name) => {
    const file = join(home, name);
    return { file, age: -statSync(file).mtimeMs };
  });
  files.sort((a, b) => a.age - b.age);
  for (const { file } of files.slice(mostKept)) rmSync(file, { force: true });
}
