/** littoral verify: lets the independent checker judge every number of a decision. */

import { counted } from '../../../../constructs/model/numbers';
import { linesOf } from '../../../../constructs/parsing';
import { verify as judge } from '../../../../constructs/verification';
import { readDecision } from '../../../sources/files/documents';
import { readTextFile, resolvePath } from '../../../sources/files/text-file';
import { type Flags, usageError } from '../../input/flags';
import { inputFlags, loadInput } from '../../input/inputs';
import { exit } from '../../output/exit';
import { hanging } from '../../output/layout';
import { nearPath, printWarnings } from '../../output/print';
import { command } from '../command';

const flags = {
  app: inputFlags.app,
  fleet: inputFlags.fleet,
  demand: inputFlags.demand,
  previous: {
    value: 'DECISION.json',
    doc: 'The decision that was in force when this one was made, if there was one.',
  },
  now: { value: 'INSTANT', doc: 'The clock. Default: that of the decision.' },
  json: { doc: 'Prints {valid, findings, notChecked} as JSON.' },
} as const satisfies Flags;

/** The command `verify`. */
export const verify = command({
  name: 'verify',
  usage: [
    'littoral verify DECISION.json --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json]',
  ],
  about:
    'Checks a decision against the documents it was made from: clusters, replicas, assignments, latencies, costs, the bound and the digest. The checker shares no code with the solver. Exit codes: 0 when everything is right, 1 when a number is wrong, 2 when a document cannot be read.',
  flags,
  words: 1,
  examples: [
    [
      'littoral verify shop.lock.json --app shop.yaml --fleet fleet.yaml --demand demand.yaml',
      'in CI, before a decision is rolled out',
    ],
  ],
  run: async (values, session, [path]) => {
    if (path === undefined) {
      throw usageError('verify', 'DECISION.json', 'is missing', 'Name the decision to verify.');
    }
    const file = resolvePath(path, session.cwd);
    const decision = readDecision(file);
    const clock = { now: values.now ?? decision.now };
    const { input, warnings } = await loadInput('verify', { ...values, ...clock }, session);
    printWarnings(warnings, session);
    const report = judge(decision, input);
    const name = nearPath(file, session.cwd);
    if (values.json) session.print(`${JSON.stringify(report, null, 2)}\n`);
    else if (report.valid) {
      const apps = counted(decision.apps.length, 'app');
      session.print(
        `${session.paint('green', 'valid')} ${name}: every number of ${apps} follows from its documents\n`,
      );
    } else {
      const { findings } = report;
      const lines = linesOf(
        readTextFile(file),
        findings.map((finding) => finding.path),
      );
      const wrong = findings.flatMap((finding, index) =>
        hanging(
          `${name}:${lines[index]} ${session.paint('bold', finding.path)}: `,
          finding.summary,
          10_000,
        ),
      );
      session.print(`${wrong.join('\n')}\n`);
      session.remark(
        `${session.paint('red', 'wrong')} ${name}: ${counted(findings.length, 'finding')}\n`,
      );
    }
    for (const { path: place, summary } of report.notChecked ?? []) {
      session.remark(`${session.paint('yellow', 'not checked')} ${place}: ${summary}\n`);
    }
    return report.valid ? exit.done : exit.failure;
  },
});
