/** littoral run: decides again and again, and carries out or proposes what it decided, under a lease and a budget. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PlacementDecision } from '../../../../constructs/model/decision';
import { EdgeError, edgeErrorsOf } from '../../../../constructs/parsing';
import { systemClock } from '../../../continuous/clock';
import { lead } from '../../../continuous/leadership';
import { serveMetrics } from '../../../continuous/metrics';
import { resolvePath } from '../../../sources/files/text-file';
import { writeFileAtomically } from '../../../sources/files/write';
import { continuousFlags, type Kept, keptAt, pacingOf } from '../../input/continuous';
import { type Flags, usageError, type Values } from '../../input/flags';
import { inputFlags, loadDocuments } from '../../input/inputs';
import { releaseFlags } from '../../input/releasing';
import { retireFlags, trafficFlags } from '../../input/traffic';
import { type ExitCode, exit } from '../../output/exit';
import { printErrors } from '../../output/print';
import { paintFor, type Session } from '../../output/terminal';
import { command } from '../command';
import { apply } from './apply';
import { type LoopMetrics, loopMetrics } from './continuous-metrics';
import { type LoopState, type StepEnd, type Stepping, step } from './continuous-step';

const { decision: _, now: __, previous: ___, ...carried } = { ...releaseFlags, ...trafficFlags };
/** What is handed on to apply. */
const applyFlags = { ...carried, ...retireFlags } as const satisfies Flags;
const flags = {
  ...applyFlags,
  previous: {
    ...inputFlags.previous,
    doc: 'The decision in force: before the first step, or, with --propose, the committed one that is read at every step.',
  },
  ...continuousFlags,
  propose: {
    value: 'LOCK',
    doc: 'Changes no cluster: writes the decision to this file when clusters change, and removes it when that is moot.',
  },
  commit: { doc: 'With --propose: also commits that file to the Git repository that it lies in.' },
  output: {
    value: 'LOCK',
    short: 'o',
    doc: 'Also writes the decision to this file before it is carried out.',
  },
} as const satisfies Flags;
type RunValues = Values<typeof flags>;

/** The command `run`. */
export const runContinuously = command({
  name: 'run',
  usage: [
    'littoral run --app APP.yaml [--app ...] --fleet FLEET.yaml [--every 5m] [--keep PLACE]',
    'littoral run --once --app APP.yaml --fleet FLEET.yaml',
    'littoral run --propose LOCK [--previous LOCK] [--commit] --app APP.yaml --fleet FLEET.yaml',
  ],
  about:
    'Decides at every interval from the decision in force, as place --previous does, with apps, fleet and demand read anew, and applies it as apply does. Of several that run with the same --keep one works; another goes on when it dies. Freezes, dwell times and guards are those of the policies; what a budget or a guard holds is decided again at the next interval. A file named pause in the folder of --keep, or the annotation littoral.dev/pause on the Lease, stops all moves. With --once, exit codes are those of place and apply, and 4 when the budget is spent.',
  flags,
  examples: [
    [
      'littoral run --app shop.yaml --fleet fleet.yaml --keep fra/littoral/shop --max-moves-per-day 4 --metrics 0.0.0.0:9464',
      'in a Deployment of two replicas, with the lease in the cluster fra',
    ],
    [
      'littoral run --once --app shop.yaml --fleet fleet.yaml --previous shop.lock.json --propose shop.next.json',
      'in a scheduled job: a file to review when it is time to move',
    ],
  ],
  run: async (values, session) => {
    exclude(values);
    const pacing = pacingOf(values);
    const { fleet } = loadDocuments('run', values, session);
    const ending = new AbortController();
    const stop = () => ending.abort();
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    const kept = await keptAt<LoopState>(values, { fleet, fleetFile: values.fleet ?? '' }, session);
    const folder = mkdtempSync(join(tmpdir(), 'littoral-run-'));
    try {
      return await loop({ values, session, pacing, kept, folder, signal: ending.signal });
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await kept.close();
      process.removeListener('SIGINT', stop);
      process.removeListener('SIGTERM', stop);
    }
  },
});

interface Loop {
  readonly values: RunValues;
  readonly session: Session;
  readonly pacing: ReturnType<typeof pacingOf>;
  readonly kept: Kept<LoopState>;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function loop({ values, session, pacing, kept, folder, signal }: Loop): Promise<ExitCode> {
  const metrics = loopMetrics(pacing);
  const server =
    pacing.metrics === undefined
      ? undefined
      : await serveMetrics(
          pacing.metrics,
          () => metrics.all(Date.now()),
          () => metrics.isHealthy(Date.now()),
        );
  const say = (text: string) =>
    session.remark(`${new Date().toISOString().replace(/\.\d+Z$/, 'Z')} ${text}\n`);
  if (server !== undefined) say(`metrics on port ${server.port}`);
  const stepping: Stepping = {
    values,
    session,
    clock: systemClock,
    register: kept.state,
    lease: kept.lease,
    budget: pacing.budget,
    act: (decision, lost) => carryOut(decision, { values, session, folder, signal: lost }),
    ...(values.commit ? { commit: commitFile } : {}),
  };
  let code: ExitCode = exit.done;
  try {
    const isOurs = await lead(
      {
        register: kept.lease,
        identity: values.identity ?? `${hostname()}-${process.pid}-${Date.now()}`,
        seconds: pacing.lease,
        clock: systemClock,
        signal,
        once: values.once,
        onChange: (isLeader) => {
          metrics.leads(isLeader);
          if (!values.once) say(isLeader ? `leads (${kept.place})` : 'leads no longer');
        },
        onFailure: printed(session),
      },
      async (held) => {
        do {
          const began = systemClock.now();
          const end = await step(stepping, held);
          code = end.code;
          said(end, say, metrics);
          if (values.once) return;
          const left = began + pacing.every * 1000 - systemClock.now();
          await systemClock.sleep(Math.max(0, left), held);
        } while (!held.aborted);
      },
    );
    if (!isOurs) say(`another run leads (${kept.place})`);
  } finally {
    server?.stop();
  }
  return values.once ? code : exit.done;
}

/** Prints a failure; anything else is a fault of ours. */
function printed(session: Session): (thrown: unknown) => void {
  const paint = paintFor(session.stderr, session.env);
  return (thrown) => {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    session.remark(printErrors(errors, { paint, cwd: session.cwd }));
  };
}

function said(end: StepEnd, say: (text: string) => void, metrics: LoopMetrics): void {
  metrics.ended(end, Date.now());
  say(`${end.result}: ${end.line}`);
}

/** As `littoral apply --decision LOCK --yes` does, with the same flags. */
async function carryOut(
  decision: PlacementDecision,
  { values, session, folder, signal }: Pick<Loop, 'values' | 'session' | 'folder' | 'signal'>,
): Promise<ExitCode> {
  const lock = join(folder, 'decision.json');
  const text = `${JSON.stringify(decision, null, 2)}\n`;
  writeFileAtomically(lock, text);
  if (values.output !== undefined) {
    writeFileAtomically(resolvePath(values.output, session.cwd), text);
  }
  const handed = Object.keys(applyFlags).flatMap((name) => {
    const value = values[name as keyof typeof applyFlags];
    if (typeof value === 'boolean') return value ? [`--${name}`] : [];
    return [value ?? []].flat().map((one) => `--${name}=${one}`);
  });
  return apply.run([...handed, `--decision=${lock}`, '--yes'], { ...session, signal });
}

/** Commits the file alone, whatever else is staged. Throws an EdgeError in the words of git. */
async function commitFile(file: string, line: string): Promise<void> {
  const git = (...words: string[]) =>
    promisify(execFile)('git', ['-C', dirname(file), ...words, '--', basename(file)]);
  try {
    await git('add', '--all');
    await git('commit', '--quiet', '--only', '-m', `Placement: ${line}`);
  } catch (cause) {
    const { stderr = '', message } = cause as { stderr?: string; message: string };
    throw new EdgeError({
      code: 'SourceFailed',
      path: '--commit',
      summary: `git did not commit ${file}: ${(stderr || message).trim().split('\n')[0]}`,
      remedy: 'Run it in a Git repository with user.name and user.email, or leave out --commit.',
      cause,
    });
  }
}

function exclude(values: RunValues): void {
  if (values.commit && values.propose === undefined) {
    throw usageError('run', '--commit', 'is for proposals', 'Add --propose LOCK, or leave it out.');
  }
  if (values.propose !== undefined && values.output !== undefined) {
    const remedy = 'Leave out one of the two.';
    throw usageError('run', '-o', 'is for what is carried out, and --propose does not', remedy);
  }
}
