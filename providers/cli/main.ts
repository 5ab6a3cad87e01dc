#!/usr/bin/env node
/** The command `littoral`: hands the process to `run` and its exit code back to the shell. */
import { run } from './run';

// A reader that closes early (`| head`) wants no more and is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

void run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  cwd: process.cwd(),
  env: process.env,
}).then((code) => {
  // Not process.exit: what is still in the pipes has to reach its reader.
  process.exitCode = code;
});
