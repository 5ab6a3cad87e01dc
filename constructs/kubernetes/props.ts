/** Props: what can be synthesized, as a developer writes it or as a parser leaves it, made uniform. */
import { type Access, accessSchema } from '../model/app/access';
import { autoscalingOf, autoscalingSchema } from '../model/app/autoscaling';
import { type Exposure, exposureSchema } from '../model/app/exposure';
import { type Images, imagesSchema } from '../model/app/images';
import { type Isolation, isolationKeys } from '../model/app/isolation';
import { autoscalingMistakes } from '../model/app/mistakes/autoscaling';
import { exposureMistakes } from '../model/app/mistakes/exposure';
import { namespaceMistakes } from '../model/app/mistakes/namespace';
import { networkMistakes } from '../model/app/mistakes/network';
import { overrideMistakes } from '../model/app/mistakes/override';
import { quotaMistakes } from '../model/app/mistakes/quota';
import { securityMistakes } from '../model/app/mistakes/security';
import { type NetworkInput, networkSchema } from '../model/app/network';
import { type Quota, quotaSchema } from '../model/app/quota';
import { type Security, securityOf, securitySchema } from '../model/app/security';
import {
  type Component,
  type Manifest,
  type Override,
  overrideSchema,
  type Sizing,
  scalingSchema,
  sizingsOf,
  type Workload,
  workloadSchema,
} from '../model/app/workload';
import type { Fleet } from '../model/fleet';
import {
  EdgeError,
  edgeErrorOf,
  type KnownKeys,
  mistakesOf,
  type Path,
  quoted,
  received,
  throwAll,
  unknownKeys,
  walkPlain,
  z,
} from '../parsing';
import type { ChartFunction } from './charts/chart-objects';
import type { ManifestText } from './reading/manifest-documents';

/** What runs, and what differs by cluster. One of `workload`, `manifests` and `chart` says which objects there are. */
export interface SynthProps {
  /** Lower-case letters, digits and "-", at most 63 characters. */
  readonly name: string;
  /** Where objects without a namespace go. Default: the name. */
  readonly namespace?: string;
  /** One component or several. With `chart` it only says how replicas follow requests. */
  readonly workload?: z.input<typeof workloadSchema> | Workload;
  /** Existing or rendered objects. */
  readonly manifests?: readonly (ManifestText | Manifest)[];
  /** With manifests: the Deployment or StatefulSet that takes the replicas, or several. */
  readonly scaling?: z.input<typeof scalingSchema>;
  /** As `scaling`, as a parser leaves it. Default: from `scaling`. */
  readonly sizing?: readonly Sizing[];
  /** A cdk8s chart of your own. */
  readonly chart?: ChartFunction;
  /** Patches for the clusters that match, applied in order. */
  readonly overrides?: readonly z.input<typeof overrideSchema>[];
  /** How users come in: hosts, gateway, certificate, probe, DNS. Default: not at all. */
  readonly exposure?: z.input<typeof exposureSchema> | Exposure;
  /** By what the replicas of components in `workload` move; `false` keeps those of the decision. Default: by CPU. */
  readonly autoscaling?: z.input<typeof autoscalingSchema>;
  /** Rights of the pods. Default: those of Pod Security restricted. */
  readonly security?: z.input<typeof securitySchema>;
  /** Who may ask the pods of `workload`, and whom they may ask. Default: each other and name servers; `false`: everybody and everything. */
  readonly network?: z.input<typeof networkSchema>;
  /** Registries that images may come from, whether digests pin them, and Secrets by which they are pulled. Default: from anywhere. */
  readonly images?: z.input<typeof imagesSchema>;
  /** Who may do what in the namespace of the app. Default: nobody by it. */
  readonly access?: z.input<typeof accessSchema>;
  /** How much the namespace of `workload` may ask for in each cluster: room for all replicas and a rollout of them. Default: any amount. */
  readonly quota?: z.input<typeof quotaSchema>;
}

/** The part of a fleet that synthesis looks at. */
export type Clusters = Pick<Fleet, 'clusters'>;

/** Uniform props. */
export interface Prepared {
  readonly name: string;
  readonly namespace: string;
  /** Empty unless `workload` was given. */
  readonly components: readonly Component[];
  /** Names of what takes replicas and overrides. */
  readonly scaled: readonly string[];
  readonly manifests: readonly (ManifestText | Manifest)[] | undefined;
  readonly chart: ChartFunction | undefined;
  readonly overrides: readonly Override[];
  readonly autoscaling: ReturnType<typeof autoscalingOf>;
  readonly exposure: Exposure | undefined;
  /** Rights of the pods that are made of components. */
  readonly security: Security;
  /** Who may ask the pods that are made of components; undefined where nothing says so. */
  readonly network: NetworkInput | undefined;
  readonly images: Images | undefined;
  readonly access: Access | undefined;
  readonly quota: Quota | undefined;
  /** Whether a namespace that nobody wrote down is held to the profile. */
  readonly labelsNamespace: boolean;
}

/** What an app may be made of here; what only a placement reads is passed over. */
export const synthKeys: KnownKeys<SynthProps> & Readonly<Record<string, true>> = {
  name: true,
  namespace: true,
  workload: true,
  manifests: true,
  scaling: true,
  sizing: true,
  chart: true,
  overrides: true,
  exposure: true,
  ...isolationKeys,
};
const placedKeys = {
  team: true,
  policy: true,
  demand: true,
  fleet: true,
  apiVersion: true,
  kind: true,
} as const;

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Checks everything that can be checked alone. Throws EdgeErrors. */
export function prepare(props: SynthProps): Prepared {
  const errors: EdgeError[] = [...unknownKeys(props, { ...synthKeys, ...placedKeys })];
  const gather = <S extends z.ZodType>(schema: S, value: unknown, ...path: Path) =>
    parsed(schema, value, path, errors);
  const { name, namespace = name } = props;
  if (!isLabel(name)) errors.push(notALabel('name', name));
  if (namespace !== name && !isLabel(namespace)) errors.push(notALabel('namespace', namespace));
  errors.push(...namespaceMistakes(name, props.namespace).map((one) => edgeErrorOf(one)));
  const components = componentsOf(name, props.workload, errors);
  errors.push(...components.flatMap(probesWithoutPort));
  const scaling =
    props.scaling === undefined ? undefined : gather(scalingSchema, props.scaling, 'scaling');
  const overrides =
    props.overrides === undefined
      ? []
      : (gather(z.array(overrideSchema), props.overrides, 'overrides') ?? []);
  const named = scaling === undefined ? [] : sizingsOf(scaling).map((one) => one.name);
  errors.push(...contradictions(props), ...twice(named));
  for (const { index, mistake } of overrideMistakes(overrides)) {
    errors.push(edgeErrorOf({ ...mistake, path: ['overrides', index, ...mistake.path] }));
  }
  const exposure =
    props.exposure === undefined ? undefined : gather(exposureSchema, props.exposure, 'exposure');
  const served = props.workload === undefined || props.chart !== undefined ? undefined : components;
  const wrong = exposure === undefined ? [] : exposureMistakes(exposure, served);
  errors.push(...wrong.map((one) => edgeErrorOf({ ...one, path: ['exposure', ...one.path] })));
  const security =
    props.security === undefined ? undefined : gather(securitySchema, props.security, 'security');
  const network =
    props.network === undefined ? undefined : gather(networkSchema, props.network, 'network');
  const images =
    props.images === undefined ? undefined : gather(imagesSchema, props.images, 'images');
  const access =
    props.access === undefined ? undefined : gather(accessSchema, props.access, 'access');
  const autoscaling =
    props.autoscaling === undefined
      ? undefined
      : gather(autoscalingSchema, props.autoscaling, 'autoscaling');
  const quota = props.quota === undefined ? undefined : gather(quotaSchema, props.quota, 'quota');
  errors.push(...isolationErrors(props, served, { security, network, autoscaling, quota }));
  throwAll(errors);
  return {
    name,
    namespace,
    components,
    scaled: components.length > 0 ? components.map((one) => one.name) : sizes(props, named),
    manifests: props.manifests,
    chart: props.chart,
    overrides,
    exposure,
    security: securityOf(security),
    network,
    images,
    access,
    quota,
    labelsNamespace: served !== undefined || security !== undefined,
    autoscaling: autoscalingOf(autoscaling),
  };
}

function isolationErrors(
  { workload, exposure }: SynthProps,
  served: readonly Component[] | undefined,
  { security, network, autoscaling, quota }: Partial<Isolation>,
): readonly EdgeError[] {
  const pathOf = (index: number): Path =>
    workload !== undefined && 'components' in workload
      ? ['workload', 'components', index]
      : ['workload'];
  const around = { components: served, isExposed: exposure !== undefined };
  const wrong = networkMistakes(network, around);
  return [
    ...securityMistakes(security, served, pathOf),
    ...wrong.map((one) => ({ ...one, path: ['network', ...one.path] })),
    ...autoscalingMistakes(autoscaling, served).map((one) => {
      return { ...one, path: ['autoscaling', ...one.path] };
    }),
    ...quotaMistakes(quota, served, autoscaling).map((one) => {
      return { ...one, path: ['quota', ...one.path] };
    }),
  ].map((one) => edgeErrorOf(one));
}

function twice(components: readonly string[]): readonly EdgeError[] {
  return components
    .filter((name, index) => components.indexOf(name) < index)
    .map(
      (name) =>
        new EdgeError({
          code: 'Duplicate',
          path: 'scaling',
          summary: `got a second component named ${quoted(name)}, expected every name once`,
          remedy: 'Remove one of the two.',
        }),
    );
}

function sizes({ sizing }: SynthProps, named: readonly string[]): readonly string[] {
  return named.length > 0 ? named : (sizing ?? []).map((one) => one.name);
}

function componentsOf(
  name: string,
  workload: SynthProps['workload'],
  errors: EdgeError[],
): readonly Component[] {
  if (workload === undefined) return [];
  const given = parsed(workloadSchema, workload, ['workload'], errors);
  if (given === undefined) return [];
  return 'components' in given ? given.components : [{ ...given, name, requestsPerRequest: 1 }];
}

function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  path: Path,
  errors: EdgeError[],
): z.output<S> | undefined {
  const plain = walkPlain(value).mistakes;
  const result = plain.length > 0 ? undefined : schema.safeParse(value);
  if (result?.success) return result.data;
  const mistakes = result === undefined ? plain : mistakesOf(schema, value, result.error.issues);
  errors.push(...mistakes.map((one) => edgeErrorOf({ ...one, path: [...path, ...one.path] })));
  return undefined;
}

function probesWithoutPort({ name, port, probes }: Component): readonly EdgeError[] {
  return (['readiness', 'liveness'] as const).flatMap((kind) => {
    if (probes[kind] === undefined || (probes[kind].port ?? port) !== undefined) return [];
    return new EdgeError({
      code: 'InvalidDocument',
      path: `workload.probes.${kind}`,
      summary: `component ${name} has a ${kind} probe but no port to ask`,
      remedy: 'Add port to the component or to the probe.',
    });
  });
}

function contradictions(props: SynthProps): readonly EdgeError[] {
  const { workload, manifests, chart, scaling } = props;
  const error = (path: string, summary: string, remedy: string) =>
    new EdgeError({ code: 'Contradiction', path, summary, remedy });
  const found: EdgeError[] = [];
  if (workload === undefined && manifests === undefined && chart === undefined) {
    found.push(error('', 'nothing says what runs', 'Add one of workload, manifests and chart.'));
  }
  if (manifests !== undefined && (workload !== undefined || chart !== undefined)) {
    const other = workload === undefined ? 'chart' : 'workload';
    found.push(
      error('manifests', `got manifests and ${other}, expected one of them`, `Remove ${other}.`),
    );
  }
  if (scaling !== undefined && manifests === undefined) {
    found.push(
      error(
        'scaling',
        'scaling names an object of manifests, and there are none',
        'Remove scaling.',
      ),
    );
  }
  if (manifests !== undefined && !Array.isArray(manifests)) {
    const remedy = 'Write a list, also of one.';
    found.push(
      error('manifests', `got ${received(manifests, ['manifests'])}, expected a list`, remedy),
    );
  } else if (manifests?.some((one) => typeof one === 'string')) {
    found.push(
      error('manifests', 'got a path, expected objects or texts', 'Read the files: {file, text}.'),
    );
  }
  return found;
}

/** A program without types may give anything, and a pattern takes 5 and null for texts. */
function isLabel(value: unknown): boolean {
  return typeof value === 'string' && label.test(value);
}

function notALabel(path: string, value: unknown): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path,
    summary: `got ${typeof value === 'string' ? quoted(value) : received(value, [path])}, expected at most 63 lower-case letters, digits and "-", starting and ending with a letter or digit`,
    remedy: `Choose a ${path} that Kubernetes accepts (RFC 1123 label).`,
  });
}
