/** littoral check: holds a decision against promises, as a test. */

import { atLineOf, edgeErrorsOf, throwAll } from '../../../../constructs/parsing';
import { checkPromises, parsePromises } from '../../../../constructs/promises';
import { readTextFile, resolvePath } from '../../../sources/files/text-file';
import { decide, decisionFlags, replay } from '../../input/deciding';
import { type Flags, usageError, type Values } from '../../input/flags';
import { loadInput } from '../../input/inputs';
import { type ExitCode, exit } from '../../output/exit';
import { printWarnings } from '../../output/print';
import { promisesMarkdown, promisesText } from '../../output/print/promises';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const { allow: _, ...deciding } = decisionFlags;
const flags = {
  ...deciding,
  format: {
    value: 'FORMAT',
    choices: ['text', 'markdown', 'json'],
    doc: 'text (the default), markdown for a comment on a pull request, or json.',
  },
  json: { doc: 'The same as --format json: every promise with the numbers received.' },
} as const satisfies Flags;
type CheckValues = Values<typeof flags>;

/** The command `check`. */
export const check = command({
  name: 'check',
  usage: [
    'littoral check PROMISES.yaml --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--decision LOCK]',
  ],
  about:
    'Checks a committed decision, or what place would decide now, against a list of promises: what it survives, costs and answers within, how full clusters are, where it runs. Each is reported with the number received, its limit, and where. Exit codes: 0 when all are kept, 6 when one is broken, 2 when a document is wrong.',
  flags,
  words: 1,
  examples: [
    [
      'littoral check promises.yaml --app shop.yaml --fleet fleet.yaml --decision shop.lock.json',
      'in CI: the lock of a pull request keeps what was promised',
    ],
    [
      'littoral check promises.yaml --app shop.yaml --fleet fleet.yaml --format markdown',
      'what place would decide now, as a table for a comment',
    ],
  ],
  run: async (values, session, [path]) => {
    if (path === undefined) {
      throw usageError('check', 'PROMISES.yaml', 'is missing', 'Name the promises to check.');
    }
    const file = resolvePath(path, session.cwd);
    const text = readTextFile(file, { path: 'PROMISES.yaml' });
    const promises = parsePromises(text, { file });
    const { decision, input } = await judgedBy(values, session);
    const results = withLines(file, text, () => checkPromises(promises, decision, input));
    const format = values.json ? 'json' : (values.format ?? 'text');
    if (format === 'json') session.print(`${JSON.stringify(results, null, 2)}\n`);
    else if (format === 'markdown') session.print(promisesMarkdown(results));
    else session.print(promisesText(results, session));
    return codeOf(results.every(({ holds }) => holds));
  },
});

const codeOf = (isKept: boolean): ExitCode => (isKept ? exit.done : exit.broken);

/** A committed decision with the demand given for losses, or one that is made now. */
async function judgedBy(values: CheckValues, session: Session) {
  const { decision: lock } = values;
  if (lock === undefined) return decide('check', values, session);
  const { decision } = replay('check', '--decision', lock, values, session);
  const clocked = { ...values, now: values.now ?? decision.now };
  const { input, warnings } = await loadInput('check', clocked, session);
  printWarnings(warnings, session);
  return { decision, input };
}

/** Names that do not exist, each at its line. */
function withLines<T>(file: string, text: string, step: () => T): T {
  try {
    return step();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    throwAll(errors.map((one) => atLineOf(one, file, text, one.path)));
    throw thrown;
  }
}
