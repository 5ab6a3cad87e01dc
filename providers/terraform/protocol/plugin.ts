/** The plugin process: starts from Terraform or by hand, serves calls, and exits when no client is left. */
import { writeSync } from 'node:fs';
import type { Http2Session } from 'node:http2';
import { deferExtraAuthorities } from './extra-authorities';
import { type Invitation, invitationIn, type Listening, listen } from './handshake';
import type { Plugin } from './introduction';
import { type Log, redirectPrinting, stderrLog } from './log';

/** The parts of a process that are needed; the process itself outside of tests. */
type Host = Pick<NodeJS.Process, 'argv' | 'env' | 'pid' | 'on' | 'exit'> & {
  readonly ppid: number;
};

const stdout = 1;
const stderr = 2;
/** Terraform gives up after a minute without a handshake, so no client connects later than that. */
const patienceMilliseconds = 60_000;
const watchMilliseconds = 1_000;
/** What still runs when Terraform has vanished gets this long to be put in order. */
const graceMilliseconds = 5_000;
/** For the last frames to leave; Terraform waits for the end of the process. */
const goodbyeMilliseconds = 5;

/** Runs the process from start to end. */
export async function run(plugin: Plugin, host: Host): Promise<void> {
  const log = stderrLog(host.env);
  redirectPrinting(log);
  const invitation = invitationIn(host.env);
  const isDebug = host.argv[2] === '--debug';
  if (typeof invitation === 'string') {
    writeSync(stderr, `${invitation}\n`);
    host.exit(1);
  } else if (invitation || isDebug) {
    await serve(plugin, host, log, isDebug ? undefined : invitation);
  } else {
    const { introduce } = require('./introduction') as typeof import('./introduction');
    const { text, exitCode } = introduce(plugin, host.argv.slice(2));
    writeSync(exitCode === 0 ? stdout : stderr, text);
    host.exit(exitCode);
  }
}

/** Without an invitation the process was started by hand, for debugging: no TLS, and only Ctrl-C ends it. */
async function serve(
  plugin: Plugin,
  host: Host,
  log: Log,
  invitation: Invitation | undefined,
): Promise<void> {
  survive(host, log);
  const uninvited = {
    clientCertificate: undefined,
    socketFolder: undefined,
    ports: [0, 0],
  } as const;
  const listening = await listen(invitation ?? uninvited, Date.now());
  host.on('exit', listening.tidy);
  const end = ending(listening, host, log);
  if (invitation) {
    // The group gets Ctrl-C together; Terraform then says itself what to stop.
    host.on('SIGINT', () => {});
    host.on('SIGTERM', () => end('terminated'));
    leaveWithParent(listening, host, end);
    writeSync(stdout, listening.line);
  } else {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) host.on(signal, () => host.exit(0));
    writeSync(stdout, reattachLine(plugin, listening, host.pid));
  }
  deferExtraAuthorities(host.env, log);
  // Loaded only now: Terraform connects in the meantime.
  const { serviceOf } = require('./service') as typeof import('./service');
  const { serveCalls } = require('./grpc') as typeof import('./grpc');
  end.activity = serveCalls(
    listening.server,
    serviceOf(plugin.load(), log, () => invitation && end('shut down')),
  );
}

/** A defect in one call must not take the others with it; its stack goes to the log. */
function survive(host: Host, log: Log): void {
  const report = (thrown: unknown) => {
    const stack = thrown instanceof Error ? thrown.stack : String(thrown);
    log('error', 'defect outside of any call', { stack });
  };
  host.on('uncaughtException', report);
  host.on('unhandledRejection', report);
}

interface Ending {
  (why: string): void;
  activity?: ReturnType<typeof import('./grpc').serveCalls>;
}

/** Finishes what runs, closes every connection, and exits. */
function ending({ server, close }: Listening, host: Host, log: Log): Ending {
  const sessions = new Set<Http2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  let ended = false;
  const end: Ending = (why) => {
    if (ended) return;
    ended = true;
    log('debug', 'ending', { why });
    close();
    const finish = async () => {
      await end.activity?.idle();
      end.activity?.hush();
      for (const session of sessions) session.close();
      setTimeout(() => host.exit(0), goodbyeMilliseconds);
    };
    void finish();
    setTimeout(() => host.exit(0), graceMilliseconds).unref();
  };
  return end;
}

/** Ends when the process that started this one is gone, however it went. */
function leaveWithParent({ server }: Listening, host: Host, end: Ending): void {
  const parent = host.ppid;
  const orphaned = setInterval(() => {
    if (host.ppid !== parent) end('orphaned');
  }, watchMilliseconds);
  orphaned.unref();
  const lonely = setTimeout(() => end('nobody connected'), patienceMilliseconds);
  let connections = 0;
  server.on('session', (session) => {
    clearTimeout(lonely);
    connections += 1;
    session.on('close', () => {
      connections -= 1;
      // Terraform keeps one connection for as long as it needs the plugin.
      if (connections === 0) end('disconnected');
    });
  });
}

/** What to set so that Terraform and OpenTofu use this process, whichever registry they think of first. */
function reattachLine({ address }: Plugin, { network, address: path }: Listening, pid: number) {
  const entry = {
    Protocol: 'grpc',
    ProtocolVersion: 6,
    Pid: pid,
    Test: true,
    Addr: { Network: network, String: path },
  };
  const elsewhere = address.replace(/^registry\.terraform\.io\//, 'registry.opentofu.org/');
  const all = Object.fromEntries([address, elsewhere].map((one) => [one, entry]));
  return `TF_REATTACH_PROVIDERS='${JSON.stringify(all)}'\n`;
}
