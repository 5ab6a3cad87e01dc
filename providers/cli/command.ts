/** Command: what one command of the CLI is made of. */
import type { ExitCode } from './exit';
import { type Flags, parseFlags, usageError, type Values } from './flags';
import type { Paint, Surroundings } from './terminal';

/** What a command may use while it runs. */
export interface Session extends Surroundings {
  /** Writes a document or a table to standard output. */
  readonly print: (text: string) => void;
  /** Writes a remark to standard error. */
  readonly remark: (text: string) => void;
  readonly paint: Paint;
  readonly width: number;
}

/** What help says about a command, and what runs it. */
export interface Command {
  readonly usage: readonly string[];
  /** A few sentences under the usage. */
  readonly about: string;
  readonly flags: Flags;
  readonly examples: readonly (readonly [line: string, says: string])[];
  readonly run: (argv: readonly string[], session: Session) => Promise<ExitCode>;
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
