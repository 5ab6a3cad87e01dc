/** Kept decisions: what a preview decided lies beside what it read, so that its update does what was shown and decides nothing again. */
import { VERSION } from '../../../constructs/model/version';
import {
  answerFile,
  keepAnswer,
  keptAnswer,
  program,
} from '../../resources/placement/answer-files';

/** So many answers are kept; of more the oldest go. */
const mostKept = 256;

/** Where answers lie, and what the clock says. */
export interface DecisionFolder {
  readonly folder: string;
  /** 0 keeps nothing. */
  readonly lifetimeSeconds: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
}

interface Kept<Answer> {
  readonly version: string;
  readonly program: string;
  readonly decidedAt: number;
  readonly answer: Answer;
}

/**
 * The answer to exactly this question, from the folder where it is there. Another build of the same version decides
 * anew. Another version takes what is young and reads as `isReadable` says: between a reviewed preview and its update
 * the package may have been replaced, and what was shown is what is wanted.
 */
export function decidedOnce<Answer>(
  question: object,
  decide: () => Answer,
  isKeepable: (answer: Answer) => boolean,
  isReadable: (answer: Answer) => boolean,
  { folder, lifetimeSeconds, clock }: DecisionFolder,
): Answer {
  if (lifetimeSeconds === 0) return decide();
  const file = answerFile(question);
  const kept = keptAnswer(folder, file) as Kept<Answer> | undefined;
  const here = { version: VERSION, program: program() };
  if (kept !== undefined && kept.program === here.program) return kept.answer;
  const age = kept === undefined ? -1 : (clock() - kept.decidedAt) / 1000;
  const isYoung = age >= 0 && age <= lifetimeSeconds;
  if (kept !== undefined && kept.version !== VERSION && isYoung && isReadable(kept.answer)) {
    return kept.answer;
  }
  const answer = decide();
  if (isKeepable(answer)) {
    keepAnswer(folder, file, { ...here, decidedAt: clock(), answer }, mostKept);
  }
  return answer;
}
