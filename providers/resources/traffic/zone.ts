/** Zone: opens the zone of PowerDNS that the hosts of a table are in: the one that is named, else the smallest that the server has. */
import { EdgeError } from '../../../constructs/parsing';
import type { PowerDnsClient } from '../../dns/powerdns/client';
import type { PowerDnsSettings } from '../../dns/powerdns/settings';
import type { TrafficWorld } from './world';

/** An open zone; close its client. */
export interface OpenZone {
  readonly zone: string;
  readonly client: PowerDnsClient;
}

/** Throws EdgeErrors where no zone holds every host, or the server cannot be asked. */
export async function openZone(
  settings: PowerDnsSettings,
  hosts: readonly string[],
  named: string | undefined,
  world: TrafficWorld,
): Promise<OpenZone> {
  const zone = (settings.zone ?? named)?.replace(/\.$/, '').toLowerCase();
  if (zone !== undefined) {
    const outside = hosts.find((host) => !isWithin(host, zone));
    if (outside === undefined) return { zone, client: world.open(settings, zone, world) };
    throw notInOne(outside, zone);
  }
  const [first = ''] = hosts;
  const labels = first.replace(/^\*\./, '').split('.');
  for (let from = 0; from < labels.length; from++) {
    const candidate = labels.slice(from).join('.');
    const client = world.open(settings, candidate, world);
    const isThere = await client.exists().catch(async (error: unknown) => {
      await client.close();
      throw error;
    });
    const outside = hosts.find((host) => !isWithin(host, candidate));
    if (isThere && outside === undefined) return { zone: candidate, client };
    await client.close();
    if (isThere && outside !== undefined) throw notInOne(outside, candidate);
  }
  throw new EdgeError({
    code: 'UnknownName',
    path: 'powerdns.zone',
    summary: `the PowerDNS at ${new URL(settings.url).origin} has no zone for ${first}`,
    remedy: 'Create the zone there, or point powerdns.url at the server that has it.',
  });
}

const isWithin = (host: string, zone: string) => host === zone || host.endsWith(`.${zone}`);

function notInOne(host: string, zone: string): EdgeError {
  return new EdgeError({
    code: 'Contradiction',
    path: 'table.hosts',
    summary: `${host} is not in the zone ${zone}, and all hosts of an app are written in one transaction`,
    remedy: 'Give hosts of one zone to one app, or name the zone that holds them all.',
  });
}
