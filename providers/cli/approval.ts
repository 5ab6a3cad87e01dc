/** Approval: a person says yes before clusters change; scripts say --yes. */
import { createInterface } from 'node:readline/promises';
import type { Session } from './command';
import type { Flags } from './flags';
import { usageError } from './flags';

/** The flag of scripts. */
export const approvalFlags = {
  yes: { short: 'y', doc: 'Does not ask.' },
} as const satisfies Flags;

/** Asks on the terminal. Throws EdgeError where there is none to ask on. */
export async function approved(name: string, { stderr, stdout }: Session): Promise<boolean> {
  if (stderr.isTTY !== true || stdout.isTTY !== true || !process.stdin.isTTY) {
    throw usageError(name, '--yes', 'is missing, and nobody is there to ask', 'Add --yes.');
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Apply this? Only yes is taken for yes: ');
    return answer.trim() === 'yes';
  } finally {
    asking.close();
  }
}

/** Aborts when the person interrupts; a second time ends the process as usual. */
export function interruption(): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  return { signal: controller.signal, done: () => process.removeListener('SIGINT', stop) };
}
