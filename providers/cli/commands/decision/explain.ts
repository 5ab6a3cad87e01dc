/** littoral explain: why a cluster was chosen or not, and what the other choice would cost. */
import { explain as ask } from '../../../../constructs/placement';
import type { Flags } from '../../input/flags';
import { inputFlags, loadInput } from '../../input/inputs';
import { exit } from '../../output/exit';
import { printWarnings } from '../../output/print';
import { explanationText, latencySource } from '../../output/print/explanation';
import { command } from '../command';

const flags = {
  ...inputFlags,
  only: { value: 'APP', doc: 'Explains one of several apps. Default: all.' },
  json: { doc: 'Prints the explanation with its whole decision as JSON.' },
} as const satisfies Flags;

/** The command `explain`. */
export const explain = command({
  name: 'explain',
  usage: [
    'littoral explain [CLUSTER] --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json]',
  ],
  about:
    'Places, then says for CLUSTER (default: every chosen cluster) why it was chosen or not, whom it serves, and what the best placement would be with the other choice.',
  flags,
  words: 1,
  examples: [
    ['littoral explain ams --app shop.yaml --fleet fleet.yaml', 'why not Amsterdam?'],
    ['littoral explain --app shop.yaml --fleet fleet.yaml', 'what each chosen cluster is worth'],
  ],
  run: async (values, session, [cluster]) => {
    const { input, warnings } = await loadInput('explain', values, session);
    printWarnings(warnings, session);
    const explanation = ask(input, cluster, values.only);
    if (values.json) session.print(`${JSON.stringify(explanation, null, 2)}\n`);
    else {
      const view = { ...session, fleetSize: input.fleet.clusters.length };
      const text = explanationText(explanation, view, cluster !== undefined);
      session.print(text + latencySource(input.fleet, session));
    }
    const isSatisfied = explanation.decision.apps.every(({ satisfied }) => satisfied);
    return isSatisfied ? exit.done : exit.unsatisfied;
  },
});
