/** RoutingTable: which cluster a DNS system is to answer with, by what it can tell users apart, and how well that fits the decision. */
import type { DnsSystem, Exposure } from '../model/app/exposure';
import type { Ingress } from '../model/ingress';

/** What a slot is about: the whole world, a part of it, or a point that near users are sent to. */
export type SlotKind =
  | 'default'
  | 'continent'
  | 'country'
  | 'subdivision'
  | 'region'
  | 'prefix'
  | 'point';

/** A cluster in an answer, with its share of the requests that the slot catches. */
export interface SlotAnswer {
  /** The cluster, as the fleet names it. */
  readonly cluster: string;
  /** Share of the slot's requests, above 0; the shares of a slot add up to 1. */
  readonly share: number;
}

/** One key of the DNS system with its answer. It is named after users, never after a cluster, so that a move changes it in place. */
export interface Slot {
  /** Unique in the table, e.g. `default`, `continent-EU`, `country-DE`, `subdivision-US-CA`, `region-WEU`, `point-1`. */
  readonly key: string;
  /** What the key is about. */
  readonly kind: SlotKind;
  /** Code of the place in the words of the DNS system, e.g. `DE`; empty for `default` and points. */
  readonly code: string;
  /** Answered while they are well, largest share first; at least one. One answer where the system or the load needs no more. */
  readonly answers: readonly SlotAnswer[];
  /** Answered when none of `answers` is well, best first; only clusters that residency allows. */
  readonly failover: readonly string[];
  /** Whether residency allows what the system itself answers when the slot is not well: the larger place, or the next point. Where not, the slot is answered without a health check. */
  readonly mayFailOver: boolean;
  /** Requests per second that the slot catches. */
  readonly requestsPerSecond: number;
  /** Where the slot's point is, for `point`. */
  readonly point?: {
    /** Degrees north. */
    readonly latitude: number;
    /** Degrees east. */
    readonly longitude: number;
    /** 0 to 99: distances to it are shortened by so many percent. */
    readonly bias: number;
  };
}

/** Load of one chosen cluster when DNS answers as the table says. */
export interface ClusterFit {
  /** The cluster. */
  readonly cluster: string;
  /** Requests per second that the decision assigned. */
  readonly assignedRequestsPerSecond: number;
  /** Requests per second that DNS sends. */
  readonly routedRequestsPerSecond: number;
  /** Requests per second that the replicas of the decision serve; null without a number per replica. */
  readonly replicaRequestsPerSecond: number | null;
  /** Ceiling of the cluster less what other apps have there; null without one. */
  readonly capacityRequestsPerSecond: number | null;
}

/** How well the slots express the assignment, computed from the demand. What resolvers and GeoIP databases get wrong comes on top. */
export interface Fit {
  /** Share of the requests that is answered with the assigned cluster, 0 to 1. */
  readonly matchedShare: number;
  /** Mean latency as routed less mean latency as assigned, in milliseconds; below 0 where DNS sends users nearer than capacity or price let the decision. */
  readonly addedMeanMilliseconds: number;
  /** The same of the latency that 95 of 100 requests stay within. */
  readonly addedP95Milliseconds: number;
  /** Of every chosen cluster, by name. */
  readonly clusters: readonly ClusterFit[];
  /** Requests per second of origins whose key the system cannot see; they count as `default`. */
  readonly blindRequestsPerSecond: number;
  /** Whether the answers depend on more than the key, so that the numbers above are estimates. */
  readonly isApproximate: boolean;
}

/** The answers that a DNS system is to give for the hosts of one app, as data. */
export interface RoutingTable {
  /** Name of the app. */
  readonly app: string;
  /** The DNS system whose keys the slots are. */
  readonly system: DnsSystem;
  /** Names that users ask for. */
  readonly hosts: readonly string[];
  /** Zone that the hosts are in, where the app says so. */
  readonly zone?: string;
  /** How long resolvers keep an answer. */
  readonly ttlSeconds: number;
  /** How long a cluster that users leave goes on serving after the TTL. */
  readonly drain: Exposure['dns']['drain'];
  /** What a cluster must answer to count as well; absent: nothing is checked. */
  readonly probe?: Exposure['probe'];
  /** Whether the app has residency rules, so that a wrong answer is worse than none. */
  readonly hasResidency: boolean;
  /** Whether users come by HTTPS. */
  readonly isSecure: boolean;
  /** Digest of the decision that it follows. */
  readonly decision: string;
  /** Instant of the decision, ISO 8601 with a zone: a table of an older one never replaces one of a newer. */
  readonly now: string;
  /** `default` first, then by key; never empty. */
  readonly slots: readonly Slot[];
  /** Requests per second by country, sorted; '' for origins whose country nobody knows. */
  readonly requestsByCountry: Readonly<Record<string, number>>;
  /** Addresses of clusters that slots name, where they are known. */
  readonly targets: Readonly<Record<string, Ingress>>;
  /** How well the slots express the decision. */
  readonly fit: Fit;
  /** What a reviewer should know, one sentence each. */
  readonly warnings: readonly string[];
}
