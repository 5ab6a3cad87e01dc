/** Retirement world: what removing a release from clusters that left needs from outside; tests put doubles here. */
import { setTimeout as wait } from 'node:timers/promises';
import { type LiveAnswer, liveAnswer, nameServersOf } from '../../dns/questions/questions';
import { readRate } from '../../sources/demand/rate';
import { type World as ReleaseWorld, worldOf } from '../release';
import { type DrainWorld, type TrafficWorld, trafficWorldOf } from '../traffic';

/** What it needs. */
export interface RetirementWorld extends TrafficWorld, DrainWorld {
  /** Reaches clusters. */
  readonly releases: ReleaseWorld;
  /** Addresses of the name servers of the zone that a host is in. */
  readonly nameServers: (host: string) => Promise<readonly string[]>;
  /** What one name server answers now. */
  readonly answer: (host: string, nameServer: string) => Promise<LiveAnswer>;
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
    nameServers: nameServersOf,
    answer: liveAnswer,
    rate: (question) => readRate(question, { folder, environment }),
  };
}
