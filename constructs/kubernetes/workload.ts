/** Workload: the Deployment, Service, autoscaler and disruption budget of each component, as a cdk8s chart. */
import { ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Component } from '../model/workload';
import type { Autoscaling } from './props';
import { cpuQuantity, memoryQuantity } from './quantities';
import type { Site } from './site';

/** What the chart of a workload is made of. */
export interface WorkloadProps {
  readonly app: string;
  readonly namespace: string;
  readonly components: readonly Component[];
  readonly autoscaling: Required<Autoscaling> | false;
  readonly site: Site;
  /** Names of components that an override gives more than one replica. */
  readonly raised: ReadonlySet<string>;
}

/** A Deployment for each component; with a port also a Service, which siblings reach by the component's name. */
export class WorkloadChart extends Chart {
  constructor(scope: Construct, id: string, props: WorkloadProps) {
    super(scope, id, { namespace: props.namespace });
    for (const component of props.components) {
      const scales = isAutoscaled(component, props.autoscaling);
      const labels = labelsOf(props.app, component.name);
      const object = (kind: string, apiVersion: string, rest: object): ApiObject =>
        new ApiObject(this, `${component.name}-${kind}`, {
          apiVersion,
          kind,
          metadata: { name: component.name, labels },
          ...rest,
        });
      object('Deployment', 'apps/v1', {
        spec: deployment(
          component,
          props,
          scales ? undefined : props.site.replicasOf(component.name),
        ),
      });
      if (component.port !== undefined) {
        object('Service', 'v1', { spec: service(component, component.port, props.app) });
      }
      if (scales) {
        object('HorizontalPodAutoscaler', 'autoscaling/v2', {
          spec: autoscaler(component, props.site, props.autoscaling),
        });
      }
      if (scales || mayHaveSeveral(component, props.raised)) {
        object('PodDisruptionBudget', 'policy/v1', {
          spec: {
            maxUnavailable: 1,
            selector: { matchLabels: selectorOf(props.app, component.name) },
          },
        });
      }
    }
  }
}

/**
 * An autoscaler compares CPU use with the request, so without a request there is none; and a component that gets
 * no requests (a database, a leader) keeps its number.
 */
function isAutoscaled(
  component: Component,
  autoscaling: WorkloadProps['autoscaling'],
): autoscaling is Required<Autoscaling> {
  const follows = component.requestsPerRequest > 0 && component.resources.cpuMillicores > 0;
  return autoscaling !== false && follows;
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

function deployment(component: Component, { app }: WorkloadProps, replicas: number | undefined) {
  const selector = selectorOf(app, component.name);
  return {
    replicas,
    selector: { matchLabels: selector },
    template: {
      metadata: { labels: labelsOf(app, component.name) },
      spec: {
        automountServiceAccountToken: false,
        securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: selector },
          },
        ],
        containers: [container(component)],
      },
    },
  };
}

function container({ name, image, port, env, resources, probes }: Component) {
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
    securityContext: { allowPrivilegeEscalation: false },
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

function autoscaler({ name }: Component, site: Site, autoscaling: Required<Autoscaling>) {
  const target = { type: 'Utilization', averageUtilization: autoscaling.targetCpuPercent };
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    minReplicas: site.replicasOf(name),
    maxReplicas: site.maxReplicasOf(name),
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
  };
}
