/** Autoscaler objects: the HorizontalPodAutoscaler or ScaledObject of a component, and its VerticalPodAutoscaler. */
import { type Autoscaling, aims, type ScalingMetric } from '../model/app/autoscaling';
import type { Component } from '../model/app/workload';
import type { Site } from './site';

/** An object without its metadata. */
interface Bare {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: object;
}

/** Whether something moves the replicas of a component: it gets requests, and has what percentages are of, or follows something else. */
export function isAutoscaled(component: Component, autoscaling: Autoscaling | false): boolean {
  if (autoscaling === false || component.requestsPerRequest === 0) return false;
  return metricsOf(component, autoscaling).length + triggersOf(component, autoscaling).length > 0;
}

/** What moves the replicas of the component, and what recommends its requests. */
export function autoscalerObjects(
  component: Component,
  autoscaling: Autoscaling,
  site: Site,
): readonly Bare[] {
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: component.name };
  const bounds = [site.replicasOf(component.name), site.maxReplicasOf(component.name)] as const;
  const own =
    autoscaling.keda === undefined
      ? horizontal(component, autoscaling, target, bounds)
      : scaledObject(component, autoscaling, target, bounds);
  const { vertical } = autoscaling;
  if (vertical === undefined) return [own];
  const free = (['cpu', 'memory'] as const).filter((one) => !aims(autoscaling, one));
  const spec = {
    targetRef: target,
    updatePolicy: { updateMode: vertical },
    resourcePolicy: {
      containerPolicies: [
        {
          containerName: component.name,
          // Where both are aimed at it only recommends, and may say what it likes.
          controlledResources: free.length === 0 ? ['cpu', 'memory'] : free,
          controlledValues: 'RequestsOnly',
        },
      ],
    },
  };
  return [own, { apiVersion: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler', spec }];
}

type Bounds = readonly [least: number, most: number];

function horizontal(
  component: Component,
  autoscaling: Autoscaling,
  scaleTargetRef: object,
  [minReplicas, maxReplicas]: Bounds,
): Bare {
  const metrics = metricsOf(component, autoscaling).map(horizontalMetric);
  const { behavior } = autoscaling;
  const spec = { scaleTargetRef, minReplicas, maxReplicas, metrics, behavior };
  return { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', spec };
}

function scaledObject(
  component: Component,
  autoscaling: Autoscaling,
  scaleTargetRef: object,
  [minReplicaCount, maxReplicaCount]: Bounds,
): Bare {
  const { keda, behavior } = autoscaling;
  const { pollingSeconds: pollingInterval, fallback } = keda ?? {};
  const spec = {
    scaleTargetRef,
    minReplicaCount,
    maxReplicaCount,
    pollingInterval,
    advanced: behavior && { horizontalPodAutoscalerConfig: { behavior } },
    // A fixed number would take replicas from a loaded app.
    fallback: fallback && { ...fallback, behavior: 'currentReplicasIfHigher' },
    triggers: [
      ...metricsOf(component, autoscaling).map(kedaMetric),
      ...triggersOf(component, autoscaling).map(({ type, metadata, authenticationRef }) => ({
        type,
        metadata,
        authenticationRef: authenticationRef && { name: authenticationRef },
      })),
    ],
  };
  return { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject', spec };
}

/** A metric of this component. */
type OwnMetric =
  | { readonly resource: 'cpu' | 'memory'; readonly percent: number; readonly container?: string }
  | Extract<ScalingMetric, { readonly external: string }>;

function metricsOf(component: Component, autoscaling: Autoscaling): readonly OwnMetric[] {
  const { targetCpuPercent, targetMemoryPercent, metrics = [] } = autoscaling;
  const { cpuMillicores, memoryMebibytes } = component.resources;
  const percent = (
    resource: 'cpu' | 'memory',
    value: number | undefined,
    container?: string,
  ): readonly OwnMetric[] => {
    // A percentage is of the request, so without one there is none.
    const request = resource === 'cpu' ? cpuMillicores : memoryMebibytes;
    if (value === undefined || request === 0) return [];
    return [{ resource, percent: value, ...(container === undefined ? {} : { container }) }];
  };
  return [
    ...percent('cpu', targetCpuPercent),
    ...percent('memory', targetMemoryPercent),
    ...metrics.flatMap((metric): readonly OwnMetric[] => {
      if ('external' in metric) return isFor(component, metric) ? [metric] : [];
      if (metric.container !== component.name) return [];
      return [
        ...percent('cpu', metric.cpuPercent, metric.container),
        ...percent('memory', metric.memoryPercent, metric.container),
      ];
    }),
  ];
}

function triggersOf(component: Component, { keda }: Autoscaling) {
  return (keda?.triggers ?? []).filter((one) => isFor(component, one));
}

function isFor({ name }: Component, given: { readonly component?: string | undefined }): boolean {
  return given.component === undefined || given.component === name;
}

function horizontalMetric(metric: OwnMetric): object {
  if ('external' in metric) {
    const { external: name, labels, value, averageValue } = metric;
    const selector = labels && { matchLabels: labels };
    const target =
      value === undefined ? { type: 'AverageValue', averageValue } : { type: 'Value', value };
    return { type: 'External', external: { metric: { name, selector }, target } };
  }
  const target = { type: 'Utilization', averageUtilization: metric.percent };
  const { resource: name, container } = metric;
  return container === undefined
    ? { type: 'Resource', resource: { name, target } }
    : { type: 'ContainerResource', containerResource: { container, name, target } };
}

/** External metrics are refused beside keda. */
function kedaMetric(metric: OwnMetric): object {
  if ('external' in metric) return { type: 'external', metadata: {} };
  const { resource, percent, container: containerName } = metric;
  const metadata = {
    value: String(percent),
    ...(containerName === undefined ? {} : { containerName }),
  };
  return { type: resource, metricType: 'Utilization', metadata };
}
