/** littoral status: shows where each app is now, as the clusters themselves tell. */

import { counted } from '../../../../constructs/model/numbers';
import { eachOf } from '../../../clusters/parallel';
import {
  type ClusterStatus,
  deliveredWorld,
  rolloutSchema,
  statusOf,
  worldOf,
} from '../../../resources/release';
import { deliveryFlags } from '../../input/delivery';
import { endpointsOf } from '../../input/endpoints';
import type { Flags } from '../../input/flags';
import { inputFlags } from '../../input/inputs';
import { liveFlags } from '../../input/live';
import { homesOf, reachFlags, rolloutOf } from '../../input/releasing';
import { appsAtOnce } from '../../input/together';
import { trafficFlags } from '../../input/traffic';
import { exit } from '../../output/exit';
import { columns } from '../../output/layout';
import { certificatesText } from '../../output/print/certificates';
import { areWell, endpointsText } from '../../output/print/endpoints';
import type { Session, Style } from '../../output/terminal';
import { command } from '../command';

const { app, fleet, demand, now } = inputFlags;
const { parallelism, answer } = reachFlags;
const flags = {
  app,
  fleet,
  parallelism,
  answer,
  demand,
  now,
  decision: {
    value: 'LOCK',
    doc: 'The decision in force: apps with exposure get their endpoints, and what DNS answers.',
  },
  ...liveFlags,
  ...deliveryFlags,
  'endpoint-ca': trafficFlags['endpoint-ca'],
  json: { doc: 'Prints clusters and endpoints of every app as a document.' },
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
  usage: [
    'littoral status --app APP.yaml [--app ...] --fleet FLEET.yaml [--json]',
    'littoral status --app APP.yaml ... --fleet FLEET.yaml --decision LOCK [--demand DEMAND.yaml] [--dns ADDRESS] [--geoip FILE.mmdb]',
  ],
  about:
    'Asks every cluster of the fleet what it has of each app, whether it is ready, how many objects others have changed or deleted, and how long its certificates last. With --decision every address that users may get is asked as a user would, and with --geoip the DNS server is asked what it answers users of each country of the demand. Exit code 5 when a cluster is not ready or does not answer, an address does not serve, or DNS answers otherwise than was decided.',
  flags,
  examples: [['littoral status --app shop.yaml --fleet fleet.yaml', 'where it runs now']],
  run: async (values, session) => {
    const reach = { ...values, deadline: undefined };
    const rollout = rolloutSchema.parse(rolloutOf('status', reach));
    const { fleet: clusters, homes, folder } = homesOf('status', values, session);
    const world = worldOf(folder);
    const each = await eachOf(homes, appsAtOnce, async ({ name, namespace, delivery }) => {
      const options = { ...rollout, release: name, namespace };
      const nobody = { release: name, namespace, clusters: [] };
      const through = deliveredWorld(world, delivery, nobody);
      return [name, await statusOf(clusters.clusters, options, through)] as const;
    });
    const all: Readonly<Record<string, readonly ClusterStatus[]>> = Object.fromEntries(each);
    const endpoints = await endpointsOf('status', values, session);
    if (values.json) {
      const rows = Object.entries(all).map(([name, clusters]) => {
        const found = endpoints.get(name);
        return [name, { clusters, ...(found === undefined ? {} : { endpoints: found }) }];
      });
      session.print(`${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
    } else {
      for (const [name, rows] of Object.entries(all)) {
        session.print(text(name, rows, session));
        session.print(certificatesText(certificatesIn(rows), session));
        const found = endpoints.get(name);
        if (found !== undefined) session.print(endpointsText(found, session));
      }
    }
    const isWell = ({ standing }: ClusterStatus) => standing === 'ready' || standing === 'absent';
    const areAllWell = [...endpoints.values()].every(areWell);
    return Object.values(all).flat().every(isWell) && areAllWell ? exit.done : exit.partial;
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
