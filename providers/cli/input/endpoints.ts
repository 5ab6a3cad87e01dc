/** Endpoints: what users of apps get now, by the decision in force: addresses, and answers of DNS for every country of the demand. */
import type { RoutingTable } from '../../../constructs/routing';
import { eachOf } from '../../clusters/parallel';
import type { ClientNetworks } from '../../dns/question/client-networks';
import { endpointStatus } from '../../endpoints/endpoint-status';
import { type Asking, liveAnswer, tableAnswer } from '../../endpoints/live-answers';
import { readAuthorities } from '../../sources/files/referenced-file';
import type { Endpoints } from '../output/print/endpoints';
import type { Session } from '../output/terminal';
import type { Values } from './flags';
import type { InputValues } from './inputs';
import { askingFor, type liveFlags, networksOf } from './live';
import { trafficOf, withoutServer } from './traffic';

type EndpointValues = Omit<InputValues, 'previous'> &
  Values<typeof liveFlags> & {
    readonly decision: string | undefined;
    readonly 'endpoint-ca': string | undefined;
  };

/** Questions to one server at the same time. */
const PARALLELISM = 8;

/** By app; empty without a decision. Throws EdgeErrors. */
export async function endpointsOf(
  name: string,
  values: EndpointValues,
  session: Session,
): Promise<ReadonlyMap<string, Endpoints>> {
  const found = new Map<string, Endpoints>();
  if (values.decision === undefined) return found;
  const networks = networksOf(values, session);
  const environment = session.env;
  const authorities = readAuthorities(values['endpoint-ca'], session.cwd, '--endpoint-ca');
  const world = { environment, clock: Date.now, authorities };
  const apps = await trafficOf(name, { ...withoutServer, ...values, previous: undefined }, session);
  for (const { props } of apps) {
    const { table } = props;
    const [host = ''] = table.hosts;
    const asking = networks === undefined ? undefined : await askingFor(values, host);
    const answers = await answersOf(table, networks, asking);
    found.set(table.app, { ...answers, addresses: await endpointStatus(table, world) });
  }
  return found;
}

/** Most requests first. */
async function answersOf(
  table: RoutingTable,
  networks: ClientNetworks | undefined,
  asking: Asking | undefined,
): Promise<Pick<Endpoints, 'answers' | 'notes'>> {
  if (networks === undefined || asking === undefined) {
    const notes = ['DNS was not asked: --geoip FILE.mmdb says from which networks users ask'];
    return { answers: [], notes };
  }
  const countries = Object.entries(table.requestsByCountry)
    .filter(([country]) => country !== '')
    .sort(([, a], [, b]) => b - a)
    .map(([country]) => country);
  const subnets = networks.of(countries);
  const notes: string[] = [];
  const missing = countries.filter((country) => !subnets.has(country));
  if (missing.length > 0) {
    notes.push(`DNS was not asked for ${missing.join(', ')}, of which the database has no network`);
  }
  const questions = countries.flatMap((country) => {
    const subnet = subnets.get(country);
    const given = tableAnswer(table, country);
    if (subnet === undefined || given === undefined) return [];
    return table.hosts.map((host) => ({ host, subnet, given }));
  });
  if (countries.length > 0 && tableAnswer(table, 'default') === undefined) {
    notes.push(`DNS was not asked: ${table.system} does not tell users apart by country`);
  }
  const answers = await eachOf(questions, PARALLELISM, ({ host, subnet, given }) =>
    liveAnswer(table, host, given, subnet, asking),
  );
  return { answers, notes };
}
