/** littoral_release: the objects of one app on the chosen clusters. */
import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import {
  type ImportableResource,
  type TerraformMetaArguments,
  type TerraformProvider,
  TerraformResource,
} from './cdktf';
import { exactlyOne, metaKeys, strayProps } from './dependencies';
import { importBlock } from './import-block';
import { generatorMetadata } from './source';
import { rolloutRules, written } from './written';

/** How carefully a release proceeds; see the resource's documentation for each key and its default. */
export interface RolloutConfig {
  /** Groups that go one after another, small clusters first; the rest goes last. */
  readonly waves?: readonly {
    /** This many clusters. */
    readonly clusters?: number;
    /** This share of all clusters, rounded up. */
    readonly share?: number;
    /** The clusters that match. */
    readonly match?: Readonly<Record<string, unknown>>;
  }[];
  /** Clusters of a wave that change at the same time. Default: all. */
  readonly maxUnavailableClusters?: number;
  /** Pause after a wave, in seconds. Default: 0. */
  readonly soakSeconds?: number;
  /** More failed clusters than this stop the rollout, and their wave is rolled back. Default: 0 with waves; without, every cluster is tried. */
  readonly maxFailures?: number;
  /** A cluster is left only while this many others are ready. Default: 1. */
  readonly minClusters?: number;
  /** Clusters at the same time. Default: 16. */
  readonly parallelism?: number;
  /** Seconds a cluster may take to become ready, and to remove the release. Default: 300. */
  readonly deadlineSeconds?: number;
  /** Seconds a cluster may take to answer before it counts as unreachable. Default: 30. */
  readonly answerSeconds?: number;
  /** Takes fields from other managers instead of stopping at them. Default: false. */
  readonly force?: boolean;
  /** later: clusters that left go on serving until a retirement removes the release there. Default: now. */
  readonly retire?: 'now' | 'later';
  /** Unreachable clusters that left the decision and are no longer tracked. */
  readonly evacuate?: readonly string[];
}

/** Arguments of littoral_release. */
export interface LittoralReleaseConfig extends TerraformMetaArguments {
  /** `decision` of a placement. */
  readonly decision: string;
  /** The Fleet as JSON text; how its clusters are reached is all that matters. */
  readonly fleet: string;
  /** Path of a Bundle or an EdgeApp document, relative to the provider's `baseDirectory`. Give this or `document`. */
  readonly bundle?: string;
  /** An EdgeApp as JSON text, usually of `appDocuments` of a placement. Give this or `bundle`. */
  readonly document?: string;
  /** Which app of the decision. Default: the bundle's. */
  readonly app?: string;
  /** Default: the bundle's app. Another name is another release. */
  readonly name?: string;
  /** How clusters change one after another. */
  readonly rollout?: RolloutConfig;
}

const configKeys: KnownKeys<LittoralReleaseConfig> = {
  ...metaKeys,
  decision: true,
  fleet: true,
  bundle: true,
  document: true,
  app: true,
  name: true,
  rollout: true,
};
const rolloutKeys: KnownKeys<RolloutConfig> = {
  waves: true,
  maxUnavailableClusters: true,
  soakSeconds: true,
  maxFailures: true,
  minClusters: true,
  parallelism: true,
  deadlineSeconds: true,
  answerSeconds: true,
  force: true,
  retire: true,
  evacuate: true,
};

/** An app on its clusters. */
export class LittoralRelease extends TerraformResource {
  /** Type of the resource in Terraform. */
  static readonly tfResourceType = 'littoral_release';
  /** The arguments that the resource was created with. */
  readonly config: LittoralReleaseConfig;

  /** Writes an import block; `importId` as `app=shop,fleet=fleet.yaml,bundle=bundle.json`. */
  static generateConfigForImport(
    scope: Construct,
    importToId: string,
    importId: string,
    provider?: TerraformProvider,
  ): ImportableResource {
    return importBlock(LittoralRelease.tfResourceType, scope, importToId, importId, provider);
  }

  constructor(scope: Construct, id: string, config: LittoralReleaseConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: LittoralRelease.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    const { bundle, document } = config;
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, config, configKeys),
        ...strayProps(this.node.path, config.rollout, rolloutKeys, ['rollout']),
        ...exactlyOne(this.node.path, { bundle, document }),
      ],
    });
  }

  /** Digest of what runs. */
  get bundleDigest(): string {
    return this.getStringAttribute('bundle_digest');
  }
  /** One line per cluster, such as `ready, 5 objects`. */
  get clusters(): Record<string, string> {
    return this.getStringMapAttribute('clusters');
  }
  /** What the last plan that changed anything does, one line per cluster and object. */
  get changes(): string[] {
    return this.getListAttribute('changes');
  }
  /** With `retire: 'later'`: clusters that left and serve until they are retired. */
  get leaving(): string[] {
    return this.getListAttribute('leaving');
  }
  /** Names of the clusters that did not answer. */
  get unreachable(): string[] {
    return this.getListAttribute('unreachable');
  }
  /** What is remembered about each cluster, as JSON text. */
  get inventory(): string {
    return this.getStringAttribute('inventory');
  }
  /** One line. */
  get summary(): string {
    return this.getStringAttribute('summary');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { decision, fleet, bundle, document, app, name, rollout } = this.config;
    const carefully = written(rollout, rolloutRules);
    return { decision, fleet, bundle, document, app, name, rollout: carefully };
  }
}
