/** routingOf: from a decision to the table of answers that a DNS system can express best. */

import type { DnsSystem, Exposure } from '../model/app/exposure';
import type { PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import type { Fleet } from '../model/fleet';
import type { Ingress } from '../model/ingress';
import { EdgeError } from '../parsing';
import type { EdgeApp } from '../policy';
import {
  type AssignedDemand,
  assignedDemand,
  type CountryOf,
  decisionFor,
} from './assigned-demand';
import { googleCells } from './cells';
import { type CountryFit, countryFits } from './country-fit';
import { answersByOrigin, capacitiesOf, fitOf } from './fit';
import { costOf, type PlaceNode } from './place-costs';
import { placeTree } from './place-tree';
import { nearestPoints } from './points';
import { project } from './projection';
import type { Fit, RoutingTable, Slot } from './routing-table';
import { divideForLoad, failoverOf, mayFailOver, type SlotDraft, slotDrafts } from './slots';
import { type Vocabulary, vocabularies } from './vocabularies';

/** What a routing table is computed from. */
export interface RoutingInput {
  /** The decision to follow. */
  readonly decision: PlacementDecision;
  /** The demand that it was made for. */
  readonly demand: Demand;
  /** The fleet that it was made for. */
  readonly fleet: Fleet;
  /** The app, with its exposure. */
  readonly app: EdgeApp;
  /** The DNS system. Default: `exposure.dns.system`. */
  readonly system?: DnsSystem;
  /** The country of a point, for origins that name none. Default: they count as `default`. */
  readonly countryOf?: CountryOf;
  /** The table in force, so that points keep their keys. Default: none. */
  readonly previous?: RoutingTable;
}

/** The best answers that the system can give. Throws EdgeErrors where the app has no exposure, or residency cannot be kept. */
export function routingOf(input: RoutingInput): RoutingTable {
  return routingByCountry(input).table;
}

/** The same with how well each country is answered. Throws EdgeErrors as `routingOf` does. */
export function routingByCountry(input: RoutingInput): {
  /** The answers. */
  readonly table: RoutingTable;
  /** Every country with requests, most requests first. */
  readonly countries: readonly CountryFit[];
} {
  const { decision, app, fleet } = input;
  const exposure = exposureOf(app);
  const system = input.system ?? exposure.dns.system;
  const decided = decisionFor(decision, app.name);
  const demand = assignedDemand(decided, input.demand, fleet, app, input.countryOf);
  const vocabulary = vocabularies[system];
  const { drafts, nodes, blindRequestsPerSecond, warnings } = draftsFor(vocabulary, demand, input);
  const capacities = capacitiesOf(demand, decision, app);
  if (vocabulary.isWeighted) divideForLoad(drafts, capacities, demand);
  const isApproximate = vocabulary.approximate !== undefined;
  const fit = fitOf(demand, {
    drafts,
    capacities,
    decided,
    app,
    blindRequestsPerSecond,
    isApproximate,
  });
  const table: RoutingTable = {
    app: app.name,
    system,
    hosts: exposure.hosts,
    ...(exposure.dns.zone === undefined ? {} : { zone: exposure.dns.zone }),
    ttlSeconds: exposure.dns.ttlSeconds,
    drain: drainOf(app, exposure),
    ...(exposure.probe === undefined ? {} : { probe: exposure.probe }),
    hasResidency: demand.hasResidency,
    isSecure: exposure.tls.issuer !== undefined || exposure.tls.secret !== undefined,
    decision: decision.digest,
    now: decision.now,
    slots: drafts
      .map((draft) =>
        written(draft, demand, mayFailOver(draft, drafts, nodes, vocabulary.failover)),
      )
      .sort(byKey),
    requestsByCountry: requestsByCountry(demand),
    targets: targetsOf(demand),
    fit,
    warnings: [...warnings, ...fitWarnings(fit, vocabulary), ...drainWarnings(app, exposure)],
  };
  const answered = answersByOrigin(drafts, demand.origins.length);
  return { table, countries: countryFits(demand, answered) };
}

function drainWarnings(app: EdgeApp, exposure: Exposure): readonly string[] {
  const { query, prometheus } = drainOf(app, exposure);
  if (query === undefined || prometheus !== undefined) return [];
  return [
    'drain.query has no server to ask, so moves wait for the ceiling; give drain.prometheus, or demand.prometheus',
  ];
}

/** Where nothing else is said, metrics are where the demand is read. */
function drainOf({ demand }: EdgeApp, { dns: { drain } }: Exposure): RoutingTable['drain'] {
  const source = demand as { readonly prometheus?: Record<string, unknown> } | undefined;
  const server = source?.prometheus;
  if (drain.query === undefined || drain.prometheus !== undefined || server === undefined) {
    return drain;
  }
  const { query: _, labels: __, mode: ___, answer: ____, ...prometheus } = server;
  return { ...drain, prometheus };
}

function exposureOf(app: EdgeApp): Exposure {
  if (app.exposure !== undefined) return app.exposure;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'exposure',
    summary: `the app ${app.name} has no exposure, expected hosts and a DNS system`,
    remedy: 'Add exposure with hosts, gateway and dns.',
  });
}

interface Drafted {
  readonly nodes: readonly PlaceNode[];
  readonly drafts: SlotDraft[];
  readonly blindRequestsPerSecond: number;
  readonly warnings: readonly string[];
}

function draftsFor(vocabulary: Vocabulary, demand: AssignedDemand, input: RoutingInput): Drafted {
  const { keys, maxSlots, title } = vocabulary;
  if (keys.by === 'nothing') return everywhere(demand, title);
  if (keys.by === 'regions') return byRegions(demand, title);
  if (keys.by === 'points') return byPoints(demand, input, vocabulary, keys.maxBias);
  const tree = placeTree(demand, keys);
  const projection = project(tree.nodes, maxSlots, (n, c) =>
    costOf(tree.nodes[n].origins, c, demand),
  );
  if (projection === undefined) throw inseparable(tree.nodes, demand, title);
  const { blindRequestsPerSecond, unservable } = tree;
  return {
    nodes: tree.nodes,
    drafts: slotDrafts(tree.nodes, projection),
    blindRequestsPerSecond,
    warnings: residencyWarnings(unservable, demand),
  };
}

/** Every region of the system is a slot, answered with what is best for the users who are nearest to it. */
function byRegions(demand: AssignedDemand, title: string): Drafted {
  const { nodes, unservable } = googleCells(demand);
  const cluster = Int32Array.from(nodes, ({ cost }) => cost.indexOf(Math.min(...cost)));
  const hasSlot = new Uint8Array(nodes.length).fill(1);
  const closed = nodes.find(({ cost }) => cost.every((one) => one === Number.POSITIVE_INFINITY));
  if (closed !== undefined) throw inseparable([closed], demand, title);
  return {
    nodes,
    drafts: slotDrafts(nodes, { cluster, hasSlot }),
    blindRequestsPerSecond: 0,
    warnings: residencyWarnings(unservable, demand),
  };
}

/** Every chosen cluster is a point that draws the users who are nearest to it. */
function byPoints(
  demand: AssignedDemand,
  { previous }: RoutingInput,
  { title, maxSlots }: Vocabulary,
  maxBias: number,
): Drafted {
  const { clusters } = demand;
  if (clusters.length > maxSlots) {
    throw new EdgeError({
      code: 'TooLarge',
      path: 'exposure.dns.system',
      summary: `got ${clusters.length} clusters, but ${title} has at most ${maxSlots} points for a name`,
      remedy: 'Use a system with countries, or lower policy.constraints.maxClusters.',
    });
  }
  const { nodes, bias, unservable, forbidden } = nearestPoints(demand, maxBias);
  if (forbidden !== undefined) {
    throw new EdgeError({
      code: 'Unsatisfied',
      path: 'exposure.dns.system',
      summary: `residency forbids ${forbidden} the cluster whose point is nearest, and ${title} goes by distance alone`,
      remedy: 'Use a system whose keys are countries, such as powerdns-lua.',
    });
  }
  const keys = pointKeys(
    clusters.map(({ name }) => name),
    previous,
  );
  const cluster = Int32Array.from(nodes.keys());
  const hasSlot = new Uint8Array(nodes.length).fill(1);
  const drafts = slotDrafts(nodes, { cluster, hasSlot }).map((draft, c) => {
    const { latitude, longitude } = clusters[c];
    const node = { ...draft.node, key: keys[c] };
    return { ...draft, node, point: { latitude, longitude, bias: bias[c] } };
  });
  const warnings = residencyWarnings(unservable, demand);
  return { nodes, drafts, blindRequestsPerSecond: 0, warnings };
}

/** A cluster keeps the point that it had; new ones take those that are free, so that a move changes a point in place. */
function pointKeys(
  names: readonly string[],
  previous: RoutingTable | undefined,
): readonly string[] {
  const had = new Map(
    (previous?.slots ?? []).flatMap(({ kind, key, answers: [first] }) =>
      kind === 'point' ? [[first.cluster, key] as const] : [],
    ),
  );
  const taken = new Set(names.flatMap((name) => had.get(name) ?? []));
  let next = 0;
  const free = () => {
    do next++;
    while (taken.has(`point-${next}`));
    return `point-${next}`;
  };
  return names.map((name) => had.get(name) ?? free());
}

/** Everybody gets every answer that residency allows everybody. */
function everywhere(demand: AssignedDemand, title: string): Drafted {
  const tree = placeTree(demand, { by: 'places', levels: ['country'] });
  const [world] = tree.nodes;
  const [draft] = slotDrafts(tree.nodes, {
    cluster: new Int32Array(tree.nodes.length),
    hasSlot: Uint8Array.from(tree.nodes, (_, n) => (n === 0 ? 1 : 0)),
  });
  const legal = [...draft.legal.keys()].filter((c) => draft.legal[c] === 1);
  if (legal.length === 0)
    throw inseparable([{ ...world, ...draft, key: 'default' }], demand, title);
  draft.answers = legal.map((c) => [c, 1 / legal.length]);
  const left = demand.clusters.length - legal.length;
  const warnings = [...residencyWarnings(tree.unservable, demand)];
  if (left > 0) {
    warnings.push(
      `${title} answer everybody alike, so ${left} of ${demand.clusters.length} clusters are left out, which residency forbids to some`,
    );
  }
  return { nodes: tree.nodes, drafts: [draft], blindRequestsPerSecond: 0, warnings };
}

function inseparable(
  nodes: readonly Pick<PlaceNode, 'key' | 'legal' | 'origins'>[],
  { origins }: AssignedDemand,
  title: string,
): EdgeError {
  const node = nodes.find(({ legal }) => legal.every((one) => one === 0));
  const [first, second] = (node?.origins ?? []).map((o) => origins[o].name);
  const who = [first, second].filter((name) => name !== undefined).join(' and ');
  const users = who === '' ? 'users' : `users such as ${who}`;
  return new EdgeError({
    code: 'Unsatisfied',
    path: 'exposure.dns.system',
    summary: `residency forbids every chosen cluster to some of the ${users} in slot ${node?.key ?? 'default'}, and ${title} cannot tell them apart`,
    remedy:
      'Use a system with finer keys, such as powerdns-lua, or make residency the same for them.',
  });
}

const byKey = (a: Slot, b: Slot) =>
  Number(b.kind === 'default') - Number(a.kind === 'default') || (a.key < b.key ? -1 : 1);

function written(draft: SlotDraft, demand: AssignedDemand, mayFailOver: boolean): Slot {
  const { clusters } = demand;
  const { key, kind, code } = draft.node;
  return {
    key,
    kind,
    code,
    answers: draft.answers.map(([c, share]) => ({ cluster: clusters[c].name, share })),
    failover: failoverOf(draft, demand).map((c) => clusters[c].name),
    mayFailOver,
    requestsPerSecond: draft.requestsPerSecond,
    ...(draft.point === undefined ? {} : { point: draft.point }),
  };
}

function requestsByCountry({
  origins,
  countries,
}: AssignedDemand): RoutingTable['requestsByCountry'] {
  const sums = new Map<string, number>();
  origins.forEach(({ requestsPerSecond }, index) => {
    const country = countries[index] ?? '';
    sums.set(country, (sums.get(country) ?? 0) + requestsPerSecond);
  });
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function targetsOf({ clusters }: AssignedDemand): Readonly<Record<string, Ingress>> {
  return Object.fromEntries(
    clusters.flatMap(({ name, ingress }) => (ingress === undefined ? [] : [[name, ingress]])),
  );
}

function residencyWarnings(
  unservable: readonly string[],
  { hasResidency }: AssignedDemand,
): readonly string[] {
  if (!hasResidency) return [];
  const known =
    'users whose country the DNS system cannot tell get the answer of default, wherever they are';
  if (unservable.length === 0) return [known];
  const few = unservable.slice(0, 5).join(', ');
  const more = unservable.length > 5 ? ` and ${unservable.length - 5} more countries` : '';
  return [
    known,
    `no chosen cluster may serve ${few}${more}, where no requests come from yet; they are answered as if no rule held`,
  ];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const rate = (value: number) => `${value.toFixed(1)} requests/s`;

function fitWarnings(fit: Fit, { title, approximate }: Vocabulary): readonly string[] {
  const warnings: string[] = [];
  if (approximate !== undefined) warnings.push(`${title}: ${approximate}; the fit is an estimate`);
  const sum = fit.clusters.reduce((total, one) => total + one.routedRequestsPerSecond, 0);
  if (fit.blindRequestsPerSecond > 0) {
    const share = percent(fit.blindRequestsPerSecond / sum);
    warnings.push(
      `${share} of the requests come from origins without a country; they count as default`,
    );
  }
  for (const one of fit.clusters) {
    const { cluster, routedRequestsPerSecond: routed, assignedRequestsPerSecond } = one;
    const { capacityRequestsPerSecond: ceiling, replicaRequestsPerSecond: replicas } = one;
    const isMore = routed > assignedRequestsPerSecond * (1 + 1e-6);
    if (ceiling !== null && routed > ceiling * (1 + 1e-6)) {
      warnings.push(`${cluster} would get ${rate(routed)}, more than its ${rate(ceiling)}`);
    } else if (isMore && replicas !== null && routed > replicas * (1 + 1e-6)) {
      warnings.push(
        `${cluster} would get ${rate(routed)}, its replicas serve ${rate(replicas)}: an autoscaler must add some`,
      );
    }
  }
  return warnings;
}
