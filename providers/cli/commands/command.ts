/** Command: what one command of the CLI is made of. */

import { type Flags, parseFlags, usageError, type Values } from '../input/flags';
import type { ExitCode } from '../output/exit';
import type { Session } from '../output/terminal';

/** What help says about a command, and what runs it. */
export interface Command {
  readonly usage: readonly string[];
  /** A few sentences under the usage. */
  readonly about: string;
  readonly flags: Flags;
  readonly examples: readonly (readonly [line: string, says: string])[];
  readonly run: (argv: readonly string[], session: Session) => Promise<ExitCode>;
}

/** A line of the list of commands. */
export interface Entry {
  readonly name: string;
  /** One line of help. */
  readonly summary: string;
  /** Loads the file of the command. */
  readonly load: () => Command;
}

interface Definition<F extends Flags> extends Omit<Command, 'run'> {
  readonly name: string;
  readonly flags: F;
  /** How many words besides flags it takes at most. Default: 0. */
  readonly words?: number;
  readonly run: (
    values: Values<F>,
    session: Session,
    words: readonly string[],
  ) => Promise<ExitCode>;
}

/** A command whose `run` gets flags typed by its own table. */
export function command<F extends Flags>(definition: Definition<F>): Command {
  const { name, words: most = 0, run, ...rest } = definition;
  return {
    ...rest,
    run: async (argv, session) => {
      const { values, words } = parseFlags(name, rest.flags, argv);
      const extra = words[most];
      if (extra !== undefined) {
        throw usageError(name, JSON.stringify(extra), 'is one word too many');
      }
      return run(values, session, words);
    },
  };
}
