/** littoral status: shows where each app is now, as the clusters themselves tell. */

import { counted } from '../../../constructs/model/numbers';
import { eachOf } from '../../clusters/parallel';
import { type ClusterStatus, rolloutSchema, statusOf, worldOf } from '../../resources/release';
import type { Flags } from '../input/flags';
import { inputFlags } from '../input/inputs';
import { homesOf, reachFlags, rolloutOf } from '../input/releasing';
import { appsAtOnce } from '../input/together';
import { exit } from '../output/exit';
import { columns } from '../output/layout';
import { certificatesText } from '../output/print-certificates';
import type { Session, Style } from '../output/terminal';
import { command } from './command';

const { app, fleet } = inputFlags;
const { parallelism, answer } = reachFlags;
const flags = {
  app,
  fleet,
  parallelism,
  answer,
  json: { doc: 'Prints a list of clusters per app.' },
} as const satisfies Flags;

const styles: Readonly<Record<ClusterStatus['standing'], Style>> = {
  ready: 'green',
  'not ready': 'red',
  unfinished: 'yellow',
  unreachable: 'yellow',
  refused: 'red',
  absent: 'dim',
};

/** The command `status`. */
export const status = command({
  name: 'status',
  usage: ['littoral status --app APP.yaml [--app ...] --fleet FLEET.yaml [--json]'],
  about:
    'Asks every cluster of the fleet what it has of each app, whether it is ready, and how many objects others have changed or deleted. Exit code 5 when a cluster is not ready or does not answer.',
  flags,
  examples: [['littoral status --app shop.yaml --fleet fleet.yaml', 'where it runs now']],
  run: async (values, session) => {
    const reach = { ...values, deadline: undefined };
    const rollout = rolloutSchema.parse(rolloutOf('status', reach));
    const { fleet: clusters, homes, folder } = homesOf('status', values, session);
    const world = worldOf(folder);
    const each = await eachOf(homes, appsAtOnce, async ({ name, namespace }) => {
      const options = { ...rollout, release: name, namespace };
      return [name, await statusOf(clusters.clusters, options, world)] as const;
    });
    const all: Readonly<Record<string, readonly ClusterStatus[]>> = Object.fromEntries(each);
    if (values.json) session.print(`${JSON.stringify(all, null, 2)}\n`);
    else {
      for (const [name, rows] of Object.entries(all)) {
        session.print(text(name, rows, session));
        session.print(certificatesText(certificatesIn(rows), session));
      }
    }
    const isWell = ({ standing }: ClusterStatus) => standing === 'ready' || standing === 'absent';
    return Object.values(all).flat().every(isWell) ? exit.done : exit.partial;
  },
});

function certificatesIn(rows: readonly ClusterStatus[]) {
  return rows.map(({ name, certificates = [] }) => ({ cluster: name, certificates }));
}

function text(name: string, rows: readonly ClusterStatus[], { paint, width }: Session): string {
  const shown = rows.filter(({ standing }) => standing !== 'absent');
  const absent = rows.length - shown.length;
  const lines = shown.map(({ name: cluster, standing, objects, missing, changed, reason = '' }) => {
    const parts = [
      objects > 0 ? counted(objects, 'object') : '',
      missing > 0 ? paint('red', `${missing} missing`) : '',
      changed > 0 ? paint('yellow', `${changed} changed by others`) : '',
    ];
    const said = parts.filter((part) => part !== '').join(', ');
    return [paint('bold', cluster), paint(styles[standing], standing), said, reason];
  });
  const ready = rows.filter(({ standing }) => standing === 'ready').length;
  const head = `${paint('bold', name)}   ready on ${ready} of ${counted(shown.length, 'cluster')}`;
  const rest = absent > 0 ? [paint('dim', `  not on ${counted(absent, 'other')}`)] : [];
  return `${[head, ...columns(lines, width), ...rest].join('\n')}\n\n`;
}
