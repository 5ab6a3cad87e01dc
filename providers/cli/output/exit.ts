/** Exit codes: what a script learns from a command without reading its text. */
import type { EdgeError } from '../../../constructs/parsing';

/** 0 done, 1 our failure, 2 the input is wrong, 3 unsatisfied, 4 a guard stopped it, 5 some clusters failed, 6 a promise is broken, 10 a difference. */
export const exit = {
  done: 0,
  failure: 1,
  input: 2,
  unsatisfied: 3,
  guard: 4,
  partial: 5,
  broken: 6,
  difference: 10,
} as const;

/** One of the numbers above. */
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The same table in words, as help prints it. */
export const exitMeanings: readonly (readonly [ExitCode, string])[] = [
  [exit.done, 'done'],
  [exit.failure, 'littoral or a server it asked failed'],
  [exit.input, 'the input is wrong'],
  [exit.unsatisfied, 'no placement satisfies the policy'],
  [exit.guard, 'a guard stopped it'],
  [exit.partial, 'some clusters failed, the rest are done'],
  [exit.broken, 'a promise is broken'],
  [exit.difference, 'a difference was found'],
];

/** The exit code of a command that stopped with these errors: a mistake in the input outranks a failure. */
export function exitCodeOf(errors: readonly EdgeError[]): ExitCode {
  if (errors.some(({ code }) => code === 'GuardStopped')) return exit.guard;
  return errors.length > 0 && errors.every(isFailure) ? exit.failure : exit.input;
}

/** Servers that fail, full disks and missing packages; a file that is not there was named wrongly. */
function isFailure({ code, path, cause }: EdgeError): boolean {
  if (code === 'MissingPackage') return true;
  const reason = String((cause as { readonly code?: unknown } | undefined)?.code);
  if (code !== 'SourceFailed') return false;
  if (serverPaths.includes(path) || diskFailures.includes(reason)) return true;
  const { isServerPath } =
    require('../../sources/demand/registry') as typeof import('../../sources/demand/registry');
  return isServerPath(path);
}

/** Of servers that no demand source names. */
const serverPaths = ['--prometheus', 'hub', 'powerdns'];
const diskFailures = ['ENOSPC', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'];
