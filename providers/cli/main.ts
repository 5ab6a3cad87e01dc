#!/usr/bin/env node
/** The command `littoral`: hands the process to `run` and its exit code back to the shell. */
// First: what is imported after it is compiled once.
import './compile-cache';
import { basename } from 'node:path';
import { exit } from './output/exit';
import { printErrors } from './output/print';
import { run } from './run';

// A reader that closes early (`| head`) wants no more and is no failure.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE') process.exit();
  const { notWritten } =
    require('../sources/files/write') as typeof import('../sources/files/write');
  process.stderr.write(printErrors([notWritten('standard output', cause)]));
  process.exit(exit.failure);
});
// The reader of the output is gone.
process.stderr.on('error', () => {});

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
  // kubectl calls what is named kubectl-littoral for `kubectl littoral`.
  program: /^kubectl-/.test(basename(process.argv[1] ?? '')) ? 'kubectl littoral' : 'littoral',
}).then((code) => {
  // Not process.exit: what is still in the pipes has to reach its reader.
  process.exitCode = code;
});
