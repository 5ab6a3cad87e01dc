/** Release: the resource that puts a bundle on the clusters of a decision, all of them from one process. */
import * as pulumi from '@pulumi/pulumi';
import type { Bundle } from '../../../constructs/model/app/bundle';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Fleet } from '../../../constructs/model/fleet';
import type { FleetInput } from '../../../constructs/model/fleet-document';
import type { KnownKeys, z } from '../../../constructs/parsing';
import type { rolloutSchema } from '../../resources/release/state/props';
import { release as provider } from '../runtime';
import type { Bag } from '../runtime/property-bag';
import { expectedState } from '../runtime/release-expected';
import { tryProps } from '../runtime/release-inputs';
import { standingClusters } from '../runtime/release-lines';
import { providerText } from '../runtime/shim';
import { failingWith, onOneSdk } from './failing';
import { type Deep, type DocumentInput, jsonText } from './inputs';
import { checkedHere, isMocked, orComputed } from './mocked';
import { refuseImport, refuseUnknown } from './stray';

/** How carefully a release proceeds. */
export type RolloutInput = z.input<typeof rolloutSchema>;

/** What a release puts where. */
export interface ReleaseArgs {
  /** What to run. Encrypted in the state and hidden in previews, because it may hold Secrets. */
  readonly bundle: DocumentInput<Bundle>;
  /** Where: the decision of a Placement. */
  readonly decision: DocumentInput<PlacementDecision>;
  /** How to reach the clusters. The state keeps the part that is needed: a reference, never a credential. */
  readonly fleet: DocumentInput<Fleet | FleetInput>;
  /** Default: the bundle's app. Another name is another release: it replaces this one. */
  readonly name?: pulumi.Input<string>;
  /** How clusters change one after another. */
  readonly rollout?: Deep<RolloutInput>;
}

const releaseKeys: KnownKeys<ReleaseArgs> = {
  bundle: true,
  decision: true,
  fleet: true,
  name: true,
  rollout: true,
};

const brand = Symbol.for('littoral.pulumi.Release');

/**
 * Puts the objects of a bundle on the chosen clusters by server-side apply, waits until they are ready, and removes
 * them from clusters that left; new before old. What exists is adopted, so that creating is also importing.
 */
export class Release extends pulumi.CustomResource {
  /** True for any Release, also from another copy of this package. */
  static isRelease(value: unknown): value is Release {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Name of the release. */
  declare readonly name: pulumi.Output<string>;
  /** Namespace of the release. */
  declare readonly namespace: pulumi.Output<string>;
  /** What the last change did to each cluster: `install 5 objects`; known in a preview. */
  declare readonly plan: pulumi.Output<Readonly<Record<string, string>>>;
  /** How each cluster stands: `ready, 5 objects`; known once it is done. */
  declare readonly clusters: pulumi.Output<Readonly<Record<string, string>>>;
  /** What the last change did, one line per cluster and object, at most 200. */
  declare readonly changes: pulumi.Output<readonly string[]>;
  /** The last change in one line. */
  declare readonly summary: pulumi.Output<string>;
  /** With `retire: 'later'`: clusters that left and serve until they are retired. */
  declare readonly leaving: pulumi.Output<readonly string[]>;
  /** What is remembered about each cluster, as JSON text; secret. For `release` of a Retirement. */
  declare readonly state: pulumi.Output<string>;
  /** Clusters that did not answer. */
  declare readonly unreachable: pulumi.Output<readonly string[]>;

  constructor(name: string, args: ReleaseArgs, opts?: pulumi.CustomResourceOptions) {
    onOneSdk();
    refuseUnknown(args, releaseKeys);
    refuseImport(opts);
    const { bundle, decision, fleet, name: release, rollout } = args;
    const inputs: pulumi.Inputs = {
      name: release,
      bundle: pulumi.secret(pulumi.output(bundle).apply(jsonText)),
      decision: pulumi.output(decision).apply(jsonText),
      fleet: pulumi.output(fleet).apply(jsonText),
      rollout,
      owner: `Pulumi ${pulumi.getProject()}/${pulumi.getStack()}, resource ${name}`,
      ...Object.fromEntries(outputs.map((key) => [key, undefined])),
      __provider: providerText('release'),
    };
    super(
      'pulumi-nodejs:dynamic/littoral:Release',
      name,
      inputs,
      pulumi.mergeOptions({ additionalSecretOutputs: ['bundle', 'state'] }, opts),
    );
    const { __provider: _, ...question } = inputs;
    const given = pulumi.output(question);
    const computed = isMocked() ? checkedHere(provider, question).then(withStanding) : undefined;
    for (const key of ['name', ...outputs] as const) {
      const own: pulumi.Output<unknown> = this[key];
      const output = computed === undefined ? own : orComputed(own, computed, key);
      Object.assign(this, { [key]: failingWith(output, given) });
    }
    Object.defineProperty(this, brand, { value: true });
  }
}

const outputs = [
  'namespace',
  'plan',
  'clusters',
  'changes',
  'summary',
  'leaving',
  'state',
  'unreachable',
] as const;

/** Without clusters everything goes well. */
function withStanding(checked: Bag): Bag {
  const state = expectedState(tryProps(checked));
  return state === undefined
    ? checked
    : {
        ...checked,
        clusters: standingClusters(state),
        leaving: [],
        state: JSON.stringify(state),
        unreachable: [],
      };
}
