/** littoral resolve: what users of a place are answered for a host, by the routing table and by the live server, side by side. */
import { coversHost } from '../../../constructs/certificates';
import { givenDemand } from '../../../constructs/policy';
import type { RoutingTable } from '../../../constructs/routing';
import type { ClientSubnet } from '../../dns/question/ask';
import type { ClientNetworks } from '../../dns/question/client-networks';
import {
  type LiveAnswer,
  liveAnswer,
  type TableAnswer,
  tableAnswer,
} from '../../endpoints/live-answers';
import { type Flags, usageError, type Values } from '../input/flags';
import { decidedFlags, loadInput } from '../input/inputs';
import { askingFor, liveFlags, networksOf, notByPlace, subnetIn } from '../input/live';
import { trafficOf, withoutServer } from '../input/traffic';
import { type ExitCode, exit } from '../output/exit';
import { resolutionText } from '../output/print/endpoints';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  ...decidedFlags,
  from: {
    value: 'WHERE',
    doc: 'Users: country=DE, an address, a network such as 198.51.100.0/24, or an origin of the demand.',
  },
  ...liveFlags,
  subnet: {
    value: 'CIDR',
    doc: 'Network that the server is told users are in. Default: of --from, else one of their country in --geoip.',
  },
  offline: { doc: 'Reads the routing table alone; no server is asked.' },
  json: { doc: 'Prints both as a document.' },
} as const satisfies Flags;
type ResolveValues = Values<typeof flags>;

/** The command `resolve`. */
export const resolve = command({
  name: 'resolve',
  usage: [
    'littoral resolve HOST --from country=DE --app APP.yaml --fleet FLEET.yaml [--decision LOCK] [--dns ADDRESS] [--geoip FILE.mmdb]',
  ],
  about:
    'Says which cluster the routing table answers users of a place with, and what the DNS server answers them now, asked with a client subnet. Exit code 0 when both are the same, 10 when they differ or a second choice is answered, 1 when the server gives no answer.',
  flags,
  words: 1,
  examples: [
    [
      'littoral resolve shop.example.com --from country=DE --geoip GeoLite2-Country.mmdb --app shop.yaml --fleet fleet.yaml --decision shop.lock.json',
      'both, side by side',
    ],
    [
      'littoral resolve shop.example.com --from country=DE --offline --app shop.yaml --fleet fleet.yaml --decision shop.lock.json',
      'the table alone',
    ],
  ],
  run: async (values, session, [word]) => {
    if (word === undefined) throw usageError('resolve', 'HOST', 'is missing');
    const host = word.toLowerCase().replace(/\.$/, '');
    const table = await tableOf(host, values, session);
    const networks = networksOf(values, session);
    const from = await placeOf(values, networks, session);
    const given = tableAnswer(table, from.place);
    if (given === undefined) throw notByPlace('resolve', table);
    const live = values.offline
      ? undefined
      : await answered(host, table, given, from, values, networks);
    const who =
      from.place === 'default'
        ? `${values.from}, which the database has in no country`
        : from.place;
    session.print(
      values.json
        ? `${JSON.stringify(live === undefined ? { host, ...given } : live, null, 2)}\n`
        : resolutionText({ host, from: who, given, table, live }, session),
    );
    return codeOf(live);
  },
});

async function tableOf(
  host: string,
  values: ResolveValues,
  session: Session,
): Promise<RoutingTable> {
  const traffic = { ...withoutServer, ...values, previous: undefined };
  const tables = (await trafficOf('resolve', traffic, session)).map(({ props }) => props.table);
  const exact = tables.find(({ hosts }) => hosts.includes(host));
  const found = exact ?? tables.find(({ hosts }) => hosts.some((one) => coversHost(one, host)));
  if (found !== undefined) return found;
  const known = tables.flatMap(({ hosts }) => hosts).join(', ');
  throw usageError('resolve', 'HOST', `no app has the host ${host}`, `The apps have ${known}.`);
}

interface From {
  readonly place: string;
  readonly subnet: ClientSubnet | undefined;
}

async function placeOf(
  values: ResolveValues,
  networks: ClientNetworks | undefined,
  session: Session,
): Promise<From> {
  const { from } = values;
  if (from === undefined) {
    throw usageError('resolve', '--from', 'is missing', 'Add --from country=DE, or an address.');
  }
  const subnet = subnetOf(values);
  const [, code] = /^country=([A-Za-z]{2})$/.exec(from) ?? [];
  if (code !== undefined) return { place: code.toUpperCase(), subnet };
  const network = subnetIn(from);
  if (network !== undefined) {
    if (networks === undefined) {
      const summary = `nothing says in which country ${from} is`;
      throw usageError('resolve', '--geoip', summary, 'Add --geoip FILE.mmdb.');
    }
    const country = networks.countryOf(network.address);
    return { place: country ?? 'default', subnet: subnet ?? network };
  }
  return { place: await placeOfOrigin(from, values, session), subnet };
}

function subnetOf({ subnet }: ResolveValues): ClientSubnet | undefined {
  if (subnet === undefined) return undefined;
  const found = subnetIn(subnet);
  if (found !== undefined) return found;
  throw usageError(
    'resolve',
    '--subnet',
    `got ${JSON.stringify(subnet)}, expected a network such as 198.51.100.0/24`,
  );
}

async function placeOfOrigin(
  from: string,
  values: ResolveValues,
  session: Session,
): Promise<string> {
  const { input } = await loadInput('resolve', { ...values, previous: undefined }, session);
  const origins = input.apps.flatMap((one) => givenDemand(one, input)?.origins ?? []);
  const found = origins.find(({ name }) => name === from);
  if (found?.country !== undefined) {
    return /^[A-Z]{2}-[A-Z0-9]{1,3}$/.test(from) ? `subdivision-${from}` : found.country;
  }
  const summary =
    found === undefined
      ? `got ${JSON.stringify(from)}, expected country=DE, an address, a network, or an origin of the demand`
      : `the origin ${from} has no country`;
  throw usageError('resolve', '--from', summary, 'Write --from country=DE.');
}

async function answered(
  host: string,
  table: RoutingTable,
  given: TableAnswer,
  { subnet, place }: From,
  values: ResolveValues,
  networks: ClientNetworks | undefined,
): Promise<LiveAnswer> {
  const country = /^(?:subdivision-)?([A-Z]{2})/.exec(place)?.[1] ?? place;
  const network = subnet ?? networks?.of([country]).get(country);
  if (network === undefined) {
    const [summary, remedy] =
      networks === undefined
        ? [
            `nothing says from which network users of ${place} ask`,
            'Add --geoip FILE.mmdb or --subnet CIDR',
          ]
        : [`the database has no network of ${place}`, 'Add --subnet CIDR'];
    throw usageError('resolve', '--geoip', summary, `${remedy}, or --offline for the table alone.`);
  }
  return liveAnswer(table, host, given, network, await askingFor(values, host));
}

function codeOf(live: LiveAnswer | undefined): ExitCode {
  if (live === undefined || live.verdict === 'assigned') return exit.done;
  return live.verdict === 'silent' ? exit.failure : exit.difference;
}
