/** littoral_retirement: a release is removed from clusters that left, after the records of other providers. */
import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import { type TerraformMetaArguments, TerraformResource } from './cdktf';
import { metaKeys, strayProps } from './dependencies';
import { generatorMetadata } from './source';

/** Arguments of littoral_retirement. Give `dependsOn` the records that have to change before. */
export interface LittoralRetirementConfig extends TerraformMetaArguments {
  /** `inventory` of the release whose rollout has `retire: 'later'`. */
  readonly release: string;
  /** `leaving` of that release. */
  readonly leaving: readonly string[];
  /** What DNS must answer before anything is removed: an element of `routing` of a placement. */
  readonly table: string;
  /** Name servers to ask, such as 192.0.2.53. Default: those of the zone. */
  readonly nameservers?: readonly string[];
  /** GeoIP database (.mmdb): name servers are asked from a network of each country of the demand too. Default: from here alone. */
  readonly geoip?: string;
  /** Seconds that name servers may take until they answer as the table says, 0 to 86400. Default: 600. */
  readonly answerSeconds?: number;
  /** Seconds that clusters which users are sent to may take until they serve, 0 to 3600. Default: 120. */
  readonly readySeconds?: number;
  /** Certificate authorities (PEM) to trust at clusters instead of the usual ones. */
  readonly endpointCaFile?: string;
}

const configKeys: KnownKeys<LittoralRetirementConfig> = {
  ...metaKeys,
  release: true,
  leaving: true,
  table: true,
  nameservers: true,
  geoip: true,
  answerSeconds: true,
  readySeconds: true,
  endpointCaFile: true,
};

/** The end of a move whose records are written by others. */
export class LittoralRetirement extends TerraformResource {
  /** Type of the resource in Terraform. */
  static readonly tfResourceType = 'littoral_retirement';
  /** The arguments that the resource was created with. */
  readonly config: LittoralRetirementConfig;

  constructor(scope: Construct, id: string, config: LittoralRetirementConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: LittoralRetirement.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    this.node.addValidation({ validate: () => strayProps(this.node.path, config, configKeys) });
  }

  /** When the release is removed, a line for each cluster. */
  get changes(): string[] {
    return this.getListAttribute('changes');
  }
  /** How long resolvers may keep what DNS answers now, in seconds. */
  get ttlSeconds(): number {
    return this.getNumberAttribute('ttl_seconds');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { release, leaving, table, nameservers, geoip, answerSeconds, readySeconds } =
      this.config;
    return {
      release,
      leaving,
      table,
      nameservers,
      geoip,
      answer_seconds: answerSeconds,
      ready_seconds: readySeconds,
      endpoint_ca_file: this.config.endpointCaFile,
    };
  }
}
