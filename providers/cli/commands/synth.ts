/** littoral synth: writes the manifests of a decision, one folder per chosen cluster. */

import {
  type DeliveryFiles,
  deliver,
  deliveryFiles,
  hubFolder,
  type Leaving,
  leavings,
} from '../../../constructs/delivery';
import { objectsByCluster } from '../../../constructs/kubernetes/collisions';
import { clusterFiles } from '../../../constructs/kubernetes/layout';
import { synth as synthesize } from '../../../constructs/kubernetes/synth';
import type { Bundle } from '../../../constructs/model/app/bundle';
import { byCodeUnits } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Fleet } from '../../../constructs/model/fleet';
import { counted } from '../../../constructs/model/numbers';
import { readManifests } from '../../sources/files/manifest-files';
import { resolvePath } from '../../sources/files/text-file';
import { type TreeChange, treeFiles, writeTree } from '../../sources/files/write-tree';
import type { AppFile } from '../input/app-demand';
import { decide, decisionFlags, mayAct, replay } from '../input/deciding';
import { deliveryFlags, engineFor, engines } from '../input/delivery';
import { type Flags, usageError, type Values } from '../input/flags';
import { type ExitCode, exit } from '../output/exit';
import { columns } from '../output/layout';
import { nearPath, printWarnings } from '../output/print';
import { decisionText } from '../output/print/decision';
import { promisesText } from '../output/print/delivery';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  output: {
    value: 'DIR',
    short: 'o',
    doc: 'The folder to write. What littoral wrote there before and no longer needs is removed; other files stay.',
  },
  for: {
    value: 'ENGINE',
    choices: engines,
    doc: `Also writes the objects of the hub of an engine: ${engines.join(', ')}.`,
  },
  ...deliveryFlags,
  leaving: {
    value: 'STEP',
    choices: leavings,
    doc: 'With an engine, what becomes of clusters that left: keep, as they are; delete, the engine takes the app away there; gone, once it has. Default: keep.',
  },
  ...decisionFlags,
} as const satisfies Flags;
type SynthValues = Values<typeof flags>;

interface Chosen {
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly apps: readonly AppFile[];
}

/** The command `synth`. */
export const synth = command({
  name: 'synth',
  usage: [
    'littoral synth -o DIR --app APP.yaml [--app ...] --fleet FLEET.yaml --decision LOCK',
    'littoral synth -o DIR --for ENGINE [--delivery DELIVERY.yaml] [--leaving STEP] --app APP.yaml ...',
    'littoral synth -o DIR --app APP.yaml [--app ...] --fleet FLEET.yaml [--demand DEMAND.yaml] [--previous DECISION.json]',
  ],
  about:
    'Writes the Kubernetes objects of every app as DIR/CLUSTER/NN-KIND-NAME.yaml, for review and for GitOps. With an engine, DIR/hub has the objects of its hub and DIR/apps/APP/CLUSTER the content that they lead to, one app and cluster at a time; nothing in a cluster that left is taken away before you say so. Nothing is written when no placement satisfies the policy (exit code 3) or a guard stopped the change (exit code 4).',
  flags,
  examples: [
    [
      'littoral synth -o manifests --app shop.yaml --fleet fleet.yaml --decision shop.lock.json',
      'what a committed decision runs, and where',
    ],
    ['kubectl --context fra apply --server-side -f manifests/fra', 'then, if you like'],
  ],
  run: async (values, session) => {
    if (values.output === undefined) {
      throw usageError('synth', '-o', 'is missing', 'Add -o DIR.');
    }
    const settings = engineFor(values, session);
    const chosen = await choose(values, session);
    if (typeof chosen === 'number') return chosen;
    const folder = resolvePath(values.output, session.cwd);
    const shown = nearPath(folder, session.cwd) || '.';
    const bundles = bundlesOf(chosen, session);
    if (settings === undefined) {
      const change = writeTree(folder, filesOf(bundles, chosen.decision));
      session.print(changeText(change, shown, session));
      return exit.done;
    }
    const delivery = deliver(bundles, chosen.decision, chosen.fleet, settings);
    const leaving = (values.leaving ?? 'keep') as Leaving;
    const made = deliveryFiles(delivery, treeFiles(folder), leaving);
    const change = writeTree(folder, made.files);
    session.print(changeText(change, shown, session));
    printWarnings(delivery.warnings, session);
    session.print(leavingText(made, leaving));
    session.print(promisesText(settings, session));
    return exit.done;
  },
});

async function choose(values: SynthValues, session: Session): Promise<Chosen | ExitCode> {
  if (values.decision !== undefined) {
    const replayed = replay('synth', '--decision', values.decision, values, session);
    const { decision } = replayed;
    return decision.apps.every(({ satisfied }) => satisfied) ? replayed : exit.unsatisfied;
  }
  const { decision, input, apps } = await decide('synth', values, session);
  const code = mayAct({ decision, input }, values.allow, session);
  if (code === exit.done) return { decision, fleet: input.fleet, apps };
  if (code === exit.unsatisfied) session.remark(decisionText(decision, session));
  return code;
}

function bundlesOf({ fleet, apps }: Chosen, session: Session): readonly Bundle[] {
  return apps.map(({ app, file }) => {
    const { manifests, ...rest } = app;
    const props = manifests === undefined ? rest : { ...rest, manifests: readManifests(app, file) };
    const bundle = synthesize(props, fleet);
    printWarnings(
      bundle.warnings.map((text) => `${app.name}: ${text}`),
      session,
    );
    return bundle;
  });
}

/** All objects of a cluster share its folder, whatever app they belong to. */
function filesOf(
  bundles: readonly Bundle[],
  decision: PlacementDecision,
): ReadonlyMap<string, string> {
  return new Map(
    [...objectsByCluster(bundles, decision)].flatMap(([name, manifests]) =>
      Object.entries(clusterFiles(name, manifests)),
    ),
  );
}

function changeText(change: TreeChange, folder: string, { paint, width }: Session): string {
  const clusterOf = (path: string) => {
    const steps = path.split('/');
    const at = steps.length <= 2 ? 0 : steps[0] === hubFolder ? 1 : steps.length - 2;
    return steps[at] ?? '';
  };
  const all = [...change.written, ...change.unchanged, ...change.removed].map(clusterOf);
  const count = (paths: readonly string[], name: string) =>
    paths.filter((path) => clusterOf(path) === name).length;
  const rows = [...new Set(all)].sort(byCodeUnits).map((name) => {
    const [written, unchanged, removed] = [change.written, change.unchanged, change.removed].map(
      (paths) => count(paths, name),
    ) as [number, number, number];
    const parts = [
      written > 0 ? paint('green', `${written} written`) : '',
      unchanged > 0 ? paint('dim', `${unchanged} unchanged`) : '',
      removed > 0 ? paint('red', `${removed} removed`) : '',
    ];
    const files = written + unchanged;
    return [paint('bold', name), counted(files, 'file'), parts.filter((part) => part).join(', ')];
  });
  return `${[`${folder}/`, ...columns(rows, width, ['left', 'right'])].join('\n')}\n`;
}

/** What leaves, and what comes next for it. */
function leavingText({ leaving: pairs }: DeliveryFiles, leaving: Leaving): string {
  const lines = pairs.map(({ app, cluster }) => `${cluster}: ${app} leaves, ${next[leaving]}\n`);
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}

const next: Readonly<Record<Leaving, string>> = {
  keep: 'and keeps what it has; once the others are ready, run again with --leaving delete',
  delete:
    'and the engine takes it away once it sees these files; then run again with --leaving gone',
  gone: 'and its files are gone',
};
