/** Bench of backtests: a month of the quickstart, a step every ten minutes, with demand that follows the sun and the week. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backtest } from '../../constructs/backtest';
import { parseFleet } from '../../constructs/model/fleet-document';
import { geohashCenter } from '../../constructs/model/geography';
import { place } from '../../constructs/placement';
import { type PlaceInput, parseEdgeApp } from '../../constructs/policy';
import type { BenchRow } from './row';
import { seeded } from './world';

const folder = join(__dirname, '../../../examples/quickstart');
/** A month has 30 times as many; the time of a step hardly depends on which it is. */
const steps = 144;
const month = 4_320;

/** Processor seconds of a month, from those of a day. */
export async function benchBacktest(): Promise<readonly BenchRow[]> {
  const input = quickstart();
  const seconds = (run: () => void) => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return ((user + system) / 1e6) * (month / steps);
  };
  let moves = 0;
  const whole = seconds(() => {
    moves = backtest(input).policy.moves;
  });
  const loop = seconds(() => {
    let previous: PlaceInput['previous'];
    for (const { at, demand } of input.steps) {
      const { apps, fleet } = input;
      previous = place({
        apps,
        fleet,
        demand,
        now: at,
        ...(previous === undefined ? {} : { previous }),
      });
    }
  });
  const of = `${month} steps of quickstart, of which ${steps} ran`;
  return [
    {
      name: 'backtest, all three ways',
      unit: 'cpu s',
      samples: [whole],
      note: `${of}; ${moves} moves`,
    },
    { name: 'a loop of place alone', unit: 'cpu s', samples: [loop], note: of },
  ];
}

function quickstart() {
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const { data } = JSON.parse(text('prometheus.json')) as {
    readonly data: { readonly result: readonly Series[] };
  };
  const random = seeded(1);
  return {
    apps: [parseEdgeApp(text('shop.yaml'))],
    fleet: parseFleet(text('fleet.yaml')),
    steps: Array.from({ length: steps }, (_, index) => {
      const at = new Date(Date.UTC(2026, 10, 2) + index * 600_000).toISOString();
      const origins = data.result.map(({ metric: { geohash }, values }) => {
        const { latitude = 0, longitude = 0 } = geohashCenter(geohash) ?? {};
        const sun = 1 + 0.6 * Math.sin(2 * Math.PI * (index / 144 + longitude / 360));
        const requestsPerSecond = Number(values.at(-1)?.[1]) * sun * (0.95 + 0.1 * random());
        return { name: geohash, latitude, longitude, requestsPerSecond };
      });
      return { at, demand: { observedAt: at, validForSeconds: 1800, origins } };
    }),
  };
}

interface Series {
  readonly metric: { readonly geohash: string };
  readonly values: readonly (readonly [number, string])[];
}
