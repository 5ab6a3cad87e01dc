/** What the conformance suite asks of a wire: the same verbs for a contract in memory, Terraform and Pulumi. */
import type { Bundle } from '../../constructs/model/app/bundle';
import type { PlacementDecision } from '../../constructs/model/decision';
import type { ReleaseState } from '../../providers/resources/release';
import type { RetirementWorld } from '../../providers/resources/retirement';
import type { TrafficWorld } from '../../providers/resources/traffic';
import type { Clusters } from '../resources/cluster-double';

/** What a user writes for a release; a wire puts documents into files where it takes paths. */
export interface ReleaseInputs {
  readonly bundle: Bundle;
  readonly decision: PlacementDecision;
  readonly fleet: object;
  readonly rollout?: object;
  readonly name?: string;
}

/** What a user writes for a placement. */
export interface PlacementInputs {
  /** EdgeApp documents. */
  readonly apps: readonly object[];
  readonly fleet: object;
  /** Demand by app; null: the metrics failed. */
  readonly demands?: Readonly<Record<string, object | null>>;
  readonly lock?: object;
  readonly allowUnsatisfied?: boolean;
  readonly allow?: readonly string[];
}

/** What a plan says, in the words of the wire. */
export interface WirePlan {
  /** Something would be created, changed or deleted. */
  readonly changes: boolean;
  /** Why it may not be applied. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** Everything a person could read in it. */
  readonly text: string;
}

/** What a user writes for a traffic. */
export interface TrafficInputs {
  readonly table: object;
  readonly powerdns?: object;
  readonly owner?: string;
  readonly maxMovedShare?: number;
  readonly allowOlder?: boolean;
  readonly takeOver?: boolean;
  readonly readySeconds?: number;
}

/** What a user writes for a retirement. */
export interface RetirementInputs {
  readonly release: ReleaseState;
  readonly leaving: readonly string[];
  readonly table: object;
  readonly answerSeconds?: number;
}

/** How an apply ended. */
export interface WireOutcome {
  readonly errors: readonly string[];
}

/** One resource of one configuration, with the state that the tool keeps for it. */
export interface Managed<Inputs> {
  /** Changes nothing, neither in the world nor in the state. */
  plan(inputs: Inputs): Promise<WirePlan>;
  /** Plans, and makes the plan true. A Crash of the world ends it as a killed process would: nothing more is saved. */
  apply(inputs: Inputs): Promise<WireOutcome>;
  /** Looks at the world and remembers it, as the tool does before it plans. */
  refresh(): Promise<void>;
  destroy(): Promise<WireOutcome>;
  /** Makes a state of what is there. */
  import(inputs: Inputs): Promise<WireOutcome>;
  /** The tool's state file is gone. */
  forget(): void;
  /** Everything that the tool has written down, as text. */
  state(): string;
}

/** A release over clusters in memory. */
export interface ReleaseWire extends Managed<ReleaseInputs> {
  /** As `apply`, with a person who presses Ctrl-C when `when` says so; asked before every request. */
  applyUntil(inputs: ReleaseInputs, when: (request: number) => boolean): Promise<WireOutcome>;
}

/** A placement. */
export interface PlacementWire extends Managed<PlacementInputs> {
  /** What the last apply decided. */
  decided(): { readonly digest: string; readonly clusters: readonly string[] };
  /** The path of an error, as this wire writes paths: `minClusters` or `min_clusters`. */
  readonly pathStyle: 'camelCase' | 'snake_case';
}

/** A traffic. */
export interface TrafficWire extends Managed<TrafficInputs> {
  /** The records as data, as far as a plan knows them; undefined where it does not. */
  records(inputs: TrafficInputs): Promise<unknown>;
}

/** A wire as the suite opens it, once for each test. */
export interface Wire {
  readonly name: string;
  /** `stack`: whose state it is, a name per state. Default: always the same. */
  release(clusters: Clusters, stack?: string): ReleaseWire;
  placement(): PlacementWire;
  /** `stack`: whose state it is. Default: always the same. */
  traffic(world: TrafficWorld, stack?: string): TrafficWire;
  retirement(world: RetirementWorld): Omit<Managed<RetirementInputs>, 'import' | 'forget'>;
}
