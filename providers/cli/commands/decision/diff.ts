/** littoral diff: what differs between two decisions. */
import { differencesOf, isDifferent } from '../../../../constructs/policy';
import { readDecision } from '../../../sources/files/documents';
import { resolvePath } from '../../../sources/files/text-file';
import { type Flags, usageError } from '../../input/flags';
import { exit } from '../../output/exit';
import { differencesText } from '../../output/print/differences';
import { command } from '../command';

const flags = {
  json: { doc: 'Prints what differs as a list of apps.' },
} as const satisfies Flags;

/** The command `diff`. */
export const diff = command({
  name: 'diff',
  usage: ['littoral diff BEFORE.json AFTER.json [--json]'],
  about:
    'Compares two decisions app by app: clusters that come and go, replicas and requests/s of those that stay, and origins that others serve. Reads the decisions alone: their apps and fleets may differ. Exit code 10 when something differs.',
  flags,
  words: 2,
  examples: [['littoral diff shop.lock.json proposed.json', 'before a proposal becomes the lock']],
  run: async (values, session, [before, after]) => {
    if (before === undefined || after === undefined) {
      const remedy = 'Write littoral diff BEFORE.json AFTER.json.';
      throw usageError('diff', before === undefined ? 'BEFORE' : 'AFTER', 'is missing', remedy);
    }
    const [earlier, later] = [before, after].map((path) =>
      readDecision(resolvePath(path, session.cwd)),
    ) as [ReturnType<typeof readDecision>, ReturnType<typeof readDecision>];
    const differences = differencesOf(earlier, later);
    if (values.json) session.print(`${JSON.stringify(differences, null, 2)}\n`);
    else session.print(differencesText(differences, session));
    return differences.some(isDifferent) ? exit.difference : exit.done;
  },
});
