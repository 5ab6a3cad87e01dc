/** littoral place: chooses the clusters, shows the choice, and keeps it as a lock. */
import type { PlacementDecision } from '../../../../constructs/model/decision';
import type { Fleet } from '../../../../constructs/model/fleet';
import { throwAll } from '../../../../constructs/parsing';
import { driftOf, isDrift } from '../../../../constructs/policy';
import { readDecision } from '../../../sources/files/documents';
import { resolvePath } from '../../../sources/files/text-file';
import { writeFileAtomically } from '../../../sources/files/write';
import { decide, guardFlags, mayAct, replay } from '../../input/deciding';
import { type Flags, usageError, type Values } from '../../input/flags';
import { inputFlags } from '../../input/inputs';
import { reportFlags, writeReport } from '../../input/report-file';
import { type ExitCode, exit } from '../../output/exit';
import { nearPath } from '../../output/print';
import { decisionText } from '../../output/print/decision';
import { driftText } from '../../output/print/drift';
import { decisionMarkdown } from '../../output/print/markdown';
import type { Session } from '../../output/terminal';
import { command } from '../command';

const flags = {
  ...inputFlags,
  json: {
    doc: 'Prints the PlacementDecision document and nothing else; the same as --format json.',
  },
  format: {
    value: 'FORMAT',
    choices: ['text', 'json', 'markdown'],
    doc: 'text (for a terminal), json (the document) or markdown (for a pull request).',
  },
  output: {
    value: 'LOCK',
    short: 'o',
    doc: 'Also writes the document to this file, unless the policy is unsatisfied or a guard stopped it.',
  },
  locked: {
    value: 'LOCK',
    doc: 'Replays a committed decision without reading demand; refuses when the apps or the fleet have changed since.',
  },
  check: {
    value: 'LOCK',
    doc: 'Says whether the demand of now would choose other clusters than the committed decision, and what they would gain.',
  },
  ...reportFlags,
  ...guardFlags,
} as const satisfies Flags;
type PlaceValues = Values<typeof flags>;

/** The command `place`. */
export const place = command({
  name: 'place',
  usage: [
    'littoral place --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json] [-o LOCK]',
    'littoral place --app APP.yaml --fleet FLEET.yaml --locked LOCK',
    'littoral place --app APP.yaml --fleet FLEET.yaml --check LOCK',
  ],
  about:
    'Chooses the clusters for every app, assigns each origin to one of them, and says how good that is. Equal inputs give equal bytes. Exit codes: 3 when no placement satisfies the policy, 4 when a guard stopped the change, 10 when --check found a difference.',
  flags,
  examples: [
    ['littoral place --app shop.yaml --fleet fleet.yaml', 'choose and show'],
    [
      'littoral place --app shop.yaml --fleet fleet.yaml --previous shop.lock.json -o shop.lock.json',
      'decide again from where we are, and commit the result',
    ],
    ['littoral place --app shop.yaml --fleet fleet.yaml --locked shop.lock.json --json', 'replay'],
    [
      'littoral place --app shop.yaml --fleet fleet.yaml --check shop.lock.json',
      'in a nightly job: exit code 10 when it is time to move',
    ],
  ],
  run: async (values, session) => {
    exclude(values);
    if (values.locked !== undefined) return showLocked(values, values.locked, session);
    if (values.check !== undefined) return check(values, values.check, session);
    return decideAndShow(values, session);
  },
});

async function decideAndShow(values: PlaceValues, session: Session): Promise<ExitCode> {
  const decided = await decide('place', values, session);
  const { decision, input } = decided;
  show(decision, input.fleet, values, session);
  writeReport(values.report, { decision, documents: input }, session);
  const code = mayAct(decided, values.allow, session);
  if (code !== exit.done || values.output === undefined) return code;
  const file = resolvePath(values.output, session.cwd);
  writeFileAtomically(file, decisionJson(decision));
  session.remark(`wrote ${nearPath(file, session.cwd)}\n`);
  return exit.done;
}

function showLocked(values: PlaceValues, path: string, session: Session): ExitCode {
  const { decision, fleet, apps } = replay('place', '--locked', path, values, session);
  show(decision, fleet, values, session);
  const documents = { apps: apps.map(({ app }) => app), fleet };
  writeReport(values.report, { decision, documents }, session);
  return decision.apps.every(({ satisfied }) => satisfied) ? exit.done : exit.unsatisfied;
}

async function check(values: PlaceValues, path: string, session: Session): Promise<ExitCode> {
  const lock = readDecision(resolvePath(path, session.cwd), { path: '--check' });
  const { decision, input } = await decide('place', values, session, lock);
  const drift = driftOf(lock, decision);
  const format = formatOf(values);
  if (format === 'text') session.print(driftText(drift, lock, decision, path, session));
  if (format !== 'text' || drift.some((one) => isDrift(one) || !one.satisfied)) {
    show(decision, input.fleet, values, session);
  }
  writeReport(values.report, { decision, documents: input }, session);
  if (drift.some(({ satisfied }) => !satisfied)) return exit.unsatisfied;
  return drift.some(isDrift) ? exit.difference : exit.done;
}

/** The document as every file and every pipe gets it. */
function decisionJson(decision: PlacementDecision): string {
  return `${JSON.stringify(decision, null, 2)}\n`;
}

function show(
  decision: PlacementDecision,
  fleet: Fleet,
  values: PlaceValues,
  session: Session,
): void {
  const fleetSize = fleet.clusters.length;
  const format = formatOf(values);
  if (format === 'json') session.print(decisionJson(decision));
  else if (format === 'markdown') session.print(decisionMarkdown(decision, fleetSize));
  else session.print(decisionText(decision, { ...session, fleetSize }));
}

function formatOf({ json, format }: PlaceValues): string {
  return json ? 'json' : (format ?? 'text');
}

/** Flags that contradict each other. */
function exclude(values: PlaceValues): void {
  const lock = values.locked === undefined ? 'check' : 'locked';
  if (values[lock] === undefined) return;
  const others =
    lock === 'locked'
      ? (['check', 'demand', 'previous', 'now', 'output'] as const)
      : (['previous', 'output'] as const);
  throwAll(
    others
      .filter((other) => values[other] !== undefined)
      .map((other) =>
        usageError(
          'place',
          `--${other}`,
          `says the opposite of --${lock}`,
          `Leave out one of the two.`,
        ),
      ),
  );
}
