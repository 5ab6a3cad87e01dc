/** What the provider says while it works: one JSON line each on stderr, which Terraform turns into lines of TF_LOG. */
import { writeSync } from 'node:fs';
import { format } from 'node:util';
import type { LogLevel } from './provider';

/** Writes one line. Fields are visible to every reader of the log: never environments, never sensitive values. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

const stderr = 2;

/**
 * Without TF_LOG or TF_LOG_PROVIDER Terraform drops what is said, so only warnings and errors are written then.
 * Only whether these two are set is looked at; no environment is ever written.
 */
export function stderrLog(env: NodeJS.ProcessEnv, write = toStderr): Log {
  const isRead = Boolean(env.TF_LOG || env.TF_LOG_PROVIDER);
  return (level, message, fields = {}) => {
    if (!isRead && level !== 'warn' && level !== 'error') return;
    const head = { '@level': level, '@message': message, '@module': 'littoral' };
    // Terraform takes a line for plain text unless its time has six digits of a second.
    const timestamp = new Date().toISOString().replace('Z', '000Z');
    write(`${JSON.stringify({ ...fields, ...head, '@timestamp': timestamp })}\n`);
  };
}

/** Nothing but the handshake may reach stdout, so whatever a library prints becomes a line of the log. */
export function redirectPrinting(log: Log): void {
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) {
    console[level] = (...words) => log(level, format(...words));
  }
  console.log = console.info;
  process.stdout.write = (chunk: string | Uint8Array) => {
    log(
      'info',
      Buffer.from(chunk as Uint8Array)
        .toString('utf8')
        .trimEnd(),
    );
    return true;
  };
}

function toStderr(line: string): void {
  try {
    writeSync(stderr, line);
  } catch {
    // The reader of the log is gone; the provider goes on.
  }
}
