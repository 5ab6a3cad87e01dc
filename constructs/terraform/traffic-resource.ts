/** littoral_traffic: DNS answers with the chosen clusters, and the records as data for resources of other providers. */
import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import {
  type ImportableResource,
  type IResolvable,
  propertyAccess,
  type TerraformMetaArguments,
  type TerraformProvider,
  TerraformResource,
} from './cdktf';
import { metaKeys, strayProps } from './dependencies';
import { importBlock } from './import-block';
import { generatorMetadata } from './source';
import { written } from './written';

/** A PowerDNS to write to. Its key is never given here: it is in the provider block, in an environment variable or in a file. */
export interface PowerDnsConfig {
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

/** Arguments of littoral_traffic. */
export interface LittoralTrafficConfig extends TerraformMetaArguments {
  /** The answers to publish: an element of `routing` of a placement. */
  readonly table: string;
  /** PowerDNS to write to. Default: nothing is written, and the records are data for others. */
  readonly powerdns?: PowerDnsConfig;
  /** Who keeps the records, written beside them. Default: a name made of the backend and workspace of the state. */
  readonly owner?: string;
  /** A change that gives more than this share of the requests another cluster is refused, 0 to 1. Default: 0.5. */
  readonly maxMovedShare?: number;
  /** Lets an older decision replace a newer one, to go back on purpose. Default: false. */
  readonly allowOlder?: boolean;
  /** Replaces records that another owner keeps, or that littoral did not write. Default: false. */
  readonly takeOver?: boolean;
  /** Seconds that clusters which are newly answered may take until they serve, 0 to 3600. Default: 120. */
  readonly readySeconds?: number;
  /** With route53-cidr: blocks of addresses by country. */
  readonly prefixes?: Readonly<Record<string, readonly string[]>>;
  /** Certificate authorities (PEM) to trust at clusters instead of the usual ones. */
  readonly endpointCaFile?: string;
}

const configKeys: KnownKeys<LittoralTrafficConfig> = {
  ...metaKeys,
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
const powerDnsKeys: KnownKeys<PowerDnsConfig> = {
  url: true,
  server: true,
  zone: true,
  apiKeyEnv: true,
  apiKeyFile: true,
  caFile: true,
};

/** The answers of DNS for one app. */
export class LittoralTraffic extends TerraformResource {
  /** Type of the resource in Terraform. */
  static readonly tfResourceType = 'littoral_traffic';
  /** The arguments that the resource was created with. */
  readonly config: LittoralTrafficConfig;

  /** Writes an import block; `importId` as `shop.example.com@http://127.0.0.1:8081`. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return importBlock(LittoralTraffic.tfResourceType, scope, importToId, importId, provider);
  }

  constructor(scope: Construct, id: string, config: LittoralTrafficConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: LittoralTraffic.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, config, configKeys),
        ...strayProps(this.node.path, config.powerdns, powerDnsKeys, ['powerdns']),
      ],
    });
  }

  /** Who keeps the records. */
  get owner(): string {
    return this.getStringAttribute('owner');
  }
  /** What the last plan that changed anything does: hosts, then who is answered otherwise by country. */
  get changes(): string[] {
    return this.getListAttribute('changes');
  }
  /** How well the answers fit, in one line. */
  get summary(): string {
    return this.getStringAttribute('summary');
  }
  /** What is remembered of the answers, as JSON text. */
  get published(): string {
    return this.getStringAttribute('published');
  }
  /** How well the answers fit: an object, of which `propertyAccess` gives parts such as `matched_share`. */
  get fit(): IResolvable {
    return this.interpolationForAttribute('fit');
  }

  /** A part of the records as data, known while planning: `records('health_checks')`, or `records('records', 'country-DE-A')`. */
  records(...path: readonly string[]): IResolvable {
    return propertyAccess(this.interpolationForAttribute('records'), [...path]);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { table, powerdns, owner, maxMovedShare, allowOlder, takeOver } = this.config;
    const { readySeconds, prefixes, endpointCaFile } = this.config;
    return {
      table,
      powerdns: written(powerdns, { keys: {} }),
      owner,
      max_moved_share: maxMovedShare,
      allow_older: allowOlder,
      take_over: takeOver,
      ready_seconds: readySeconds,
      prefixes,
      endpoint_ca_file: endpointCaFile,
    };
  }
}
