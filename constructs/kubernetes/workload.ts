/** Workload: the Deployment, Service, autoscaler and disruption budget of each component. */

import type { autoscalingOf } from '../model/app/autoscaling';
import type { Security } from '../model/app/security';
import type { Component, Manifest } from '../model/app/workload';
import { byCodeUnits } from '../model/canonical';
import { autoscalerObjects, isAutoscaled } from './autoscaler-objects';
import { containerFields, podFields } from './isolation/pod-security';
import { cpuQuantity, memoryQuantity } from './quantities';
import type { Site } from './site';

/** What the objects of a workload are made of. */
export interface WorkloadProps {
  readonly app: string;
  readonly namespace: string;
  readonly components: readonly Component[];
  readonly autoscaling: ReturnType<typeof autoscalingOf>;
  readonly security: Security;
  /** Names of Secrets by which images are pulled. */
  readonly pullSecrets: readonly string[];
  readonly site: Site;
  /** Names of components that an override gives more than one replica. */
  readonly raised: ReadonlySet<string>;
}

/** A Deployment for each component; with a port also a Service, which siblings reach by the component's name. */
export function workloadObjects(props: WorkloadProps): readonly Manifest[] {
  return props.components.flatMap((component) => componentObjects(component, props));
}

function componentObjects(component: Component, props: WorkloadProps): readonly Manifest[] {
  const { app, namespace, autoscaling, site, raised } = props;
  const { name, port } = component;
  const scales = isAutoscaled(component, autoscaling);
  const metadata = { labels: labelsOf(app, name), name, namespace };
  const object = (apiVersion: string, kind: string, spec: object): Manifest => {
    return { apiVersion, kind, metadata, ...(written({ spec }) as { readonly spec: object }) };
  };
  const replicas = scales ? undefined : site.replicasOf(name);
  const objects = [object('apps/v1', 'Deployment', deployment(component, replicas, props))];
  if (port !== undefined) objects.push(object('v1', 'Service', service(component, port, app)));
  if (scales && autoscaling !== false) {
    for (const { apiVersion, kind, spec } of autoscalerObjects(component, autoscaling, site)) {
      objects.push(object(apiVersion, kind, spec));
    }
  }
  if (scales || mayHaveSeveral(component, raised)) {
    const selector = { matchLabels: selectorOf(app, name) };
    const spec = { maxUnavailable: 1, selector };
    objects.push(object('policy/v1', 'PodDisruptionBudget', spec));
  }
  return objects;
}

/** In the order of its keys and without what is undefined, so that equal objects have equal texts. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([a], [b]) => byCodeUnits(a, b));
  return Object.fromEntries(sorted.map(([key, member]) => [key, written(member)]));
}

function mayHaveSeveral(component: Component, raised: ReadonlySet<string>): boolean {
  const follows = component.requestsPerRequest > 0;
  return follows || component.minReplicas > 1 || raised.has(component.name);
}

/** Labels that never change, because a Deployment's selector may not. */
function selectorOf(app: string, component: string) {
  return { 'app.kubernetes.io/name': app, 'app.kubernetes.io/component': component };
}

function labelsOf(app: string, component: string) {
  return {
    ...selectorOf(app, component),
    'app.kubernetes.io/part-of': app,
    'app.kubernetes.io/managed-by': 'littoral',
  };
}

function deployment(
  component: Component,
  replicas: number | undefined,
  { app, security, pullSecrets }: WorkloadProps,
) {
  const selector = selectorOf(app, component.name);
  return {
    replicas,
    selector: { matchLabels: selector },
    template: {
      metadata: { labels: labelsOf(app, component.name) },
      spec: {
        ...podFields(component, security),
        imagePullSecrets:
          pullSecrets.length === 0 ? undefined : pullSecrets.map((name) => ({ name })),
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: selector },
          },
        ],
        containers: [container(component, security)],
      },
    },
  };
}

function container(component: Component, security: Security) {
  const { name, image, port, env, resources, probes } = component;
  const names = orderedNames(env);
  return {
    name,
    image,
    ports: port === undefined ? undefined : [{ name: 'http', containerPort: port }],
    env: names.length === 0 ? undefined : names.map((key) => ({ name: key, value: env[key] })),
    resources: {
      requests: {
        cpu: cpuQuantity(resources.cpuMillicores),
        memory: memoryQuantity(resources.memoryMebibytes),
      },
      limits:
        resources.memoryMebibytes > 0
          ? { memory: memoryQuantity(resources.memoryMebibytes) }
          : undefined,
    },
    readinessProbe: probe(probes.readiness, port),
    livenessProbe: probe(probes.liveness, port),
    ...containerFields(component, security),
  };
}

/** Sorted, but a variable comes after those its value refers to as $(NAME): Kubernetes expands only what it has seen. */
function orderedNames(env: Readonly<Record<string, string>>): readonly string[] {
  const placed = new Set<string>();
  const visiting = new Set<string>();
  const place = (name: string): void => {
    if (visiting.has(name) || !Object.hasOwn(env, name)) return;
    visiting.add(name);
    for (const [, referred] of env[name]!.matchAll(/\$\(([^)]+)\)/g)) place(referred!);
    placed.add(name);
  };
  for (const name of Object.keys(env).sort()) place(name);
  return [...placed];
}

type Probe = NonNullable<Component['probes']['readiness']>;

function probe(given: Probe | undefined, port: number | undefined) {
  if (given === undefined) return undefined;
  const { path, port: own = port, ...timing } = given;
  return { httpGet: { path, port: own }, ...timing };
}

function service(component: Component, port: number, app: string) {
  return {
    type: 'ClusterIP',
    selector: selectorOf(app, component.name),
    ports: [{ name: 'http', port, targetPort: 'http', protocol: 'TCP' }],
  };
}
