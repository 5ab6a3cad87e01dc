/** Within: whether an app that is not where its policy allows it stands there within leaveMargin. */
import type { EdgeApp } from '../../policy';
import type { Satisfied } from '../bound/certificate';
import type { Answer } from '../input/answer';
import { readAssignments, readClusters, readRejections } from '../input/answer-reader';
import { factsOf } from '../input/app-facts';
import { type Notes, takeNotes } from '../input/findings';
import type { Circumstances } from '../input/inputs';
import { isLegalSet } from '../rules/evaluation';
import { loadBreaches, setBreaches, sharedBreaches } from '../rules/legality';
import { isPreviousSet } from '../rules/stability-rules';
import { askedToStand } from './leave-margin';

/**
 * The same app, judged where it stands, with the notes about it: where its answer breaks the policy as it is written, and nothing
 * of it as it is eased. `answers` are those of all apps, as written.
 */
export function standsAt(
  { part, asked, answer }: Satisfied,
  app: EdgeApp,
  given: Circumstances,
  written: Notes,
  answers: readonly Answer[],
): { readonly read: Satisfied; readonly page: Notes } | undefined {
  if (!isPreviousSet(asked.facts, answer.chosen)) return undefined;
  if (written.findings.length === 0 && !breaks(answer, answers)) return undefined;
  for (let open = 1; open <= Math.max(1, app.policy.tiers.length); open++) {
    const standing = askedToStand(given, app, open);
    if (standing === undefined || !isLegalSet(standing, answer.chosen)) continue;
    const page = takeNotes();
    readClusters(part, given, page);
    const facts = factsOf(given, app, open);
    readRejections(part, facts, page);
    const eased = readAssignments(part, standing.facts, given, page);
    const beside = answers.map((one) => (one === answer ? eased : one));
    if (page.findings.length > 0 || breaks(eased, beside)) continue;
    const restrictions = { freeze: false, held: true, maxChanges: true };
    const read = { part, asked: { facts, restrictions, now: given.now }, answer: eased };
    return { page, read: { ...read, isPast: true } };
  }
  return undefined;
}

function breaks(answer: Answer, answers: readonly Answer[]): boolean {
  const crowded = [...sharedBreaches(answers)].some(({ cluster }) =>
    answer.chosen.includes(cluster),
  );
  return (
    crowded ||
    setBreaches(answer.facts, answer.chosen).next().done !== true ||
    loadBreaches(answer, answers).next().done !== true
  );
}
