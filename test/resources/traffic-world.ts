/** The world of tests of traffic: a routing table, the same after a move, and a DNS server and clusters in memory. */
import type { RoutingTable } from '../../constructs/routing';
import type { TrafficWorld } from '../../providers/resources/traffic';
import { type Zone, zoneDouble } from '../dns/powerdns/zone-double';
import { tableFor } from '../routing/world';

/** The host of the app. */
export const host = 'shop.example.com';
/** Its routing table on fra, iad and sin. */
export const table = tableFor('powerdns-lua', {
  exposure: { probe: { path: '/healthz' }, tls: { secret: 'shop' } },
});
/** The table of a later decision: what `from` answered is answered by `to`. */
export const moved = (from: string, to: string): RoutingTable => ({
  ...table,
  decision: 'sha256:later',
  now: '2026-11-21T06:30:00Z',
  slots: table.slots.map((slot) => ({
    ...slot,
    answers: slot.answers.map((one) => (one.cluster === from ? { ...one, cluster: to } : one)),
  })),
});
/** Where it is written. */
export const powerdns = { url: 'http://127.0.0.1:8081', zone: 'example.com' };

/** What publishing needs from outside, in memory. */
export interface Surroundings extends TrafficWorld {
  readonly zone: Zone;
  /** Addresses that do not serve. */
  readonly down: Set<string>;
  readonly probed: string[];
  open: TrafficWorld['open'];
  seconds: number;
}

/** An empty zone, clusters that all serve, a clock that only sleeping moves. */
export function surroundings(): Surroundings {
  const zone = zoneDouble();
  const world: Surroundings = {
    zone,
    down: new Set(),
    probed: [],
    seconds: 0,
    folder: '/',
    environment: {},
    clock: () => world.seconds * 1000,
    sleep: async (milliseconds) => {
      world.seconds += milliseconds / 1000;
    },
    probe: async ({ address, port, path = '' }) => {
      world.probed.push(`${address}:${port}${path}`);
      return world.down.has(address) ? 'ECONNREFUSED' : undefined;
    },
    open: () => zone,
  };
  return world;
}
