/** Synth: turns what a developer wrote into a Bundle, before anybody knows where it will run. */

import type { Bundle } from '../model/app/bundle';
import type { Manifest, Override } from '../model/app/workload';
import { byCodeUnits } from '../model/canonical';
import type { Cluster } from '../model/fleet';
import { EdgeError, throwAll } from '../parsing';
import { assemble, type Group } from './assemble';
import {
  chartTemplates,
  isPlace,
  type ObjectsProps,
  objectsOfChart,
  sharedTemplates,
} from './charts/chart';
import { Probes } from './charts/chart-probes';
import { completed, isOwnNamespace } from './complete';
import { exposedObjects } from './exposure/exposed';
import { sortHooks } from './hooks';
import { imageMistakes } from './isolation/image-mistakes';
import { namespaceQuota } from './isolation/namespace-quota';
import { networkPolicies, networkWarnings } from './isolation/network-policies';
import { securityWarnings } from './isolation/pod-security';
import { teamRoles } from './isolation/team-roles';
import { readManifests } from './manifests';
import { unknownValues } from './overrides/override-match';
import { overrideErrors } from './overrides/overrides';
import { namespaceLabels } from './pod-security-labels';
import { type Clusters, type Prepared, prepare, type SynthProps } from './props';
import { replicaWarnings, scaled } from './scaling';
import type { Template } from './slots';
import { workloadObjects } from './workload';

interface Source {
  readonly groups: readonly Group[];
  readonly warnings: readonly string[];
}

/**
 * What to run on every cluster of `fleet`, with slots for what only a decision knows. Pure. Without a fleet every
 * cluster gets the same objects, and overrides are matched when they are rendered.
 * `brought` are objects of others that every cluster gets as well.
 * Throws EdgeErrors with everything that is wrong.
 */
export function synth(
  props: SynthProps,
  fleet?: Clusters,
  brought: readonly Manifest[] = [],
): Bundle {
  const prepared = prepare(props);
  const clusters = fleet && [...fleet.clusters].sort((a, b) => byCodeUnits(a.name, b.name));
  throwAll(clusterNameMistakes(prepared, clusters));
  const exposed = withExposure(sourceOf(prepared, clusters), prepared, brought);
  const source = withQuota(withAccess(withNetwork(exposed, prepared), prepared), prepared);
  const errors: EdgeError[] = [];
  const freed = new Set<string>();
  const groups = source.groups.map((group) => {
    const done = completed(group.templates, {
      namespace: prepared.namespace,
      components: prepared.scaled,
      byLabel: prepared.manifests === undefined,
      namespaceLabels: prepared.labelsNamespace ? namespaceLabels(prepared.security) : {},
    });
    if (errors.length < 100) errors.push(...done.errors);
    for (const warning of done.warnings) freed.add(warning);
    return { ...group, templates: done.templates };
  });
  throwAll(distinct(errors));
  const contested = groups.flatMap(({ templates }) =>
    replicaWarnings(templates, prepared.namespace),
  );
  const isolated = isolationWarnings(prepared, groups);
  const warnings = [...new Set([...source.warnings, ...contested, ...freed, ...isolated])];
  const bundle = assemble({ ...prepared, groups, clusters, warnings });
  throwAll([
    ...imageMistakes(prepared.images, bundle),
    ...overrideErrors(prepared.overrides, prepared.scaled, bundle.objects),
    ...(clusters === undefined ? [] : unknownValues(prepared.overrides, clusters)),
  ]);
  return bundle;
}

/** Where the app has more rights than it would have by default, and where nobody holds its pods to them. */
function isolationWarnings(
  { labelsNamespace, security, namespace }: Prepared,
  groups: readonly Group[],
): readonly string[] {
  if (!labelsNamespace) return [];
  const isMade = groups.every(({ templates }) =>
    templates.some(
      ({ manifest }) => isOwnNamespace(manifest) && manifest.metadata.name === namespace,
    ),
  );
  const unheld = `the namespace ${namespace} is not made here, so nothing holds its pods to Pod Security ${security.profile}`;
  return [...securityWarnings(security), ...(isMade ? [] : [unheld])];
}

/** The same objects by which users come in, in every cluster. */
function withExposure(source: Source, prepared: Prepared, brought: readonly Manifest[]): Source {
  const { name: app, namespace, exposure } = prepared;
  const exposed = exposedPort(prepared);
  if (exposure === undefined || exposed === undefined) return source;
  const templates = brought.map((manifest): Template => ({ manifest, slots: [] }));
  const own = exposedObjects({ app, namespace, exposure, ...exposed });
  return withTemplates(source, [...templates, ...own]);
}

/** Where requests of users go. */
function exposedPort({ name: app, exposure, components }: Prepared) {
  if (exposure === undefined) return undefined;
  const component = exposure.component ?? components[0]?.name ?? app;
  const port = exposure.port ?? components.find(({ name }) => name === component)?.port;
  return port === undefined ? undefined : { component, port };
}

/** The same NetworkPolicies around the pods of a workload, in every cluster. */
function withNetwork(source: Source, prepared: Prepared): Source {
  const { name: app, namespace, components, network, manifests, chart } = prepared;
  if (manifests !== undefined || chart !== undefined) return source;
  const exposed = exposedPort(prepared);
  const warnings = [...source.warnings, ...networkWarnings(network, exposed)];
  if (network === false) return { ...source, warnings };
  const objects = networkPolicies({ app, namespace, components, network: network ?? {}, exposed });
  const templates = objects.map((manifest): Template => ({ manifest, slots: [] }));
  return { ...withTemplates(source, templates), warnings };
}

/** The same Roles for people, in every cluster. */
function withAccess(source: Source, { name: app, namespace, access }: Prepared): Source {
  if (access === undefined) return source;
  const objects = teamRoles({ app, namespace, access });
  return withTemplates(
    source,
    objects.map((manifest): Template => ({ manifest, slots: [] })),
  );
}

/** The same quota of the namespace in every cluster, with the room that the decision needs there. */
function withQuota(source: Source, prepared: Prepared): Source {
  const { name: app, namespace, components, autoscaling, quota } = prepared;
  if (quota === undefined) return source;
  const counted = `the quota counts every pod in the namespace ${namespace}, and has room for those of ${app} alone: pods of other apps there take it`;
  const warnings = namespace === app ? source.warnings : [...source.warnings, counted];
  const objects = namespaceQuota({ app, namespace, components, autoscaling, quota });
  return { ...withTemplates(source, objects), warnings };
}

function withTemplates(source: Source, templates: readonly Template[]): Source {
  const groups = source.groups.map((group) => ({
    ...group,
    templates: [...group.templates, ...templates],
  }));
  return { ...source, groups };
}

/** Names of clusters that go into certificates have to be labels of DNS. */
function clusterNameMistakes(
  { exposure }: Prepared,
  clusters: readonly Cluster[] = [],
): readonly EdgeError[] {
  if (exposure?.tls.issuer?.names !== 'perCluster') return [];
  const odd = clusters.find(({ name }) => !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name));
  if (odd === undefined) return [];
  return [
    new EdgeError({
      code: 'Contradiction',
      path: 'exposure.tls.issuer.names',
      summary: `got perCluster, but the name of the cluster ${odd.name} is no label of a DNS name`,
      remedy: 'Rename the cluster to lower-case letters, digits and "-", or use shared.',
    }),
  ];
}

function sourceOf(prepared: Prepared, clusters: readonly Cluster[] | undefined): Source {
  if (prepared.manifests !== undefined) return fromManifests(prepared);
  const { chart } = prepared;
  if (chart === undefined) return { groups: [{ templates: fromWorkload(prepared) }], warnings: [] };
  const objects = objectsOfChart(chart);
  const probes = new Probes(chart);
  const maxReplicasFactor = factorOf(prepared);
  const props = { objects, components: prepared.scaled, maxReplicasFactor, probes };
  if (clusters === undefined) {
    return withoutFleet(prepared, props);
  }
  const lists = chartTemplates(props, clusters);
  const members = new Map<readonly Template[], string[]>();
  lists.forEach((templates, position) => {
    const names = members.get(templates) ?? [];
    if (names.push(clusters[position]!.name) === 1) members.set(templates, names);
  });
  const groups = [...members].map(([templates, names]) => ({ templates, clusters: names }));
  return { groups, warnings: fixedReplicas(prepared, [...members.keys()]) };
}

function withoutFleet(prepared: Prepared, props: ObjectsProps): Source {
  let asksForPlace = false;
  const templates = sharedTemplates(props, (fill) => {
    asksForPlace ||= isPlace(fill);
  });
  const compared =
    'the chart asks for the name or region of its cluster, and no fleet is known: they may be shown, but whatever compares with them goes wrong; pass the fleet where it does';
  const fixed = fixedReplicas(prepared, [templates]);
  return { groups: [{ templates }], warnings: asksForPlace ? [...fixed, compared] : fixed };
}

function fromWorkload(prepared: Prepared): readonly Template[] {
  const { name, namespace, components, autoscaling, security, images } = prepared;
  return sharedTemplates({
    components: prepared.scaled,
    maxReplicasFactor: factorOf(prepared),
    objects: (site) =>
      workloadObjects({
        app: name,
        namespace,
        components,
        autoscaling,
        security,
        pullSecrets: images?.pullSecrets ?? [],
        site,
        raised: raisedBy(prepared.overrides, prepared.scaled),
      }),
  });
}

function raisedBy(overrides: readonly Override[], components: readonly string[]) {
  const raising = overrides.filter(({ set }) => (set?.minReplicas ?? 1) > 1);
  return new Set(raising.flatMap(({ component }) => component ?? components));
}

function factorOf({ autoscaling }: Prepared): number {
  return autoscaling === false ? 1 : autoscaling.maxReplicasFactor;
}

function fromManifests({ manifests, scaled: names, namespace }: Prepared): Source {
  const { templates, errors } = readManifests(manifests ?? []);
  if (errors.length === 0 && templates.length === 0) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'manifests',
      summary: 'got no Kubernetes object in the manifests',
      remedy: 'Add the objects that run the app.',
    });
  }
  throwAll(errors);
  const sorted = sortHooks(templates);
  const withSlots = names.reduce<readonly Template[]>(
    (all, name) => scaled(all, name, namespace),
    sorted.templates,
  );
  return { groups: [{ templates: withSlots }], warnings: sorted.warnings };
}

function fixedReplicas(
  { scaled: components }: Prepared,
  lists: readonly (readonly Template[])[],
): readonly string[] {
  const takes = (component: string) => (template: Template) =>
    template.slots.some((slot) =>
      ('fill' in slot ? [slot.fill] : slot.text).some(
        (part) =>
          typeof part === 'object' && part.value === 'replicas' && part.component === component,
      ),
    );
  return components.flatMap((component) => {
    const fixed = lists.some((templates) => !templates.some(takes(component)));
    if (!fixed) return [];
    return `the chart never uses the replicas of ${component}; they stay as the chart has them`;
  });
}

/** The same mistake in a thousand clusters is one mistake. */
function distinct(errors: readonly EdgeError[]): readonly EdgeError[] {
  return [...new Map(errors.map((error) => [error.message, error])).values()];
}
