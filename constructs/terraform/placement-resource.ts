/** littoral_placement: the decision which clusters run the apps, known while planning. */

import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import type { EdgeAppInput } from '../policy';
import { documentArgument } from './app-document';
import {
  type ImportableResource,
  propertyAccess,
  type TerraformMetaArguments,
  type TerraformProvider,
  TerraformResource,
  Token,
} from './cdktf';
import { exactlyOne, metaKeys, strayProps } from './dependencies';
import { importBlock } from './import-block';
import { generatorMetadata } from './source';

/** Arguments of littoral_placement. `fleet` and exactly one of `apps` and `documents`. */
export interface LittoralPlacementConfig extends TerraformMetaArguments {
  /** The Fleet as JSON text, usually `document` of data.littoral_fleet. */
  readonly fleet: string;
  /** EdgeApp documents as objects. They are passed on as documents, so that errors name the keys as they are written here. */
  readonly apps?: readonly EdgeAppInput[];
  /** EdgeApp documents as YAML or JSON text, or as objects with the keys of a document. */
  readonly documents?: readonly (string | EdgeAppInput)[];
  /** Demand by app as JSON text, usually `document` of data.littoral_demand. */
  readonly demands?: Readonly<Record<string, string>>;
  /** A PlacementDecision as JSON text to replay instead of deciding. */
  readonly lock?: string;
  /** The clock. Default: when a demand was last read live, else when the newest was observed. */
  readonly now?: string;
  /** Go on, with a warning, where no placement satisfies a policy. Default false. */
  readonly allowUnsatisfied?: boolean;
  /** Guards lifted this once. */
  readonly allow?: readonly string[];
}

const configKeys: KnownKeys<LittoralPlacementConfig> = {
  ...metaKeys,
  fleet: true,
  apps: true,
  documents: true,
  demands: true,
  lock: true,
  now: true,
  allowUnsatisfied: true,
  allow: true,
};

/** What a placement tells of one app. */
export interface PlacedAppAttributes {
  /** Names, sorted. */
  readonly clusters: string[];
  /** By cluster. */
  readonly replicas: Record<string, number>;
  /** One line. */
  readonly summary: string;
}

/** A decision for one app, or for several that share a fleet. */
export class LittoralPlacement extends TerraformResource {
  /** Type of the resource in Terraform. */
  static readonly tfResourceType = 'littoral_placement';
  /** The arguments that the resource was created with. */
  readonly config: LittoralPlacementConfig;

  /** Writes an import block: `path` of a PlacementDecision document that is to be the one in force. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    path: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return importBlock(LittoralPlacement.tfResourceType, scope, importToId, path, provider);
  }

  constructor(scope: Construct, id: string, config: LittoralPlacementConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: LittoralPlacement.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    const { apps, documents } = config;
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, config, configKeys),
        ...exactlyOne(this.node.path, { apps, documents }),
      ],
    });
  }

  /** Clusters of all apps, sorted. */
  get clusters(): string[] {
    return this.getListAttribute('clusters');
  }
  /** Replicas of all apps by cluster. */
  get replicas(): Record<string, number> {
    return this.getNumberMapAttribute('replicas');
  }
  /** Requests per second that were placed, by cluster, of all apps. */
  get requestsPerSecond(): Record<string, number> {
    return this.getNumberMapAttribute('requests_per_second');
  }
  /** US dollars per hour of clusters, replicas and egress, of all apps. */
  get usdPerHour(): number {
    return this.getNumberAttribute('usd_per_hour');
  }
  /** Whether every policy is satisfied. */
  get satisfied(): boolean {
    return this.getBooleanAttribute('satisfied') as unknown as boolean;
  }
  /** Proven distance to the optimum; 0 is proved optimal. */
  get gap(): number {
    return this.getNumberAttribute('gap');
  }
  /** One line. */
  get summary(): string {
    return this.getStringAttribute('summary');
  }
  /** One line per cluster added, kept or dropped, with the reason; none for apps that stay as they are. */
  get delta(): string[] {
    return this.getListAttribute('delta');
  }
  /** What the apps ask of their placement: a line for the workload and for each key of the policy. */
  get requirements(): string[] {
    return this.getListAttribute('requirements');
  }
  /** What to know. */
  get warnings(): string[] {
    return this.getListAttribute('warnings');
  }
  /** The PlacementDecision as JSON text, without its bulk: what a release takes. */
  get decision(): string {
    return this.getStringAttribute('decision');
  }
  /** Digest of the whole decision. */
  get digest(): string {
    return this.getStringAttribute('digest');
  }

  /** The routing table of each app with exposure, for `table` of a traffic. */
  get routing(): Record<string, string> {
    return this.getStringMapAttribute('routing');
  }

  /** Of each app who serves whom, as JSON text: by origin, its clusters with the share of its requests that each answers. */
  get origins(): Record<string, string> {
    return this.getStringMapAttribute('origins');
  }

  /** Each app as an EdgeApp document, for `document` of a release. */
  get appDocuments(): Record<string, string> {
    return this.getStringMapAttribute('app_documents');
  }

  /** What is known of one app. */
  placed(app: string): PlacedAppAttributes {
    const of = (attribute: string) =>
      propertyAccess(this.interpolationForAttribute('placements'), [app, attribute]);
    return {
      clusters: Token.asList(of('clusters')),
      replicas: Token.asNumberMap(of('replicas')),
      summary: Token.asString(of('summary')),
    };
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { fleet, apps, documents, demands, lock, now, allowUnsatisfied, allow } = this.config;
    return {
      fleet,
      documents: apps?.map((app) => documentArgument(app)) ?? documents,
      demands,
      lock,
      now,
      allow_unsatisfied: allowUnsatisfied,
      allow,
    };
  }
}
