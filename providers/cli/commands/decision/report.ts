/** littoral report: a decision as one HTML file for people. */
import { readDecision } from '../../../sources/files/documents';
import { resolvePath } from '../../../sources/files/text-file';
import { type Flags, usageError } from '../../input/flags';
import { inputFlags, loadInput } from '../../input/inputs';
import { writeReport } from '../../input/report-file';
import { exit } from '../../output/exit';
import { printWarnings } from '../../output/print';
import { command } from '../command';

const flags = {
  app: { ...inputFlags.app, doc: 'An EdgeApp of the decision; all of them, for what-ifs.' },
  fleet: { ...inputFlags.fleet, doc: 'The fleet of the decision, for the map.' },
  demand: inputFlags.demand,
  previous: {
    value: 'DECISION.json',
    doc: 'The decision that was in force before, for before and after.',
  },
  output: { value: 'FILE.html', short: 'o', doc: 'Where the report is written to.' },
} as const satisfies Flags;

/** The command `report`. */
export const report = command({
  name: 'report',
  usage: [
    'littoral report DECISION.json -o FILE.html',
    'littoral report DECISION.json --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json] -o FILE.html',
  ],
  about:
    'Writes a decision as one HTML file that needs no network: a map of who serves whom, before and after, the reason for every cluster, what fewer moves would gain, the worst what-ifs, what limits cost, latency and cost, and how well DNS fits. Without --app and --fleet there are no map and no what-ifs. place, simulate and plan write the same with --report.',
  flags,
  words: 1,
  examples: [
    [
      'littoral report shop.lock.json --app shop.yaml --fleet fleet.yaml --demand demand.yaml -o shop.html',
      'all of it',
    ],
    ['littoral report shop.lock.json -o shop.html', 'what the decision alone can tell'],
  ],
  run: async (values, session, [path]) => {
    if (path === undefined) {
      throw usageError('report', 'DECISION.json', 'is missing', 'Name the decision to report.');
    }
    const { output, app, fleet, previous } = values;
    if (output === undefined) {
      throw usageError('report', '--output', 'is missing', 'Add -o FILE.html.');
    }
    const decision = readDecision(resolvePath(path, session.cwd));
    if (app.length === 0 && fleet === undefined && values.demand === undefined) {
      const before =
        previous === undefined
          ? {}
          : { previous: readDecision(resolvePath(previous, session.cwd), { path: '--previous' }) };
      writeReport(output, { decision, ...before }, session);
      return exit.done;
    }
    const clocked = { ...values, now: decision.now };
    const { input, warnings } = await loadInput('report', clocked, session);
    printWarnings(warnings, session);
    writeReport(output, { decision, documents: input }, session);
    return exit.done;
  },
});
