/**
 * Work units guard the engine's effort, which no clock could: a pinned set of inputs may not take more than 2 % more of them than is
 * written down beside it. After a change that is worth it: LITTORAL_WRITE=1 npx jest test/placement/work-units.test.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { place } from '../../constructs/placement/decide/place';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { fleetOfApps } from '../bench/fleet-of-apps';
import { ampleRoom, evenApp, manyApps } from '../bench/many-inputs';
import { world } from '../bench/world';
import { TIMEOUT } from './runs';

const file = join(__dirname, 'work-units.json');
/** The share by which work units may grow. */
const GROWTH = 0.02;

/** Ten origins of 16 requests/s, each whole, on nine clusters of 30: none holds two of them, though all together have room. */
function wholeWithoutPlace(): PlaceInput {
  const seen = world(9, 10, 1);
  const clusters = seen.fleet.clusters.map((one) => ({ ...one, requestsPerSecond: 30 }));
  const origins = seen.demand.origins.map((one) => ({ ...one, requestsPerSecond: 16 }));
  const constraints = { minRequestsPerSecond: 0, capacity: { assignment: 'whole' } };
  const resources = { cpuMillicores: 100, memoryMebibytes: 128 };
  const image = 'registry.example/shop:1';
  const workload = { image, resources, requestsPerSecondPerReplica: 10 };
  return {
    fleet: parseFleet({ ...seen.fleet, clusters }),
    demand: parseDemand({ ...seen.demand, origins }),
    apps: [parseEdgeApp({ name: 'shop', workload, policy: { constraints } })],
  };
}

const joint = { apps: 6, clusters: 15, origins: 15, room: 1.15, seed: 2 };
const pinned: Readonly<Record<string, () => PlaceInput>> = {
  '20 apps, 300 clusters, 50 origins, policies of their own': () =>
    manyApps({ apps: 20, clusters: 300, origins: 50, policies: 'every' }),
  'even 100 x 500, 5 to 20': () => evenApp(100, 500, [5, 20], undefined),
  'even 100 x 500, 5 to 20, ample room': () => evenApp(100, 500, [5, 20], ampleRoom),
  'even 60 x 200, 2 to 5, ample room': () => evenApp(60, 200, [2, 5], ampleRoom),
  'whole origins without a place': wholeWithoutPlace,
  'joint, slots': () => fleetOfApps({ ...joint, kind: 'slots' }),
  'joint, replicas': () => fleetOfApps({ ...joint, kind: 'replicas' }),
};

it(
  'no input of the pinned set takes more work units than are written down, and 2 %',
  () => {
    const spent = Object.fromEntries(
      Object.entries(pinned).map(([name, input]) => [name, place(input()).engine.workUnits]),
    );
    if (process.env.LITTORAL_WRITE === '1')
      writeFileSync(file, `${JSON.stringify(spent, null, 2)}\n`);
    const written = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, number>>;
    expect(Object.keys(spent)).toEqual(Object.keys(written));
    const changes = Object.entries(spent).flatMap(([name, units]) => {
      const before = written[name] ?? 0;
      const said = `${name}: ${before} -> ${units} work units (${(100 * (units / before - 1)).toFixed(1)} %)`;
      return units === before ? [] : [{ said, isGrown: units > before * (1 + GROWTH) }];
    });
    // Falls are welcome, and said, so that the file can follow.
    const fallen = changes.filter(({ isGrown }) => !isGrown).map(({ said }) => said);
    if (fallen.length > 0) process.stdout.write(`work units changed: ${fallen.join('; ')}\n`);
    const grown = changes.filter(({ isGrown }) => isGrown).map(({ said }) => said);
    const remedy =
      'If the answers are worth it: LITTORAL_WRITE=1 npx jest test/placement/work-units.test.ts';
    expect(grown.length > 0 ? [...grown, remedy] : []).toEqual([]);
  },
  TIMEOUT,
);
