/** Kept placements: what was decided for a question lies in Terraform's data folder, so that apply and the next plan read it instead of deciding again. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  answerFile,
  keepAnswer,
  keptAnswer,
  program,
} from '../../../resources/placement/answer-files';
import type { PlacementRequest, PlacementResult } from './result';

/**
 * So many answers are kept; of more the oldest go. A stack of 250 placements has two of each, that of a plan and that of the
 * plan after it; where fewer are kept, an apply decides everything once more.
 */
const mostKept = 500;

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
  const file = answerFile([program(), question]);
  const kept = keptAnswer(home, file);
  if (kept !== undefined) return kept as PlacementResult;
  const answer = await decide(question);
  if (answer.decided !== undefined && answer.errors.length === 0) {
    keepAnswer(home, file, answer, mostKept);
  }
  return answer;
}
