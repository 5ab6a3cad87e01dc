/** EdgeStack: a stack with the provider installed and configured, and usually a fleet. */
import type { Construct, IConstruct } from 'constructs';
import type { Fleet } from '../model/fleet';
import type { FleetInput } from '../model/fleet-document';
import type { KnownKeys } from '../parsing';
import { TerraformStack } from './cdktf';
import { strayProps } from './dependencies';
import { EdgeFleet, type EdgeFleetProps } from './edge-fleet';
import { LittoralProvider, type LittoralProviderConfig } from './littoral-provider';

/** What a stack is told. */
export interface EdgeStackProps {
  /** The clusters its deployments choose from: the path of a Fleet document, the clusters themselves, or how to find them. */
  readonly fleet?: string | FleetInput | Fleet | EdgeFleetProps;
  /** How the provider is configured and installed. */
  readonly provider?: LittoralProviderConfig;
}

const propKeys: KnownKeys<EdgeStackProps> = { fleet: true, provider: true };

const brand = Symbol.for('littoral.EdgeStack');

/** A stack that `cdktf deploy`, or Terraform alone, can apply with no registry and no configuration of its command line. */
export class EdgeStack extends TerraformStack {
  /** True for any EdgeStack, also from another copy of this package. */
  static isEdgeStack(construct: IConstruct): construct is EdgeStack {
    return brand in construct;
  }

  /** The provider of every littoral resource in the stack. */
  readonly provider: LittoralProvider;
  /** The fleet of the stack; undefined when its props give none. */
  readonly fleet: EdgeFleet | undefined;

  constructor(scope: Construct, id: string, props: EdgeStackProps = {}) {
    super(scope, id);
    Object.defineProperty(this, brand, { value: true });
    this.provider = new LittoralProvider(this, 'littoral', props.provider);
    this.node.addValidation({ validate: () => strayProps(this.node.path, props, propKeys) });
    const { fleet } = props;
    this.fleet = fleet === undefined ? undefined : new EdgeFleet(this, 'fleet', fleetProps(fleet));
  }
}

function fleetProps(fleet: NonNullable<EdgeStackProps['fleet']>): EdgeFleetProps {
  if (typeof fleet === 'string') return { file: fleet };
  return 'clusters' in fleet ? { document: fleet } : fleet;
}
