/** Terraform by cdktf: the provider littoral and its resources as typed constructs, and the constructs EdgeStack and EdgeDeployment on top. */
import './peers';

export type { AppProps } from './app-document';
export type { ClusterAccess, ClusterAccesses, ClusterLogin } from './cluster-access';
export { DataLittoralDemand, type DataLittoralDemandConfig } from './data-demand';
export { DataLittoralFleet, type DataLittoralFleetConfig } from './data-fleet';
export { EdgeDeployment, type EdgeDeploymentProps } from './edge-deployment';
export { EdgeFleet, type EdgeFleetProps } from './edge-fleet';
export { EdgePlacement, type EdgePlacementProps } from './edge-placement';
export { EdgeStack, type EdgeStackProps } from './edge-stack';
export { escaped } from './escape';
export { LittoralProvider, type LittoralProviderConfig } from './littoral-provider';
export {
  LittoralPlacement,
  type LittoralPlacementConfig,
  type PlacedAppAttributes,
} from './placement-resource';
export {
  LittoralRelease,
  type LittoralReleaseConfig,
  type RolloutConfig,
} from './release-resource';
export { LittoralRetirement, type LittoralRetirementConfig } from './retirement-resource';
export type { KubernetesDelivery } from './sites';
export type { ReadArguments } from './source';
export {
  LittoralTraffic,
  type LittoralTrafficConfig,
  type PowerDnsConfig,
} from './traffic-resource';
