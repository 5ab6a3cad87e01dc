/** littoral backtest: replays policies over past demand. */
import { type Backtest, backtest as replay, type Setting } from '../../../../constructs/backtest';
import { parsePromises } from '../../../../constructs/promises';
import { readDecision } from '../../../sources/files/documents';
import { readTextFile, resolvePath } from '../../../sources/files/text-file';
import { writeFileAtomically } from '../../../sources/files/write';
import { type Flags, usageError, type Values } from '../../input/flags';
import { inputFlags, loadDocuments, wallClock } from '../../input/inputs';
import { pastFlags, readPast } from '../../input/past';
import { exit } from '../../output/exit';
import { liveLine } from '../../output/live-line';
import { nearPath, printWarnings } from '../../output/print';
import { backtestText } from '../../output/print/backtest';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const { app, fleet, previous } = inputFlags;
const flags = {
  app,
  fleet,
  ...pastFlags,
  previous: { ...previous, doc: 'The decision in force before the first step. Default: none.' },
  promises: {
    value: 'PROMISES.yaml',
    doc: 'Also says for how long each promise would have been broken.',
  },
  sweep: { doc: 'Also replays other stability settings, and recommends one of them.' },
  'min-gain': {
    value: 'LIST',
    doc: 'Values of minGain to sweep over. Default: 0,0.02,0.05,0.1.',
  },
  'min-dwell': {
    value: 'LIST',
    doc: 'Values of minDwellSeconds to sweep over. Default: 0,600,3600.',
  },
  json: { doc: 'Prints everything as JSON, with the objective of every step and every move.' },
  output: { value: 'FILE', short: 'o', doc: 'Writes that JSON to this file as well.' },
} as const satisfies Flags;
type BacktestValues = Values<typeof flags>;

/** The command `backtest`. */
export const backtest = command({
  name: 'backtest',
  usage: [
    'littoral backtest --app APP.yaml [--app ...] --fleet FLEET.yaml --from INSTANT [--to INSTANT] [--every 10m] [--prometheus URL]',
    'littoral backtest --app APP.yaml [--app ...] --fleet FLEET.yaml --demands FOLDER',
  ],
  about:
    'Replays the policies over past demand, each step with the decision of the step before, exactly as place --previous would have decided, and compares that with never moving and with always moving to the best. The fleet is that of today at all times. Nothing is changed.',
  flags,
  examples: [
    [
      'littoral backtest --app shop.yaml --fleet fleet.yaml --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --record november',
      'a month as the metrics of the app tell it, kept for later',
    ],
    [
      'littoral backtest --app shop.yaml --fleet fleet.yaml --demands november --promises promises.yaml --sweep',
      'the same month again, with promises and other stability settings',
    ],
  ],
  run: async (values, session) => {
    const settings = settingsOf(values);
    const { apps, fleet: loaded } = loadDocuments('backtest', values, session);
    const promises = promisesOf(values.promises, session);
    const before =
      values.previous === undefined
        ? {}
        : {
            previous: readDecision(resolvePath(values.previous, session.cwd), {
              path: '--previous',
            }),
          };
    const line = liveLine(session);
    try {
      const past = await readPast(values, apps, session, wallClock(), (done, all) =>
        line.show(() => `read ${done} of ${all} demands`),
      );
      line.end();
      printWarnings(past.warnings, session);
      const all = past.steps.length * (3 + (settings?.length ?? 0));
      let done = 0;
      const result = replay({
        apps: apps.map((one) => one.app),
        fleet: loaded,
        steps: past.steps,
        ...before,
        ...(promises === undefined ? {} : { promises }),
        ...(settings === undefined ? {} : { settings }),
        onStep: () => {
          done++;
          line.show(() => `decided ${done} of ${all} steps`);
        },
      });
      line.end();
      show(result, values, session);
    } finally {
      line.end();
    }
    return exit.done;
  },
});

function show(result: Backtest, values: BacktestValues, session: Session): void {
  const json = `${JSON.stringify(result, null, 2)}\n`;
  session.print(values.json ? json : backtestText(result, session));
  if (values.output === undefined) return;
  const file = resolvePath(values.output, session.cwd);
  writeFileAtomically(file, json);
  session.remark(`wrote ${nearPath(file, session.cwd)}\n`);
}

function promisesOf(path: string | undefined, { cwd }: Session) {
  if (path === undefined) return undefined;
  const file = resolvePath(path, cwd);
  return parsePromises(readTextFile(file, { path: '--promises' }), { file });
}

function settingsOf(values: BacktestValues): readonly Setting[] | undefined {
  const { 'min-gain': gains, 'min-dwell': dwells } = values;
  if (!values.sweep && gains === undefined && dwells === undefined) return undefined;
  const minGains = numbersOf('--min-gain', gains ?? '0,0.02,0.05,0.1', 1);
  const minDwells = numbersOf('--min-dwell', dwells ?? '0,600,3600', 1e9);
  return minGains.flatMap((minGain) =>
    minDwells.map((minDwellSeconds) => ({ minGain, minDwellSeconds })),
  );
}

function numbersOf(flag: string, text: string, most: number): readonly number[] {
  const numbers = text.split(',').map((one) => (one.trim() === '' ? Number.NaN : Number(one)));
  if (numbers.every((one) => one >= 0 && one <= most)) return [...new Set(numbers)];
  const summary = `got ${JSON.stringify(text)}, expected numbers from 0 to ${most} with commas between them`;
  throw usageError(
    'backtest',
    flag,
    summary,
    `Write it like ${flag} ${most === 1 ? '0,0.05' : '0,3600'}.`,
  );
}
