/** Deciding: places the documents that flags name, and stops when a policy is unsatisfied or a guard refuses. */
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Fleet } from '../../../constructs/model/fleet';
import { throwAll } from '../../../constructs/parsing';
import { place } from '../../../constructs/placement';
import type { PlaceInput } from '../../../constructs/policy';
import { guards, lockErrors } from '../../../constructs/policy';
import { placeDoubts } from '../../resources/placement/place-doubts';
import { guardErrors } from '../../resources/placement/plan';
import { readDecision } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { type ExitCode, exit } from '../output/exit';
import { printErrors, printWarnings } from '../output/print';
import { paintFor, type Session } from '../output/terminal';
import type { AppFile } from './app-demand';
import type { Flags } from './flags';
import { decidedFlags, type InputValues, inputFlags, loadDocuments, loadInput } from './inputs';

/** The flag that lifts guards. */
export const guardFlags = {
  allow: {
    value: 'GUARD',
    multiple: true,
    choices: guards,
    doc: `Lifts a guard for this call: ${guards.join(', ')}.`,
  },
} as const satisfies Flags;

/** Where a decision comes from: a lock that is replayed, or documents to place by. */
export const decisionFlags = {
  decision: decidedFlags.decision,
  ...inputFlags,
  ...guardFlags,
} as const satisfies Flags;

/** A decision made now. */
export interface Decided {
  readonly decision: PlacementDecision;
  readonly input: PlaceInput;
  readonly apps: readonly AppFile[];
}

/** Places now; warnings go to standard error. Throws EdgeErrors. */
export async function decide(
  name: string,
  values: InputValues,
  session: Session,
  previous?: PlacementDecision,
): Promise<Decided> {
  const { input, apps, warnings } = await loadInput(name, values, session, previous);
  printWarnings([...warnings, ...placeDoubts(input)], session);
  return { decision: place(input), input, apps };
}

/** Whether a decision may be acted on: `done`, or why not; a guard that stops it says so on standard error. */
export function mayAct(
  { decision, input }: Pick<Decided, 'decision' | 'input'>,
  allowed: readonly string[],
  session: Session,
): ExitCode {
  if (decision.apps.some(({ satisfied }) => !satisfied)) return exit.unsatisfied;
  const errors = guardErrors(decision, input, allowed, (guard, remedy) => {
    return `${remedy} For this call alone: --allow ${guard}.`;
  });
  if (errors.length === 0) return exit.done;
  const paint = paintFor(session.stderr, session.env);
  session.remark(printErrors(errors, { paint, cwd: session.cwd }));
  return exit.guard;
}

/** A committed decision with the documents it belongs to. */
interface Replayed {
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly apps: readonly AppFile[];
}

/** Reads a lock that `flag` names. Throws EdgeErrors when it is not whole, or the apps or the fleet have changed since. */
export function replay(
  name: string,
  flag: string,
  path: string,
  values: Pick<InputValues, 'app' | 'fleet'>,
  session: Session,
): Replayed {
  const file = resolvePath(path, session.cwd);
  const decision = readDecision(file, { path: flag });
  const { apps, fleet } = loadDocuments(name, values, session);
  throwAll(
    lockErrors(
      decision,
      file,
      apps.map(({ app }) => app),
      fleet,
    ),
  );
  return { decision, fleet, apps };
}
