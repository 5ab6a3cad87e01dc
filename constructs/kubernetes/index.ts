/** Kubernetes: what to run, as objects: synthesized early into a bundle, rendered late for each chosen cluster. */
import './peers';

export type { Autoscaling } from '../model/app/autoscaling';
export type { Bundle, BundleObject, Fill, Slot, Variant } from '../model/app/bundle';
export { bundleSchema } from '../model/app/bundle';
export type { ChartFunction } from './charts/chart-objects';
export type { DecisionForApp, EdgeAppProps } from './edge-app';
export { EdgeApp } from './edge-app';
export { clusterFiles } from './layout';
export type { Clusters, SynthProps } from './props';
export type { ManifestText } from './reading/manifest-documents';
export type { Placed, RenderOptions } from './render';
export { render } from './render';
export type { Site } from './site';
export { synth } from './synth';
export { manifestsYaml, manifestYaml } from './yaml';
