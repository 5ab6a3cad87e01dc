/** The provider littoral: configured for the stack's place in the project, and installed into the stack when it is synthesized. */
import type { Construct } from 'constructs';
import { PROVIDER_ADDRESS } from '../model/provider-address';
import { VERSION } from '../model/version';
import type { KnownKeys } from '../parsing';
import { Annotations, type ISynthesisSession, Lazy, TerraformProvider } from './cdktf';
import { type ClusterAccesses, strayAccesses, writtenAccesses } from './cluster-access';
import { strayProps } from './dependencies';
import { generatorMetadata } from './source';
import { hiddenProvider, installProvider, projectFrom } from './stack-folder';

/** Arguments of the provider, and how it comes into the stack. */
export interface LittoralProviderConfig {
  /** For a second provider in the same stack. */
  readonly alias?: string;
  /** Where relative paths start, seen from the stack's folder. Default: the folder the program runs in. */
  readonly baseDirectory?: string;
  /** How long one request to a metrics server or an API server may take. Default: the provider's. */
  readonly requestTimeoutSeconds?: number;
  /** Key of the PowerDNS API, for traffics; a token of an ephemeral variable, so that it is written nowhere. Default: the environment variable PDNS_API_KEY. */
  readonly powerdnsApiKey?: string;
  /** How clusters are reached, by their names in the fleet: those that the same stack makes, and wherever no kubeconfig is. Goes before `access` of the fleet; neither state nor plan holds it. */
  readonly clusters?: ClusterAccesses;
  /** Whether synthesis puts the provider and its hash into the stack's folder. Default true; false leaves it to a registry or a mirror. */
  readonly install?: boolean;
  /** The executable to install. Default: the one of this package. */
  readonly executable?: string;
  /** Platforms to install for, such as `darwin_arm64`. Default: the one the program runs on. */
  readonly platforms?: readonly string[];
}

const configKeys: KnownKeys<LittoralProviderConfig> = {
  alias: true,
  baseDirectory: true,
  requestTimeoutSeconds: true,
  powerdnsApiKey: true,
  clusters: true,
  install: true,
  executable: true,
  platforms: true,
};

/** cdktf calls what is found under this name when it synthesizes a construct; cdktn keeps it. */
const customSynthesis = Symbol.for('cdktf/customSynthesis');

/** Runs `write` when the stack around `construct` is synthesized. */
export function onSynthesis(construct: Construct, write: () => void): void {
  const synthesis = { onSynthesize: (_session: ISynthesisSession) => write() };
  Object.defineProperty(construct, customSynthesis, { value: synthesis });
}

/** The provider littoral. */
export class LittoralProvider extends TerraformProvider {
  /** Type of the provider in Terraform. */
  static readonly tfResourceType = 'littoral';
  /** The arguments that the provider was created with. */
  readonly config: LittoralProviderConfig;

  constructor(scope: Construct, id: string, config: LittoralProviderConfig = {}) {
    super(scope, id, {
      terraformResourceType: LittoralProvider.tfResourceType,
      terraformGeneratorMetadata: generatorMetadata,
      terraformProviderSource: PROVIDER_ADDRESS,
    });
    this.config = config;
    this.node.addValidation({
      validate: () => [
        ...strayProps(this.node.path, config, configKeys),
        ...strayAccesses(this.node.path, config.clusters),
      ],
    });
    if (config.install === false) return;
    const { executable, platforms } = config;
    onSynthesis(this, () => {
      installProvider(this, { version: VERSION, executable, platforms });
      const hidden = hiddenProvider(this);
      if (hidden !== undefined) Annotations.of(this).addWarning(hidden);
    });
  }

  /** Alias of the provider configuration, if it has one. */
  override get alias(): string | undefined {
    return this.config?.alias;
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    const { alias, baseDirectory, requestTimeoutSeconds, powerdnsApiKey, clusters } = this.config;
    return {
      alias,
      // Produced late: only a synthesis needs an app around the stack.
      base_directory: baseDirectory ?? Lazy.stringValue({ produce: () => projectFrom(this) }),
      request_timeout_seconds: requestTimeoutSeconds,
      powerdns_api_key: powerdnsApiKey,
      clusters: writtenAccesses(clusters),
    };
  }
}
