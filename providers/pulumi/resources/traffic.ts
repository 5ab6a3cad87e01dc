/** Traffic: the resource that makes DNS answer with the chosen clusters, and gives the records for resources of other providers. */
import * as pulumi from '@pulumi/pulumi';
import type { DnsSystem } from '../../../constructs/model/app/exposure';
import type { KnownKeys } from '../../../constructs/parsing';
import type { Fit, RoutingTable } from '../../../constructs/routing';
import type { RecordsFor } from '../../resources/traffic';
import { traffic as provider } from '../runtime';
import { providerText } from '../runtime/shim';
import { failingWith, onOneSdk } from './failing';
import { type Deep, type DocumentInput, jsonText } from './inputs';
import { checkedHere, isMocked, orComputed } from './mocked';
import { refuseImport, refuseUnknown } from './stray';

/** A PowerDNS to write to. Its key is never given here: it is in an environment variable or a file. */
export interface PowerDnsArgs {
  /** Address of the HTTP API, without /api/v1. */
  readonly url: string;
  /** Id of the server in the API. Default: localhost. */
  readonly server?: string;
  /** Zone to write to. Default: that of the exposure. */
  readonly zone?: string;
  /** Environment variable with the API key. Default: PDNS_API_KEY. */
  readonly apiKeyEnv?: string;
  /** Instead: a file with the API key. */
  readonly apiKeyFile?: string;
  /** Certificate authorities (PEM) to trust for https instead of the usual ones. */
  readonly caFile?: string;
}

/** What is published where, and how carefully. */
export interface TrafficArgs {
  /** The answers to publish: an element of `routing` of a Placement. */
  readonly table: DocumentInput<RoutingTable>;
  /** PowerDNS to write to. Default: nothing is written, and the records are data for others. */
  readonly powerdns?: Deep<PowerDnsArgs>;
  /** Who keeps the records, written beside them. Default: project, stack and name of the resource. */
  readonly owner?: pulumi.Input<string>;
  /** A change that gives more than this share of the requests another cluster is refused, 0 to 1. Default: 0.5. */
  readonly maxMovedShare?: pulumi.Input<number>;
  /** Lets an older decision replace a newer one, to go back on purpose. Default: false. */
  readonly allowOlder?: pulumi.Input<boolean>;
  /** Replaces records that another owner keeps, or that littoral did not write. Default: false. */
  readonly takeOver?: pulumi.Input<boolean>;
  /** Seconds that clusters which are newly answered may take until they serve, 0 to 3600. Default: 120. */
  readonly readySeconds?: pulumi.Input<number>;
  /** With route53-cidr: blocks of addresses by country. */
  readonly prefixes?: pulumi.Input<Readonly<Record<string, pulumi.Input<readonly string[]>>>>;
  /** Certificate authorities (PEM) to trust at clusters instead of the usual ones. */
  readonly endpointCaFile?: pulumi.Input<string>;
}

const trafficKeys: KnownKeys<TrafficArgs> = {
  table: true,
  powerdns: true,
  owner: true,
  maxMovedShare: true,
  allowOlder: true,
  takeOver: true,
  readySeconds: true,
  prefixes: true,
  endpointCaFile: true,
};
const outputs = ['changes', 'records', 'fit', 'summary'] as const;
const brand = Symbol.for('littoral.pulumi.Traffic');

/**
 * Makes DNS answer the hosts of an app with the clusters that a placement chose for the users of each country, once
 * those clusters serve. The preview shows who is answered otherwise, and knows the records. `System` says which DNS
 * system the app has, so that `records` has its type.
 */
export class Traffic<System extends DnsSystem = DnsSystem> extends pulumi.CustomResource {
  /** True for any Traffic, also from another copy of this package. */
  static isTraffic(value: unknown): value is Traffic {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Hosts that change, then who is answered otherwise by country, most requests first. */
  declare readonly changes: pulumi.Output<readonly string[]>;
  /** The records as data, by a key that stays when clusters change; known in a preview. */
  declare readonly records: pulumi.Output<RecordsFor<System>>;
  /** How well the DNS system expresses the placement. */
  declare readonly fit: pulumi.Output<Fit>;
  /** The same in one line. */
  declare readonly summary: pulumi.Output<string>;

  constructor(name: string, args: TrafficArgs, opts?: pulumi.CustomResourceOptions) {
    onOneSdk();
    refuseUnknown(args, trafficKeys);
    refuseImport(opts);
    const { table, owner, ...rest } = args;
    const inputs: pulumi.Inputs = {
      ...rest,
      // Secret only so that previews do not spell it out: a reviewer reads `changes`.
      table: pulumi.secret(pulumi.output(table).apply(jsonText)),
      owner: owner ?? `Pulumi ${pulumi.getProject()}/${pulumi.getStack()}, resource ${name}`,
      ...Object.fromEntries(outputs.map((key) => [key, undefined])),
      __provider: providerText('traffic'),
    };
    super(
      'pulumi-nodejs:dynamic/littoral:Traffic',
      name,
      inputs,
      pulumi.mergeOptions({ additionalSecretOutputs: ['table', 'state', 'published'] }, opts),
    );
    const { __provider: _, ...question } = inputs;
    const given = pulumi.unsecret(pulumi.output(question));
    const computed = isMocked() ? checkedHere(provider, question) : undefined;
    for (const key of outputs) {
      const own: pulumi.Output<unknown> = this[key];
      const output = computed === undefined ? own : orComputed(own, computed, key);
      Object.assign(this, { [key]: failingWith(output, given) });
    }
    Object.defineProperty(this, brand, { value: true });
  }
}
