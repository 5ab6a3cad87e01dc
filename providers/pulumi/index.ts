/** Public interface of `littoral/pulumi`: placement inside `pulumi preview` and `pulumi up`. */
import './peers';

export type { DemandValue } from '../resources/demand';
export type { FleetValue } from '../resources/fleet';
export { EdgeApp } from './resources/edge-app';
export type { EdgeAppArgs } from './resources/edge-app-args';
export type { Deep, DocumentInput } from './resources/inputs';
export { type PlacedAppOutput, Placement, type PlacementArgs } from './resources/placement';
export { Release, type ReleaseArgs, type RolloutInput } from './resources/release';
export { Retirement, type RetirementArgs } from './resources/retirement';
export {
  type DemandArgs,
  type FleetArgs,
  getDemand,
  getDemandOutput,
  getFleet,
  getFleetOutput,
} from './resources/sources';
export { type PowerDnsArgs, Traffic, type TrafficArgs } from './resources/traffic';
export { Mistake } from './runtime/mistake';
