/** Approval: a person says yes before clusters change; scripts say --yes. */
import { createInterface } from 'node:readline/promises';
import type { Session } from '../output/terminal';
import type { Flags } from './flags';
import { usageError } from './flags';

/** The flag of scripts. */
export const approvalFlags = {
  yes: { short: 'y', doc: 'Does not ask.' },
} as const satisfies Flags;

/** Asks on the terminal, and says so when nothing is done. Throws EdgeError where there is none to ask on. */
export async function approved(
  name: 'apply' | 'destroy',
  { stderr, stdout, remark }: Session,
): Promise<boolean> {
  if (stderr.isTTY !== true || stdout.isTTY !== true || !process.stdin.isTTY) {
    throw usageError(name, '--yes', 'is missing, and nobody is there to ask', 'Add --yes.');
  }
  const question = name === 'apply' ? 'Apply this?' : 'Destroy this?';
  const yes = await saysYes(process.stdin, process.stderr, question, true);
  if (!yes) remark('Nothing was changed.\n');
  return yes;
}

/** Whether the answer is yes. To leave, by Ctrl-C, Ctrl-D or because the input ends, is no. */
export async function saysYes(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  terminal: boolean,
): Promise<boolean> {
  const asking = createInterface({ input, output, terminal });
  // When the input ends, `question` never settles.
  const left = new Promise<undefined>((resolve) => asking.once('close', () => resolve(undefined)));
  try {
    const reply = asking.question(`${question} Only yes is taken for yes: `);
    const answer = await Promise.race([reply.catch(() => undefined), left]);
    if (answer === undefined) output.write('\n');
    return answer?.trim() === 'yes';
  } finally {
    asking.close();
  }
}

/** Aborts when the person interrupts, a second time ends the process as usual; and when the session says so. */
export function interruption({ signal }: Pick<Session, 'signal'>): {
  readonly signal: AbortSignal;
  readonly done: () => void;
} {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  const both = signal === undefined ? [] : [signal];
  return {
    signal: AbortSignal.any([controller.signal, ...both]),
    done: () => process.removeListener('SIGINT', stop),
  };
}
