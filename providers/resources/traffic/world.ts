/** Traffic world: what publishing needs from outside; tests put doubles here. */
import { openPowerDns, type PowerDnsClient } from '../../dns/powerdns/client';
import type { PowerDnsSettings, SecretWorld } from '../../dns/powerdns/settings';
import type { ProbeQuestion } from '../../probe/probe';
import { probeByQuorum, type Vantage } from '../../probe/quorum';

/** What publishing needs from outside. */
export interface TrafficWorld extends SecretWorld {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Undefined when enough vantage points see the address serve, else why not. */
  readonly probe: (question: ProbeQuestion, vantage: Vantage) => Promise<string | undefined>;
  /** Opens a client of one zone; nothing is sent yet. */
  readonly open: (settings: PowerDnsSettings, zone: string, world: SecretWorld) => PowerDnsClient;
}

/** The real one. Relative paths start at `folder`. */
export function trafficWorldOf(
  folder: string,
  environment: SecretWorld['environment'],
): TrafficWorld {
  return {
    folder,
    environment,
    clock: Date.now,
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    probe: (question, vantage) => probeByQuorum(question, vantage, environment),
    open: openPowerDns,
  };
}
