/** routingOf: from a decision to the table of answers that a DNS system can express best. */
import type { PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import type { DnsSystem, Exposure, Ingress } from '../model/exposure';
import type { Fleet } from '../model/fleet';
import { EdgeError } from '../parsing';
import type { EdgeApp } from '../policy';
import { type AssignedDemand, assignedDemand, decisionFor } from './assigned-demand';
import { capacitiesOf, fitOf } from './fit';
import { type CountryOf, type PlaceNode, placeTree } from './place-tree';
import { project } from './projection';
import type { Fit, RoutingTable, Slot } from './routing-table';
import { divideForLoad, failoverOf, type SlotDraft, slotDrafts } from './slots';
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
}

/** The best answers that the system can give. Throws EdgeErrors where the app has no exposure, or residency cannot be kept. */
export function routingOf(input: RoutingInput): RoutingTable {
  const { decision, app, fleet } = input;
  const exposure = exposureOf(app);
  const system = input.system ?? exposure.dns.system;
  const decided = decisionFor(decision, app.name);
  const demand = assignedDemand(decided, input.demand, fleet, app);
  const vocabulary = vocabularies[system];
  const { drafts, blindRequestsPerSecond, warnings } = draftsFor(vocabulary, demand, input);
  const capacities = capacitiesOf(demand, decision, app);
  if (vocabulary.isWeighted) divideForLoad(drafts, capacities);
  const isApproximate = vocabulary.approximate !== undefined;
  const fit = fitOf(demand, {
    drafts,
    capacities,
    decided,
    app,
    blindRequestsPerSecond,
    isApproximate,
  });
  return {
    app: app.name,
    system,
    hosts: exposure.hosts,
    ...(exposure.dns.zone === undefined ? {} : { zone: exposure.dns.zone }),
    ttlSeconds: exposure.dns.ttlSeconds,
    ...(exposure.probe === undefined ? {} : { probe: exposure.probe }),
    isSecure: exposure.tls.issuer !== undefined || exposure.tls.secret !== undefined,
    decision: decision.digest,
    now: decision.now,
    slots: drafts.map((draft) => written(draft, demand)).sort(byKey),
    requestsByCountry: requestsByCountry(demand, input.countryOf),
    targets: targetsOf(demand),
    fit,
    warnings: [...warnings, ...fitWarnings(fit, vocabulary)],
  };
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
  readonly drafts: SlotDraft[];
  readonly blindRequestsPerSecond: number;
  readonly warnings: readonly string[];
}

function draftsFor(vocabulary: Vocabulary, demand: AssignedDemand, input: RoutingInput): Drafted {
  const { keys, maxSlots, title } = vocabulary;
  if (keys.by === 'nothing') return everywhere(demand, input, title);
  if (keys.by !== 'places') {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'exposure.dns.system',
      summary: `${title} cannot be written yet`,
      remedy: 'Use a system whose keys are countries.',
    });
  }
  const tree = placeTree(demand, keys, input.countryOf);
  const projection = project(tree.nodes, maxSlots);
  if (projection === undefined) throw inseparable(tree.nodes, demand, title);
  const { blindRequestsPerSecond, unservable } = tree;
  return {
    drafts: slotDrafts(tree.nodes, projection, demand),
    blindRequestsPerSecond,
    warnings: residencyWarnings(unservable, demand),
  };
}

/** Everybody gets every answer that residency allows everybody. */
function everywhere(demand: AssignedDemand, input: RoutingInput, title: string): Drafted {
  const tree = placeTree(demand, { by: 'places', levels: ['country'] }, input.countryOf);
  const [world] = tree.nodes;
  const [draft] = slotDrafts(
    tree.nodes,
    {
      cluster: new Int32Array(tree.nodes.length),
      hasSlot: Uint8Array.from(tree.nodes, (_, n) => (n === 0 ? 1 : 0)),
    },
    demand,
  );
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
  return { drafts: [draft], blindRequestsPerSecond: 0, warnings };
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

function written(draft: SlotDraft, { clusters }: AssignedDemand): Slot {
  const { key, kind, code } = draft.node;
  return {
    key,
    kind,
    code,
    answers: draft.answers.map(([c, share]) => ({ cluster: clusters[c].name, share })),
    failover: failoverOf(draft).map((c) => clusters[c].name),
    requestsPerSecond: draft.requestsPerSecond,
  };
}

function requestsByCountry(
  { origins }: AssignedDemand,
  countryOf: CountryOf | undefined,
): RoutingTable['requestsByCountry'] {
  const sums = new Map<string, number>();
  for (const origin of origins) {
    const country = origin.country ?? countryOf?.(origin) ?? '';
    sums.set(country, (sums.get(country) ?? 0) + origin.requestsPerSecond);
  }
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
