/** data.littoral_fleet: the clusters to choose from, read while planning. */
import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import { propertyAccess, TerraformDataSource, Token } from './cdktf';
import { exactlyOne, noDependencies, strayProps } from './dependencies';
import { generatorMetadata, type ReadArguments, readKeys } from './source';

/** Arguments of data.littoral_fleet: `file`, or `kubeconfig` with what belongs to it. Paths start in the provider's `baseDirectory`. */
export interface DataLittoralFleetConfig extends ReadArguments {
  /** A Fleet document, YAML or JSON. */
  readonly file?: string;
  /** Asks the API server of every context; only this path goes into the fleet. */
  readonly kubeconfig?: string;
  /** Asks only these contexts. Default: all. Not with `from`. */
  readonly contexts?: readonly string[];
  /** Reads the inventory of a hub that the kubeconfig leads to. Default: the contexts of the kubeconfig are the inventory. */
  readonly from?:
    | 'argo-cd'
    | 'cluster-api'
    | 'cluster-profile'
    | 'karmada'
    | 'kubefleet'
    | 'ocm'
    | 'rancher-fleet';
  /** Context of the hub, with `from`. Default: the current context. */
  readonly hub?: string;
  /** Namespace of the hub to list, with `from`. Default: all. */
  readonly namespace?: string;
  /** With `from`: clusters of `previous` that are gone. What the inventory lists no more is kept as cordoned until it is named here. */
  readonly forget?: readonly string[];
  /** A file with what no API server tells: coordinates, regions, providers, prices. */
  readonly overlay?: string;
  /** The Fleet document of the last time: a silent cluster keeps what was known of it. */
  readonly previous?: string;
  /** How long a cluster may take to answer before it counts as unreachable. Default 10. */
  readonly deadlineSeconds?: number;
}

const configKeys: KnownKeys<DataLittoralFleetConfig> = {
  ...readKeys,
  file: true,
  kubeconfig: true,
  contexts: true,
  from: true,
  hub: true,
  namespace: true,
  forget: true,
  overlay: true,
  previous: true,
  deadlineSeconds: true,
};

/** A fleet, read at plan. */
export class DataLittoralFleet extends TerraformDataSource {
  /** Type of the data source in Terraform. */
  static readonly tfResourceType = 'littoral_fleet';
  /** The arguments that the data source was created with. */
  readonly config: DataLittoralFleetConfig;

  constructor(scope: Construct, id: string, config: DataLittoralFleetConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: DataLittoralFleet.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    this.node.addValidation({
      validate: () => [
        ...noDependencies(this),
        ...strayProps(this.node.path, config, configKeys),
        ...exactlyOne(this.node.path, { file: config.file, kubeconfig: config.kubeconfig }),
      ],
    });
  }

  /** The Fleet as JSON text. */
  get document(): string {
    return this.getStringAttribute('document');
  }
  /** Names, sorted. */
  get clusters(): string[] {
    return this.getListAttribute('clusters');
  }
  /** What is known of one cluster, such as its `region`; `attribute` as the provider's page names it. */
  fact(cluster: string, attribute: string): string {
    const facts = this.interpolationForAttribute('by_name');
    return Token.asString(propertyAccess(facts, [cluster, attribute]));
  }
  /** Names of the clusters that did not answer. */
  get unreachable(): string[] {
    return this.getListAttribute('unreachable');
  }
  /** One line. */
  get summary(): string {
    return this.getStringAttribute('summary');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { file, kubeconfig, contexts, overlay, previous, deadlineSeconds } = this.config;
    const { from, hub, namespace, forget } = this.config;
    return {
      file,
      kubeconfig,
      contexts,
      from,
      hub,
      namespace,
      forget,
      overlay,
      previous,
      deadline_seconds: deadlineSeconds,
    };
  }
}
