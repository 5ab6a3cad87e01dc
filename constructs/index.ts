/** The front door: documents, placement, synthesis. Kubernetes constructs have a door of their own, `littoral/kubernetes`. */
import type { Bundle } from './model/app/bundle';

export type { Bundle } from './model/app/bundle';
export type { Component, Manifest, Override, Sizing, Workload } from './model/app/workload';
export { canonicalJson, digestOf } from './model/canonical';
export type {
  AppDecision,
  Certificate,
  ClusterDecision,
  Conflict,
  PlacementDecision,
  RejectionGroup,
} from './model/decision';
export { parseDecision } from './model/decision-document';
export type { Demand, Origin } from './model/demand';
export { type DemandInput, demandDocument, parseDemand } from './model/demand-document';
export type { Cluster, Fleet, LatencyModel, LatencyPair, Signal, Taint } from './model/fleet';
export { type FleetInput, fleetDocument, parseFleet } from './model/fleet-document';
export { geohashCenter, kilometersBetween, type Point } from './model/geography';
export type { CountedMatch, Match, OriginMatch } from './model/match';
export { type Rejection, rejectionsOf } from './model/rejections';
export { VERSION } from './model/version';
export type { DocumentOptions, DocumentSource } from './parsing';
export { EdgeError, type EdgeErrorCode, EdgeErrors, edgeErrorsOf } from './parsing';
export * from './placement-api';

/** `synth` of `littoral/kubernetes`, loaded at the first call: cdk8s is an optional peer. */
export function synth(...args: Parameters<typeof import('./kubernetes/synth')['synth']>): Bundle {
  return (require('./kubernetes/synth') as typeof import('./kubernetes/synth')).synth(...args);
}

export { render } from './kubernetes/render';
