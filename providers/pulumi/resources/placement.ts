/** Placement: the resource that says which clusters run which apps; known in a preview. */
import * as pulumi from '@pulumi/pulumi';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Demand } from '../../../constructs/model/demand';
import type { DemandInput } from '../../../constructs/model/demand-document';
import type { Fleet } from '../../../constructs/model/fleet';
import type { FleetInput } from '../../../constructs/model/fleet-document';
import type { KnownKeys } from '../../../constructs/parsing';
import type { EdgeAppInput, Guard } from '../../../constructs/policy';
import { ownWorld } from '../runtime';
import { placementOutputs } from '../runtime/placement-outputs';
import { type HeldCluster, placementProvider } from '../runtime/placement-provider';
import { providerText } from '../runtime/shim';
import { failingWith, onOneSdk } from './failing';
import { type Deep, type DocumentInput, jsonText } from './inputs';
import { checkedHere, isMocked, orComputed } from './mocked';
import { refuseImport, refuseUnknown } from './stray';
import { withoutSecrets } from './withheld';

/** What a placement is computed from. */
export interface PlacementArgs {
  /** EdgeApp documents, or their JSON texts; all apps given share the fleet. An image that is not known yet does not hide the clusters. */
  readonly apps: pulumi.Input<readonly (Deep<EdgeAppInput> | pulumi.Input<string>)[]>;
  /** The clusters to choose from. The state keeps only the decision made from it. */
  readonly fleet: DocumentInput<Fleet | FleetInput>;
  /** Demand by app; undefined: the metrics failed, and the decision in force stands. Default: what the app says. */
  readonly demands?: pulumi.Input<
    Readonly<Record<string, DocumentInput<Demand | DemandInput> | undefined>>
  >;
  /** A decision to replay instead of deciding: preview and update cannot differ then. */
  readonly lock?: DocumentInput<PlacementDecision>;
  /** The clock, ISO 8601. Default: when a demand was last read live, else when the newest was observed. */
  readonly now?: pulumi.Input<string>;
  /** Go on with no cluster where no placement satisfies the policy. Default false. */
  readonly allowUnsatisfied?: pulumi.Input<boolean>;
  /** Guards lifted this once. */
  readonly allow?: pulumi.Input<readonly Guard[]>;
}

/** One app of a placement. */
export interface PlacedAppOutput {
  /** The chosen clusters. */
  readonly clusters: readonly string[];
  /** Replicas by cluster. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Requests per second that it was placed to serve, by cluster. */
  readonly requestsPerSecond: Readonly<Record<string, number>>;
  /** Whether every rule of the policy holds. */
  readonly satisfied: boolean;
  /** 0 is proved optimal. */
  readonly gap: number;
  /** The placement of the app in one line. */
  readonly summary: string;
  /** Value of the objective that was minimised. */
  readonly objective: number;
  /** No placement has a lower objective. */
  readonly bound: number;
  /** Mean latency over all requests, in milliseconds. */
  readonly meanLatencyMilliseconds: number;
  /** US dollars per hour of clusters, replicas and egress. */
  readonly usdPerHour: number;
}

const placementKeys: KnownKeys<PlacementArgs> = {
  apps: true,
  fleet: true,
  demands: true,
  lock: true,
  now: true,
  allowUnsatisfied: true,
  allow: true,
};

/** What of the inputs no answer is computed from. */
const besidesQuestion = new Set(['__provider', 'decision', 'routing', 'origins']);
const brand = Symbol.for('littoral.pulumi.Placement');

/**
 * Decides where apps run. Evaluated while Pulumi checks inputs, so every output is known in a preview; the decision
 * in force is what it starts from, and when the same clusters with the same replicas come out nothing is shown.
 */
export class Placement extends pulumi.CustomResource {
  /** True for any Placement, also from another copy of this package. */
  static isPlacement(value: unknown): value is Placement {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Sorted, over all apps. */
  declare readonly clusters: pulumi.Output<readonly string[]>;
  /** Replicas by cluster, over all apps. */
  declare readonly replicas: pulumi.Output<Readonly<Record<string, number>>>;
  /** Requests per second that were placed, by cluster, over all apps. */
  declare readonly requestsPerSecond: pulumi.Output<Readonly<Record<string, number>>>;
  /** US dollars per hour of clusters, replicas and egress, over all apps. */
  declare readonly usdPerHour: pulumi.Output<number>;
  /** By app. */
  declare readonly placements: pulumi.Output<Readonly<Record<string, PlacedAppOutput>>>;
  /** Whether every rule of every policy holds. */
  declare readonly satisfied: pulumi.Output<boolean>;
  /** (value - bound) / max(|value|, 1); 0 is proved optimal. */
  declare readonly gap: pulumi.Output<number>;
  /** The decision in one line. */
  declare readonly summary: pulumi.Output<string>;
  /** One line per cluster with the reason: `+` added, `=` kept, `-` dropped by the last move. */
  declare readonly delta: pulumi.Output<readonly string[]>;
  /** What a reviewer should know, one sentence each. */
  declare readonly warnings: pulumi.Output<readonly string[]>;
  /** The decision as JSON text, without what grows with origins and fleet; its digest is that of the whole. */
  declare decision: pulumi.Output<string>;
  /** Digest of the whole decision. */
  declare readonly digest: pulumi.Output<string>;
  /** By app with exposure: its routing table as JSON text, what a Traffic takes. */
  declare routing: pulumi.Output<Readonly<Record<string, string>>>;
  /** By app who serves whom, as JSON text: by origin, its clusters with the share of its requests that each answers. As it was when clusters or replicas last changed. */
  declare origins: pulumi.Output<Readonly<Record<string, string>>>;
  /** Clusters that were dropped while they do not answer. */
  declare readonly held: pulumi.Output<readonly HeldCluster[]>;

  constructor(name: string, args: PlacementArgs, opts?: pulumi.CustomResourceOptions) {
    onOneSdk();
    refuseUnknown(args, placementKeys);
    refuseImport(opts);
    const { apps, fleet, demands, lock, ...rest } = args;
    const inputs: pulumi.Inputs = {
      ...rest,
      apps: withoutSecrets(apps),
      fleet: pulumi.output(fleet).apply(jsonText),
      demands: demands === undefined ? undefined : pulumi.output(demands).apply(texts),
      lock: lock === undefined ? undefined : pulumi.output(lock).apply(jsonText),
      ...Object.fromEntries(placementOutputs.map((key) => [key, undefined])),
      // Computed, and marked here only so that previews do not spell it out: a reviewer reads `delta`.
      decision: pulumi.secret(''),
      routing: pulumi.secret(''),
      origins: pulumi.secret(''),
      __provider: providerText('placement'),
    };
    super('pulumi-nodejs:dynamic/littoral:Placement', name, inputs, opts);
    this.decision = pulumi.unsecret(this.decision);
    this.routing = pulumi.unsecret(this.routing);
    this.origins = pulumi.unsecret(this.origins);
    const question = Object.fromEntries(
      Object.entries(inputs).filter(([key]) => !besidesQuestion.has(key)),
    );
    const given = pulumi.output(question);
    const computed = isMocked() ? checkedHere(placementProvider(ownWorld), question) : undefined;
    for (const key of placementOutputs) {
      const own: pulumi.Output<unknown> = this[key];
      const output = computed === undefined ? own : orComputed(own, computed, key);
      Object.assign(this, { [key]: failingWith(output, given) });
    }
    Object.defineProperty(this, brand, { value: true });
  }
}

function texts(demands: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const given = Object.entries(demands).filter(([, one]) => one !== undefined && one !== null);
  return Object.fromEntries(given.map(([app, one]) => [app, jsonText(one)]));
}
