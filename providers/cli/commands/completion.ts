/** littoral completion: what shells need to complete commands, flags and the values that they take. */
import { type Flag, usageError } from '../input/flags';
import { exit } from '../output/exit';
import { type Command, command, type Entry } from './command';
import { bashScript, fishScript, type Word, zshScript } from './completion-scripts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;
type Shell = keyof typeof scripts;

/** The command `completion` for these commands. */
export const completionOf = (commands: readonly Entry[]): Command =>
  command({
    name: 'completion',
    usage: ['littoral completion bash|zsh|fish'],
    about:
      'Prints a script that lets a shell complete commands, flags, and the values of flags that take one of a few; elsewhere files. It has no need of littoral while it completes.',
    flags: {},
    words: 1,
    examples: [
      [
        'littoral completion bash > ~/.local/share/bash-completion/completions/littoral',
        'for bash',
      ],
      ['littoral completion zsh > ~/.zfunc/_littoral', 'for zsh, with ~/.zfunc in fpath'],
      ['littoral completion fish > ~/.config/fish/completions/littoral.fish', 'for fish'],
    ],
    run: async (_values, session, [shell]) => {
      if (shell === undefined || !Object.hasOwn(scripts, shell)) {
        const got = shell === undefined ? 'is missing' : `cannot be ${JSON.stringify(shell)}`;
        throw usageError('completion', 'SHELL', got, 'Write bash, zsh or fish.');
      }
      session.print(scripts[shell as Shell](commands.map(wordOf)));
      return exit.done;
    },
  });

function wordOf({ name, summary, load }: Entry): Word {
  const help: Flag = { doc: 'Shows the page of the command.', short: 'h' };
  // Its own page is being made.
  const flags = name === 'completion' ? {} : load().flags;
  return { name, summary, flags: Object.entries({ ...flags, help }) };
}
