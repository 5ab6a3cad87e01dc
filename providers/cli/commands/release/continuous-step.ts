/** Continuous step: one decision from the decision in force, held by budget, guards and people, or carried out. */
import { existsSync, rmSync } from 'node:fs';
import { changesBetween } from '../../../../constructs/backtest';
import type { PlacementDecision } from '../../../../constructs/model/decision';
import { parseDecision } from '../../../../constructs/model/decision-document';
import { edgeErrorsOf } from '../../../../constructs/parsing';
import { type Budget, movesLeft, recentMoves } from '../../../continuous/budget';
import type { Clock } from '../../../continuous/clock';
import type { Register } from '../../../continuous/register';
import { readDecision } from '../../../sources/files/documents';
import { resolvePath } from '../../../sources/files/text-file';
import { writeFileAtomically } from '../../../sources/files/write';
import { decide, mayAct } from '../../input/deciding';
import type { InputValues } from '../../input/inputs';
import { type ExitCode, exit, exitCodeOf } from '../../output/exit';
import { printErrors } from '../../output/print';
import { paintFor, type Session } from '../../output/terminal';

/** What is kept between two steps, also over the death of who leads. */
export interface LoopState {
  /** The decision in force; with --propose only what moves are counted by. */
  readonly decision?: unknown;
  /** Instants of the moves of the last 24 hours, ISO 8601. */
  readonly moves: readonly string[];
  /** Of the decision in force not everything is carried out yet. */
  readonly pending: boolean;
}

/** How a step ended. */
export const results = [
  'unchanged',
  'moved',
  'proposed',
  'budget',
  'guard',
  'unsatisfied',
  'partial',
  'paused',
  'overtaken',
  'failed',
] as const;
/** One of them. */
export type Result = (typeof results)[number];

/** What came of a step. */
export interface StepEnd {
  readonly result: Result;
  readonly code: ExitCode;
  /** One line for people. */
  readonly line: string;
  /** The decision that is in force now. */
  readonly decision?: PlacementDecision;
  readonly state: LoopState;
}

/** What steps need. */
export interface Stepping {
  readonly values: Omit<InputValues, 'now'> & {
    readonly allow: readonly string[];
    readonly propose: string | undefined;
  };
  readonly session: Session;
  readonly clock: Clock;
  readonly register: Register<LoopState>;
  /** Where a person may say that nothing is to move, besides the register. */
  readonly lease?: Pick<Register<unknown>, 'read'>;
  readonly budget: Budget;
  /** Carries a decision out. */
  readonly act: (decision: PlacementDecision, signal: AbortSignal) => Promise<ExitCode>;
  /** Keeps a proposal as a commit. */
  readonly commit?: (file: string, line: string) => Promise<void>;
}

const none: LoopState = { moves: [], pending: false };

/** One step. Mistakes and failures are printed, and are its result; never throws for them. */
export async function step(how: Stepping, signal: AbortSignal): Promise<StepEnd> {
  const { session, register } = how;
  let state = none;
  try {
    const held = await register.read();
    state = held.value ?? none;
    const pause = held.pause ?? (await how.lease?.read())?.pause;
    if (pause !== undefined) {
      return { result: 'paused', code: exit.done, line: pause, state };
    }
    return await decided(how, { state, version: held.version }, signal);
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    const paint = paintFor(session.stderr, session.env);
    session.remark(printErrors(errors, { paint, cwd: session.cwd }));
    return { result: 'failed', code: exitCodeOf(errors), line: 'nothing was changed', state };
  }
}

interface Known {
  readonly state: LoopState;
  readonly version: string;
}

async function decided(how: Stepping, known: Known, signal: AbortSignal): Promise<StepEnd> {
  const { values, session, clock, budget } = how;
  const { state } = known;
  const before = inForce(how, state);
  const now = clock.now();
  const named = { ...values, previous: undefined, now: instantOf(now) };
  const made = await decide('run', named, session, before);
  const { decision } = made;
  const code = mayAct(made, values.allow, session);
  const stays = before === undefined ? {} : { decision: before };
  if (code !== exit.done) {
    const result = code === exit.guard ? 'guard' : 'unsatisfied';
    const line = result === 'guard' ? 'a guard holds the move' : unsatisfiedLine(decision);
    return whileHeld(how, known, { result, code, line, state, ...stays }, signal);
  }
  const changes = before === undefined ? [] : changesBetween(before, decision);
  const line = changes.map(({ app, change }) => `${app} ${change}`).join(', ');
  if (values.propose !== undefined) {
    return propose(how, values.propose, known, { decision, before, line });
  }
  const spent = movesLeft(budget, state.moves, now).find(({ left }) => left === 0);
  if (changes.length > 0 && spent !== undefined) {
    const why = budgetLine(spent, line);
    const end: StepEnd = { result: 'budget', code: exit.guard, line: why, state, ...stays };
    return whileHeld(how, known, end, signal);
  }
  return carriedOut(how, known, { decision, line, now, signal });
}

/** A move is held, and what was begun before is finished: that was counted when it began. */
async function whileHeld(
  { register, act, values }: Stepping,
  { state, version }: Known,
  end: StepEnd,
  signal: AbortSignal,
): Promise<StepEnd> {
  if (!state.pending || end.decision === undefined || values.propose !== undefined) return end;
  if ((await act(end.decision, signal)) !== exit.done) return end;
  const finished = { ...state, pending: false };
  return (await register.swap(finished, version)) ? { ...end, state: finished } : overtaken(state);
}

/** Counts the move before it is made: whoever dies in the middle has spent it, and the next one goes on with it. */
async function carriedOut(
  { register, act }: Stepping,
  { state, version }: Known,
  next: {
    readonly decision: PlacementDecision;
    readonly line: string;
    readonly now: number;
    readonly signal: AbortSignal;
  },
): Promise<StepEnd> {
  const { decision, line, now, signal } = next;
  const isMove = line !== '';
  const moves = recentMoves(state.moves, now);
  const begun: LoopState = {
    decision,
    moves: isMove ? [...moves, instantOf(now)] : moves,
    pending: true,
  };
  if (signal.aborted || !(await register.swap(begun, version))) return overtaken(state);
  const code = await act(decision, signal);
  const mark = { ...begun, pending: code !== exit.done };
  if (!mark.pending) {
    const { version: ours, value } = await register.read();
    // Somebody else went on with it meanwhile: what they wrote counts.
    if (value?.pending !== true || !(await register.swap(mark, ours))) return overtaken(begun);
  }
  const said = isMove ? line : 'no cluster changes';
  if (code === exit.done) {
    return { result: isMove ? 'moved' : 'unchanged', code, line: said, decision, state: mark };
  }
  const result = code === exit.guard ? 'guard' : code === exit.partial ? 'partial' : 'failed';
  return { result, code, line: `${said}; not all of it is done`, decision, state: mark };
}

const overtaken = (state: LoopState): StepEnd => ({
  result: 'overtaken',
  code: exit.done,
  line: 'another run goes on',
  state,
});

interface Proposal {
  readonly decision: PlacementDecision;
  readonly before: PlacementDecision | undefined;
  readonly line: string;
}

/** Writes what would be moved to; removes it where it is moot and was not written over the decision in force. */
async function propose(
  { values, session, clock, register, budget, commit }: Stepping,
  path: string,
  { state, version }: Known,
  { decision, before, line }: Proposal,
): Promise<StepEnd> {
  const file = resolvePath(path, session.cwd);
  const own = values.previous === undefined ? undefined : resolvePath(values.previous, session.cwd);
  const isNews = before === undefined || line !== '';
  const stays = before === undefined ? {} : { decision: before };
  const same: StepEnd = {
    result: 'unchanged',
    code: exit.done,
    line: 'no cluster changes',
    state,
    ...stays,
  };
  const proposed = existsSync(file) ? readDecision(file, { path: '--propose' }) : undefined;
  if (!isNews) {
    if (proposed === undefined || file === own) return same;
    rmSync(file);
    const text = 'the proposal is moot';
    await commit?.(file, text);
    return { ...same, line: text };
  }
  if (proposed !== undefined && changesBetween(proposed, decision).length === 0) {
    return { ...same, line: `proposed already: ${line}` };
  }
  const now = clock.now();
  const spent = movesLeft(budget, state.moves, now).find(({ left }) => left === 0);
  if (before !== undefined && spent !== undefined) {
    const why = budgetLine(spent, line);
    return { ...same, result: 'budget', code: exit.guard, line: why };
  }
  const moves = recentMoves(state.moves, now);
  const next: LoopState = {
    moves: before === undefined ? moves : [...moves, instantOf(now)],
    pending: false,
  };
  if (!(await register.swap(next, version))) return overtaken(state);
  writeFileAtomically(file, `${JSON.stringify(decision, null, 2)}\n`);
  const text = line === '' ? 'a first decision' : line;
  await commit?.(file, text);
  return { result: 'proposed', code: exit.done, line: text, state: next, ...stays };
}

/** What stands: with --propose the committed file, read anew; else what the loop decided last, or --previous before that. */
function inForce({ values, session }: Stepping, state: LoopState): PlacementDecision | undefined {
  if (values.propose === undefined && state.decision !== undefined) {
    return parseDecision(state.decision as object);
  }
  if (values.previous === undefined) return undefined;
  const file = resolvePath(values.previous, session.cwd);
  const isOwn = values.propose !== undefined && resolvePath(values.propose, session.cwd) === file;
  if (isOwn && !existsSync(file)) return undefined;
  return readDecision(file, { path: '--previous' });
}

const instantOf = (now: number) => new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
const budgetLine = (
  { window, most }: { readonly window: string; readonly most: number },
  line: string,
) => `the budget of ${most} ${most === 1 ? 'move' : 'moves'} in any ${window} is spent: ${line}`;

function unsatisfiedLine({ apps }: PlacementDecision): string {
  const names = apps.filter(({ satisfied }) => !satisfied).map(({ app }) => app);
  return `no placement satisfies the policy of ${names.join(', ')}`;
}
