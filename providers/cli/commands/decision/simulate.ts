/** littoral simulate: asks what would be decided if clusters were lost or demand moved. */
import { place, simulate as run, type ScenarioResult } from '../../../../constructs/placement';
import { type Flags, usageError } from '../../input/flags';
import { inputFlags, loadInput } from '../../input/inputs';
import { reportFlags, writeReport } from '../../input/report-file';
import { eachKeys, everyScenario, scenariosOf } from '../../input/scenarios';
import { type ExitCode, exit } from '../../output/exit';
import { printWarnings } from '../../output/print';
import { simulationText } from '../../output/print/simulation';
import { command } from '../command';

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
  every: {
    doc: 'Everything: the loss of each cluster, pair of clusters, provider, region and country of the fleet, used or not, and twice and five times the demand, of all and of each region.',
  },
  show: { value: 'COUNT', doc: 'Prints so many of the worst scenarios (default: 20).' },
  together: { doc: 'All that --lose and --scale say happens at once, as one scenario.' },
  ...reportFlags,
  'fail-on': {
    value: 'WHEN',
    choices: ['unsatisfied', 'change', 'never'],
    doc: 'unsatisfied: exit code 3 when a scenario has no placement (the default). change: also 10 when one moves anything. never: 0.',
  },
  json: {
    doc: 'Prints every result as JSON: what is lost, and where each app would be, with its latency, cost and value.',
  },
} as const satisfies Flags;

/** The command `simulate`. */
export const simulate = command({
  name: 'simulate',
  usage: [
    'littoral simulate --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--lose KEY=VALUE] [--scale [KEY=VALUE:]FACTOR] [--each KIND] [--every] [--together]',
  ],
  about:
    'Places today, then every scenario with the answer of today in force, and lists what would come of it, worst first. Nothing is changed. The sets of scenarios are good, not proved the best. Guards and waiting times do not hold in a scenario: a loss is no time to sit still.',
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
    [
      'littoral simulate --app shop.yaml --fleet fleet.yaml --every --show 5',
      'the five worst of all that may be lost or asked for',
    ],
  ],
  run: async (values, session) => {
    const scenarioFlags = values.lose.length + values.scale.length + values.each.length;
    if (scenarioFlags === 0 && !values.every) {
      const remedy = 'Add --lose cluster=NAME, --scale region=NAME:2 or --each cluster.';
      throw usageError('simulate', '--lose', 'is missing, and so are --scale and --each', remedy);
    }
    const most = countOf(values.show);
    const { input, warnings } = await loadInput('simulate', values, session);
    printWarnings(warnings, session);
    const today = place(input);
    const chosen = today.apps.flatMap(({ clusters }) => clusters.map(({ name }) => name));
    const scenarios = [
      ...scenariosOf(values, input, chosen),
      ...(values.every ? everyScenario(input) : []),
    ];
    const results = run(input, scenarios, today);
    if (values.json) session.print(`${JSON.stringify(results, null, 2)}\n`);
    else session.print(simulationText(today, results, session, most));
    const shown = { decision: today, documents: input, whatIfs: results };
    writeReport(values.report, shown, session);
    return outcome(values['fail-on'] ?? 'unsatisfied', results);
  },
});

/** How many scenarios are printed. */
function countOf(text: string | undefined): number {
  if (text === undefined) return 20;
  if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text);
  const summary = `got ${JSON.stringify(text)}, expected a whole number above 0`;
  throw usageError('simulate', '--show', summary, 'Write it like --show 50.');
}

function outcome(when: string, results: readonly ScenarioResult[]): ExitCode {
  if (when === 'never') return exit.done;
  if (results.some(({ satisfied }) => !satisfied)) return exit.unsatisfied;
  const isChange = when === 'change' && results.some(({ changes }) => changes > 0);
  return isChange ? exit.difference : exit.done;
}
