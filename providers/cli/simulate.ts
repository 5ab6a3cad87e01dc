/** littoral simulate: asks what would be decided if clusters were lost or demand moved. */
import { place } from '../../constructs/placement/place';
import { simulate as run } from '../../constructs/placement/simulate';
import { command } from './command';
import { type ExitCode, exit } from './exit';
import { type Flags, usageError } from './flags';
import { inputFlags, loadInput } from './inputs';
import { printWarnings } from './print';
import { simulationText } from './print-simulation';
import { eachKeys, scenariosOf } from './scenarios';

const flags = {
  ...inputFlags,
  lose: {
    value: 'KEY=VALUE',
    multiple: true,
    doc: 'Loses the clusters that match: cluster=fra, provider=aws, region=europe, country=DE, city=Paris or labels.tier=edge. Several values: region=europe,asia.',
  },
  scale: {
    value: '[KEY=VALUE:]FACTOR',
    multiple: true,
    doc: 'Multiplies demand: region=asia:2, country=DE:0.5, origin=berlin:10, or 1.5 for all of it.',
  },
  each: {
    value: 'KIND',
    multiple: true,
    choices: eachKeys,
    doc: `Loses, one after another, what the decision of today uses: each ${eachKeys.join(', each ')}.`,
  },
  together: { doc: 'All that --lose and --scale say happens at once, as one scenario.' },
  'fail-on': {
    value: 'WHEN',
    choices: ['unsatisfied', 'change', 'never'],
    doc: 'unsatisfied: exit code 3 when a scenario has no placement (the default). change: also 10 when one moves anything. never: 0.',
  },
  json: { doc: 'Prints every result with its whole decision as JSON.' },
} as const satisfies Flags;

/** The command `simulate`. */
export const simulate = command({
  name: 'simulate',
  usage: [
    'littoral simulate --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--lose KEY=VALUE] [--scale [KEY=VALUE:]FACTOR] [--each KIND] [--together]',
  ],
  about:
    'Places today, then every scenario with the answer of today in force, and lists what would come of it, worst first. Nothing is changed. Guards and waiting times do not hold in a scenario: a loss is no time to sit still.',
  flags,
  examples: [
    [
      'littoral simulate --app shop.yaml --fleet fleet.yaml --lose cluster=fra --scale region=asia:2',
      'two scenarios',
    ],
    [
      'littoral simulate --app shop.yaml --fleet fleet.yaml --each provider',
      'retire each provider',
    ],
    [
      'littoral simulate --app shop.yaml --fleet fleet.yaml --each cluster --fail-on unsatisfied',
      'in CI: the loss of any one cluster must leave a legal placement',
    ],
  ],
  run: async (values, session) => {
    if (values.lose.length + values.scale.length + values.each.length === 0) {
      const remedy = 'Add --lose cluster=NAME, --scale region=NAME:2 or --each cluster.';
      throw usageError('simulate', '--lose', 'is missing, and so are --scale and --each', remedy);
    }
    const { input, warnings } = await loadInput('simulate', values, session);
    printWarnings(warnings, session);
    const today = place(input);
    const chosen = today.apps.flatMap(({ clusters }) => clusters.map(({ name }) => name));
    const results = run(input, scenariosOf(values, input.fleet.clusters, chosen));
    if (values.json) session.print(`${JSON.stringify(results, null, 2)}\n`);
    else session.print(simulationText(today, results, session));
    return outcome(values['fail-on'] ?? 'unsatisfied', results);
  },
});

function outcome(
  when: string,
  results: readonly { readonly satisfied: boolean; readonly changes: number }[],
): ExitCode {
  if (when === 'never') return exit.done;
  if (results.some(({ satisfied }) => !satisfied)) return exit.unsatisfied;
  const isChange = when === 'change' && results.some(({ changes }) => changes > 0);
  return isChange ? exit.difference : exit.done;
}
