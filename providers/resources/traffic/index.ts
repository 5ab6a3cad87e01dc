/** Traffic: the answers of DNS that send users to the chosen clusters, as a managed resource: planned, published, read, removed and taken over. */
import { EdgeError, type EdgeError as Mistake, throwAll } from '../../../constructs/parsing';
import { targetText } from '../../dns/powerdns/marker';
import { type PublicationPlan, planRemoval } from '../../dns/powerdns/publication';
import { readPublished, writePlan } from '../../dns/powerdns/publish';
import { powerDnsSchema } from '../../dns/powerdns/settings';
import type { Problem, Reconciled, Resource } from '../contract';
import { waitUntilServing } from './endpoints';
import { planFrom, planTraffic, type TrafficPlan } from './plan';
import { parseTraffic, type TrafficProps, trafficSchema } from './props';
import {
  hostsAsData,
  leavingHosts,
  namesOf,
  publishedFor,
  stored,
  type TrafficState,
} from './state';
import type { TrafficWorld } from './world';
import { type OpenZone, openZone } from './zone';

export { type Draining, type DrainWorld, waitUntilGone } from './drain';
export { waitUntilServing } from './endpoints';
export { answersText, changesTraffic, fitText, type TrafficPlan } from './plan';
export {
  parseTable,
  parseTraffic,
  parseTrafficSettings,
  type TrafficInput,
  type TrafficProps,
  tableInput,
  trafficSchema,
} from './props';
export { type Plain, type RecordsFor, recordsOf } from './records';
export { expectedTraffic, namesByTarget, readTrafficState, type TrafficState } from './state';
export { type TrafficWorld, trafficWorldOf } from './world';

type Done = Reconciled<TrafficState, TrafficPlan>;

/** The resource `traffic`. */
export const traffic: Resource<TrafficProps, TrafficState, TrafficPlan, TrafficPlan, TrafficWorld> =
  {
    kind: 'traffic',
    doc: 'Makes the hosts of an app answer with the clusters that a placement chose for the users of each country, once those clusters serve.',
    schema: trafficSchema,
    parse: parseTraffic,
    plan: planTraffic,
    read: readTraffic,
    reconcile,
    delete: remove,
    import: importTraffic,
  };

async function reconcile(
  prior: TrafficState | undefined,
  props: TrafficProps,
  world: TrafficWorld,
): Promise<Done> {
  const { powerdns, table, owner } = props;
  const base = { app: table.app, owner, names: namesOf(props, prior) };
  if (powerdns === undefined) {
    const there = publishedFor(props, prior);
    const { plan, publication } = planFrom(there, [], props, prior);
    throwAll(publication.refusals);
    const problems = await unreadyProblems(publication, props, world);
    const state = problems.length > 0 ? prior : { ...base, hosts: hostsAsData(props) };
    return { state, outcome: plan, problems, warnings: elsewhere(prior, undefined) };
  }
  const place = await openZone(powerdns, table.hosts, table.zone, world);
  try {
    const { zone, client } = place;
    const isHere = prior?.powerdns?.url === powerdns.url && prior?.zone === zone;
    const here = isHere ? prior : undefined;
    const hosts = leavingHosts(props, here);
    const leaving = await readPublished(
      client,
      hosts.map(({ host }) => host),
    );
    const there = await readPublished(client, table.hosts);
    const { plan, publication } = planFrom(there, leaving, props, prior);
    throwAll(publication.refusals);
    const problems = await unreadyProblems(publication, props, world);
    if (problems.length === 0) {
      await writePlan(client, publication);
      await writePlan(client, planRemoval(leaving, owner));
    }
    const after = { ...base, powerdns, zone, hosts: await seen(place, table.hosts) };
    const warnings = elsewhere(prior, here);
    return { state: after, outcome: plan, problems, warnings };
  } finally {
    await place.client.close();
  }
}

const seen = async ({ client }: OpenZone, hosts: readonly string[]) =>
  (await readPublished(client, hosts)).map(stored);

/** Records at another server, or in another zone, are left for whoever looks after it. */
function elsewhere(
  prior: TrafficState | undefined,
  same: TrafficState | undefined,
): readonly string[] {
  if (prior?.powerdns === undefined || same !== undefined) return [];
  const hosts = prior.hosts.map(({ host }) => host).join(', ');
  return [
    `the records of ${hosts} in the zone ${prior.zone ?? ''} at ${prior.powerdns.url} stay there: this resource now writes elsewhere`,
  ];
}

/** Nobody is sent to a cluster that does not serve: clusters that some users newly get are asked first. */
async function unreadyProblems(
  { changes, writes }: PublicationPlan,
  { table, readySeconds, endpointCaFile, powerdns }: TrafficProps,
  world: TrafficWorld,
): Promise<readonly Problem[]> {
  if (changes.length === 0 || (powerdns !== undefined && writes.length === 0)) return [];
  const targets = new Set(changes.flatMap(({ after }) => after.map(({ target }) => target)));
  const answered = new Set(
    table.slots.flatMap(({ answers }) => answers.map(({ cluster }) => cluster)),
  );
  const clusters = [...answered].filter((name) => targets.has(targetText(table, name))).sort();
  const waiting = { table, clusters, readySeconds, endpointCaFile };
  const unready = await waitUntilServing(waiting, world);
  return unready.map(({ cluster, reason }) => ({
    subject: cluster,
    summary: `users are not sent to ${cluster}, which does not serve yet: ${reason}`,
    remedy: `Nothing was published. Apply again once ${cluster} serves, or raise readySeconds.`,
  }));
}

/** Hosts at a server, where no state was kept. */
export interface LiveHosts {
  readonly app: string;
  readonly owner: string;
  readonly powerdns: TrafficProps['powerdns'];
  readonly hosts: readonly string[];
  readonly zone: string | undefined;
  /** Names of clusters by their addresses, for words about answers. */
  readonly names: TrafficState['names'];
}

/** The state as the server has it now. Throws EdgeErrors. */
export async function liveTraffic(live: LiveHosts, world: TrafficWorld): Promise<TrafficState> {
  const { app, owner, powerdns, hosts, zone, names } = live;
  if (powerdns === undefined) return { app, owner, names, hosts: [] };
  const place = await openZone(powerdns, hosts, zone, world);
  try {
    return { app, owner, names, powerdns, zone: place.zone, hosts: await seen(place, hosts) };
  } finally {
    await place.client.close();
  }
}

async function readTraffic(
  prior: TrafficState,
  world: TrafficWorld,
): Promise<TrafficState | undefined> {
  const { powerdns, zone, hosts } = prior;
  if (powerdns === undefined) return prior;
  const names = hosts.map(({ host }) => host);
  const place = await openZone(powerdns, names, zone, world);
  try {
    const there = await readPublished(place.client, names);
    const isOurs = there.some(({ marker }) => marker?.owner === prior.owner);
    return isOurs ? { ...prior, zone: place.zone, hosts: there.map(stored) } : undefined;
  } finally {
    await place.client.close();
  }
}

async function remove(prior: TrafficState, world: TrafficWorld): Promise<Done> {
  const outcome = planTraffic(prior, undefined);
  const done = { state: undefined, outcome, problems: [], warnings: [] };
  const { powerdns, zone, hosts, owner } = prior;
  if (powerdns === undefined) return done;
  const names = hosts.map(({ host }) => host);
  const place = await openZone(powerdns, names, zone, world);
  try {
    const there = await readPublished(place.client, names);
    await writePlan(place.client, planRemoval(there, owner));
    const kept = there.filter(({ marker }) => marker !== undefined && marker.owner !== owner);
    const warnings = kept.map(
      ({ host, marker }) => `${host} stays: it is kept by ${marker?.owner ?? ''} now`,
    );
    return { ...done, warnings };
  } finally {
    await place.client.close();
  }
}

/** `id` is HOST[,HOST]@URL, such as `shop.example.com@http://127.0.0.1:8081`. */
async function importTraffic(id: string, world: TrafficWorld): Promise<TrafficState> {
  const [, list = '', url = ''] = /^([^@]+)@(https?:\/\/.+)$/.exec(id) ?? [];
  const hosts = list.split(',').filter((host) => host !== '');
  if (hosts.length === 0) throw cannotImport(`got ${JSON.stringify(id)}, expected HOST@URL`);
  const powerdns = powerDnsSchema.parse({ url });
  const place = await openZone(powerdns, hosts, undefined, world);
  try {
    const there = await readPublished(place.client, hosts);
    const marker = there[0]?.marker;
    const bare = there.find((one) => one.marker === undefined);
    if (bare !== undefined || marker === undefined) {
      throw cannotImport(`${bare?.host ?? list} has no records that littoral wrote`);
    }
    const { app, owner } = marker;
    return { app, owner, powerdns, zone: place.zone, hosts: there.map(stored), names: {} };
  } finally {
    await place.client.close();
  }
}

function cannotImport(summary: string): Mistake {
  return new EdgeError({
    code: 'InvalidDocument',
    path: 'id',
    summary,
    remedy:
      'Write hosts parted by commas, and the address of the PowerDNS API: shop.example.com@http://127.0.0.1:8081.',
  });
}
