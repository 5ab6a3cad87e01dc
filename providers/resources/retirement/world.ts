/** Retirement world: what removing a release from clusters that left needs from outside; tests put doubles here. */
import { setTimeout as wait } from 'node:timers/promises';
import type { ClientSubnet } from '../../dns/question/ask';
import { clientNetworks } from '../../dns/question/client-networks';
import { type LiveAnswer, liveAnswer } from '../../dns/question/live-answer';
import { authoritativeServers } from '../../dns/question/servers';
import { readRate } from '../../sources/demand/rate';
import { type World as ReleaseWorld, worldOf } from '../release';
import { type DrainWorld, type TrafficWorld, trafficWorldOf } from '../traffic';

/** What it needs. */
export interface RetirementWorld extends TrafficWorld, DrainWorld {
  /** Reaches clusters. */
  readonly releases: ReleaseWorld;
  /** Addresses of the name servers of the zone that a host is in. */
  readonly nameServers: (host: string) => Promise<readonly string[]>;
  /** A network of each country that a GeoIP database has. */
  readonly networks: (
    file: string,
    countries: readonly string[],
  ) => ReadonlyMap<string, ClientSubnet>;
  /** What one name server answers now, as if from a network. */
  readonly answer: (host: string, nameServer: string, subnet?: ClientSubnet) => Promise<LiveAnswer>;
}

/** What differs from wire to wire. */
interface Wire extends Pick<DrainWorld, 'say' | 'signal'> {
  readonly onEvent?: ReleaseWorld['onEvent'];
}

/** The real one. Relative paths start at `folder`. */
export function retirementWorldOf(
  folder: string,
  environment: TrafficWorld['environment'],
  { onEvent, ...more }: Wire = {},
): RetirementWorld {
  const { signal } = more;
  return {
    ...trafficWorldOf(folder, environment),
    ...more,
    sleep: async (milliseconds) => {
      // An interruption ends the pause; whoever paused looks at the signal.
      await wait(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(
        () => undefined,
      );
    },
    releases: worldOf(folder, {
      ...(signal === undefined ? {} : { signal }),
      ...(onEvent === undefined ? {} : { onEvent }),
    }),
    nameServers: authoritativeServers,
    networks: (file, countries) => clientNetworks(file, folder).of(countries),
    answer: liveAnswer,
    rate: (question) => readRate(question, { folder, environment }),
  };
}
