/** The door of this room, `littoral/pulumi`: placement inside `pulumi preview` and `pulumi up`. */
export type { DemandValue } from '../resources/demand';
export type { FleetValue } from '../resources/fleet';
export { EdgeApp } from './edge-app';
export type { EdgeAppArgs } from './edge-app-args';
export type { Deep, DocumentInput } from './inputs';
export { Mistake } from './mistake';
export { type PlacedAppOutput, Placement, type PlacementArgs } from './placement';
export { Release, type ReleaseArgs, type RolloutInput } from './release';
export {
  type DemandArgs,
  type FleetArgs,
  getDemand,
  getDemandOutput,
  getFleet,
  getFleetOutput,
} from './sources';
