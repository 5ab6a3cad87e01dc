/** data.littoral_demand: where the requests come from, read while planning and frozen in the plan. */
import type { Construct } from 'constructs';
import type { KnownKeys } from '../parsing';
import { TerraformDataSource, Token } from './cdktf';
import { exactlyOne, noDependencies, strayProps } from './dependencies';
import { generatorMetadata, type ReadArguments, readKeys } from './source';
import { prometheusRules, written } from './written';

/** Arguments of data.littoral_demand: exactly one of `prometheus` and `file`. */
export interface DataLittoralDemandConfig extends ReadArguments {
  /** One query to Prometheus, Thanos or Mimir: the same object as `demand.prometheus` of an EdgeApp. */
  readonly prometheus?: Readonly<Record<string, unknown>>;
  /** Path of a Demand document, relative to the provider's `baseDirectory`. */
  readonly file?: string;
  /** Whether failing metrics read as no demand, so that a placement in force stands. Default true. */
  readonly allowMissing?: boolean;
  /** With less traffic than this in the window, requests/s, the window stretches. Default 40. */
  readonly stretchBelowRequestsPerSecond?: number;
}

const configKeys: KnownKeys<DataLittoralDemandConfig> = {
  ...readKeys,
  prometheus: true,
  file: true,
  allowMissing: true,
  stretchBelowRequestsPerSecond: true,
};

/** A demand, read at plan. */
export class DataLittoralDemand extends TerraformDataSource {
  /** Type of the data source in Terraform. */
  static readonly tfResourceType = 'littoral_demand';
  /** The arguments that the data source was created with. */
  readonly config: DataLittoralDemandConfig;

  constructor(scope: Construct, id: string, config: DataLittoralDemandConfig) {
    super(scope, id, {
      ...config,
      terraformResourceType: DataLittoralDemand.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
    });
    this.config = config;
    this.node.addValidation({
      validate: () => [
        ...noDependencies(this),
        ...strayProps(this.node.path, config, configKeys),
        ...exactlyOne(this.node.path, { prometheus: config.prometheus, file: config.file }),
      ],
    });
  }

  /** The Demand as JSON text; null when the metrics failed and that is allowed. */
  get document(): string {
    return this.getStringAttribute('document');
  }
  /** Instant of the newest value. */
  get observedAt(): string {
    return this.getStringAttribute('observed_at');
  }
  /** Of all origins together. */
  get requestsPerSecond(): number {
    return Token.asNumber(this.interpolationForAttribute('requests_per_second'));
  }
  /** How many origins. */
  get origins(): number {
    return Token.asNumber(this.interpolationForAttribute('origins'));
  }
  /** One line. */
  get summary(): string {
    return this.getStringAttribute('summary');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { prometheus, file, allowMissing, stretchBelowRequestsPerSecond } = this.config;
    return {
      prometheus: written(prometheus, prometheusRules),
      file,
      allow_missing: allowMissing,
      stretch_below_requests_per_second: stretchBelowRequestsPerSecond,
    };
  }
}
