/** Retirement: the resource that cleans clusters which a release left, after the records of other providers. */
import * as pulumi from '@pulumi/pulumi';
import type { KnownKeys } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';
import { retirement as provider } from '../runtime';
import { providerText } from '../runtime/shim';
import { failingWith, onOneSdk } from './failing';
import { type DocumentInput, jsonText } from './inputs';
import { checkedHere, isMocked, orComputed } from './mocked';
import { refuseImport, refuseUnknown } from './stray';

/** What is cleaned, and what has to be so before. */
export interface RetirementArgs {
  /** `state` of the Release whose `rollout` has `retire: 'later'`. */
  readonly release: pulumi.Input<string>;
  /** `leaving` of that Release. */
  readonly leaving: pulumi.Input<readonly string[]>;
  /** What DNS must answer before anything is removed: an element of `routing` of a Placement. */
  readonly table: DocumentInput<RoutingTable>;
  /** Name servers to ask, such as 192.0.2.53. Default: those of the zone. */
  readonly nameservers?: pulumi.Input<readonly pulumi.Input<string>[]>;
  /** GeoIP database (.mmdb): name servers are asked from a network of each country of the demand too. Default: from here alone. */
  readonly geoip?: pulumi.Input<string>;
  /** Seconds that name servers may take until they answer as the table says, 0 to 86400. Default: 600. */
  readonly answerSeconds?: pulumi.Input<number>;
  /** Seconds that clusters which users are sent to may take until they serve, 0 to 3600. Default: 120. */
  readonly readySeconds?: pulumi.Input<number>;
  /** Certificate authorities (PEM) to trust at clusters instead of the usual ones. */
  readonly endpointCaFile?: pulumi.Input<string>;
}

const retirementKeys: KnownKeys<RetirementArgs> = {
  release: true,
  leaving: true,
  table: true,
  nameservers: true,
  geoip: true,
  answerSeconds: true,
  readySeconds: true,
  endpointCaFile: true,
};
const brand = Symbol.for('littoral.pulumi.Retirement');

/**
 * Removes a release from clusters that left its decision: once every name server answers with clusters of the table
 * alone, these serve, and the old TTL and the drain have passed. An update, never a delete: deleting it removes
 * nothing. Let it depend on the records of the other provider.
 */
export class Retirement extends pulumi.CustomResource {
  /** True for any Retirement, also from another copy of this package. */
  static isRetirement(value: unknown): value is Retirement {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** When the release is removed, a line for each cluster. */
  declare readonly changes: pulumi.Output<readonly string[]>;

  constructor(name: string, args: RetirementArgs, opts?: pulumi.CustomResourceOptions) {
    onOneSdk();
    refuseUnknown(args, retirementKeys);
    refuseImport(opts);
    const { table, release, ...rest } = args;
    const inputs: pulumi.Inputs = {
      ...rest,
      // Secret only so that previews do not spell them out: a reviewer reads `changes`.
      release: pulumi.secret(release),
      table: pulumi.secret(pulumi.output(table).apply(jsonText)),
      changes: undefined,
      __provider: providerText('retirement'),
    };
    super(
      'pulumi-nodejs:dynamic/littoral:Retirement',
      name,
      inputs,
      pulumi.mergeOptions({ additionalSecretOutputs: ['release', 'table'] }, opts),
    );
    const { __provider: _, ...question } = inputs;
    const given = pulumi.unsecret(pulumi.output(question));
    const computed = isMocked() ? checkedHere(provider, question) : undefined;
    const output =
      computed === undefined ? this.changes : orComputed(this.changes, computed, 'changes');
    Object.assign(this, { changes: failingWith(output, given) });
    Object.defineProperty(this, brand, { value: true });
  }
}
