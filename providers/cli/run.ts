/** Run: one call of the CLI, from its arguments to its exit code. Errors become two lines each. */

import { VERSION } from '../../constructs/model/version';
import { EdgeError, edgeErrorsOf, missingPackage, nearest } from '../../constructs/parsing';
import { commands } from './commands';
import { usageError } from './input/flags';
import { type ExitCode, exit, exitCodeOf } from './output/exit';
import { printBug, printErrors } from './output/print';
import { harmless, paintFor, type Session, type Surroundings, widthOf } from './output/terminal';

/** Runs `littoral ...argv` in these surroundings. Never throws, never ends the process. */
export async function run(argv: readonly string[], around: Surroundings): Promise<ExitCode> {
  const session: Session = {
    ...around,
    // What is piped stays as it is, byte by byte.
    print: (text) => around.stdout.write(around.stdout.isTTY ? harmless(text) : text),
    remark: (text) => around.stderr.write(text),
    paint: paintFor(around.stdout, around.env),
    width: widthOf(around.stdout, around.env),
  };
  try {
    return await dispatch(argv, session);
  } catch (thrown) {
    const errors = edgeErrorsOf(missingPackageError(thrown) ?? thrown);
    const paint = paintFor(around.stderr, around.env);
    const debug = (around.env.LITTORAL_DEBUG ?? '') !== '';
    session.remark(
      errors === undefined
        ? printBug(thrown, paint, debug)
        : printErrors(errors, { paint, cwd: around.cwd, debug }),
    );
    return errors === undefined ? exit.failure : exitCodeOf(errors);
  }
}

async function dispatch(argv: readonly string[], session: Session): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v' || first === 'version') {
    session.print(`${VERSION}\n`);
    return exit.done;
  }
  if (first === undefined || first === '--help' || first === '-h') return help([], session);
  if (first === 'help') return help(rest, session);
  const found = entry(first);
  const ended = rest.indexOf('--');
  const flags = ended < 0 ? rest : rest.slice(0, ended);
  if (flags.includes('--help') || flags.includes('-h')) return help([first], session);
  return found.load().run(rest, session);
}

function help(words: readonly string[], session: Session): ExitCode {
  const { overview, page } = require('./commands/help') as typeof import('./commands/help');
  const [name] = words;
  session.print(name === undefined ? overview(session) : page(entry(name).load(), session));
  return exit.done;
}

function entry(name: string) {
  const found = commands.find((one) => one.name === name);
  if (found !== undefined) return found;
  const near = nearest(
    name,
    commands.map((one) => one.name),
  );
  throw usageError(
    '',
    name,
    name.startsWith('-') ? 'there is no such flag before a command' : 'there is no such command',
    `${near === undefined ? 'See' : `Write littoral ${near}, or see`} littoral help for all commands.`,
  );
}

/** An optional package that is not installed is not our bug. */
function missingPackageError(thrown: unknown): EdgeError | undefined {
  const name = missingPackage(thrown);
  if (name === undefined) return undefined;
  const remedy = `Install it beside littoral: npm install ${name}`;
  const summary = `the package ${name} is not installed`;
  return new EdgeError({ code: 'MissingPackage', path: '', summary, remedy, cause: thrown });
}
