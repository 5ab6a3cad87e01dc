/** littoral_fleet: reads the clusters there are while Terraform plans, and freezes them in the plan. */
import { delimiter, dirname, isAbsolute, relative, resolve } from 'node:path';
import { counted } from '../../../constructs/model/numbers';
import type { FleetValue } from '../../resources/fleet';
import type { Context, Diagnostic, Fields, Path, ReadSource, Schema } from '../protocol/provider';
import { attribute, fieldsOf, textOf } from './attributes';
import { gathering, warningsOf } from './diagnostics';
import { folderOf, sourceWorldOf } from './settings';
import { knownErrors } from './unknown-inputs';

const factTypes = {
  region: 'string',
  country: 'string',
  city: 'string',
  provider: 'string',
  latitude: 'number',
  longitude: 'number',
  usd_per_hour: 'number',
  state: 'string',
  labels: ['map', 'string'],
  context: 'string',
} as const;

const schema: Schema = {
  version: 0,
  description:
    'Reads the clusters to choose from: a Fleet document, the contexts of a kubeconfig, or the inventory of a hub, with what each API server says of itself. Credentials stay where they are; only references to them go into the plan.',
  attributes: [
    attribute(
      'file',
      'string',
      'optional',
      'Path of a Fleet document, YAML or JSON; its latency CSV is read too. Give this or `kubeconfig`.',
    ),
    attribute(
      'kubeconfig',
      'string',
      'optional',
      'Path of a kubeconfig, or several as in `KUBECONFIG`: asks the API server of every context. Give this or `file`.',
    ),
    attribute(
      'contexts',
      ['list', 'string'],
      'optional',
      'Asks only these contexts. Default: all.',
    ),
    attribute(
      'from',
      'string',
      'optional',
      'Reads the inventory of a hub that the kubeconfig leads to: `argo-cd`, `cluster-api`, `cluster-profile`, `karmada`, `kubefleet`, `ocm` or `rancher-fleet`. Default: the contexts of the kubeconfig are the inventory.',
    ),
    attribute(
      'hub',
      'string',
      'optional',
      'Context of the hub, with `from`. Default: the current context.',
    ),
    attribute(
      'namespace',
      'string',
      'optional',
      'Namespace of the hub to list, with `from`. Default: all.',
    ),
    attribute(
      'forget',
      ['list', 'string'],
      'optional',
      'With `from`: clusters of `previous` that are gone. What the inventory lists no more is kept as cordoned until it is named here.',
    ),
    attribute(
      'overlay',
      'string',
      'optional',
      'Path of a YAML file with what no API server tells: `clusters: [{name: fra, latitude: 50.11, longitude: 8.68, region: europe, country: DE, usdPerHour: 0.4}]`. Keys are those of a cluster in a Fleet document but `state` and `access`; all but `name` may be left out.',
    ),
    attribute(
      'previous',
      'string',
      'optional',
      'Path of the Fleet document of the last time: a cluster that does not answer keeps what was known of it.',
    ),
    attribute(
      'deadline_seconds',
      'number',
      'optional',
      'How long a cluster may take to answer before it counts as unreachable. Default `10`.',
    ),
    attribute(
      'document',
      'string',
      'computed',
      'The Fleet as JSON, for `fleet` of placements and releases.',
    ),
    attribute('clusters', ['list', 'string'], 'computed', 'Names of all clusters, sorted.'),
    attribute(
      'by_name',
      ['map', ['object', factTypes]],
      'computed',
      'Each cluster by its name, such as `by_name["fra"].region`: `region`, `country`, `city`, `provider`, `latitude`, `longitude`, `usd_per_hour`, `state`, `labels`, and the `context` it is reached by. Null where it is not known.',
    ),
    attribute('unreachable', ['list', 'string'], 'computed', 'Those that do not answer.'),
    attribute('summary', 'string', 'computed', 'All of it in one line.'),
  ],
};

const keys: Readonly<Record<string, string>> = {
  file: 'file',
  kubeconfig: 'kubeconfig',
  contexts: 'contexts',
  from: 'from',
  hub: 'hub',
  namespace: 'namespace',
  forget: 'forget',
  overlay: 'overlay',
  previous: 'previous',
  deadlineSeconds: 'deadline_seconds',
};

function locate(path: string): Path {
  const [first = '', index] = path.split(/[.[\]]+/);
  const name = keys[first];
  if (name === undefined) return [];
  return (first === 'contexts' || first === 'forget') && index ? [name, Number(index)] : [name];
}

function sourceOf(config: Fields): object {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, name]): [string, unknown][] => {
      const value = config[name] ?? null;
      const isGiven = Array.isArray(value) || (value !== null && typeof value !== 'object');
      return isGiven ? [[key, value]] : [];
    }),
  );
}

function fleetResource() {
  return (require('../../resources/fleet') as typeof import('../../resources/fleet')).fleet;
}

async function read(
  config: Fields,
  context: Context,
): Promise<{ readonly state: Fields; readonly diagnostics: readonly Diagnostic[] }> {
  const { value, diagnostics } = await gathering(locate, () => {
    const { parse, read: ask } = fleetResource();
    return ask(parse(sourceOf(config)), sourceWorldOf(context));
  });
  if (value === undefined) return { state: fieldsOf(schema.attributes, config), diagnostics };
  const fleet = withAccess(value.fleet, textOf(config.file), folderOf(context));
  const { clusters } = fleet;
  const unreachable = clusters.filter(({ state }) => state === 'unreachable');
  const away = (['unreachable', 'forbidden', 'misconfigured'] as const)
    .map((one) => ({ one, count: clusters.filter(({ state }) => state === one).length }))
    .map(({ one, count }) => (count === 0 ? '' : `, ${count} ${one}`))
    .join('');
  const state = fieldsOf(schema.attributes, {
    ...config,
    document: JSON.stringify({ apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', ...fleet }),
    clusters: clusters.map(({ name }) => name),
    by_name: Object.fromEntries(clusters.map((one) => [one.name, factsOf(one)])),
    unreachable: unreachable.map(({ name }) => name),
    summary: `${counted(clusters.length, 'cluster')}${away}`,
  });
  const path: Path = config.file === null ? ['kubeconfig'] : ['file'];
  return { state, diagnostics: warningsOf(value.warnings, path) };
}

function factsOf(cluster: FleetValue['fleet']['clusters'][number]): Fields {
  const { region, country, city, provider, latitude, longitude, usdPerHour } = cluster;
  return {
    ...{ region, country, latitude, longitude },
    city: city ?? null,
    provider: provider ?? null,
    usd_per_hour: usdPerHour,
    state: cluster.state,
    labels: cluster.labels,
    context: cluster.access?.context ?? null,
  };
}

/** A document's own relative paths start where it lies; as a text it lies nowhere, so they start at the folder. */
function withAccess(
  fleet: FleetValue['fleet'],
  file: string | undefined,
  folder: string,
): FleetValue['fleet'] {
  const home = file === undefined ? folder : dirname(resolve(folder, file));
  if (home === folder) return fleet;
  const clusters = fleet.clusters.map((cluster) => {
    const kubeconfig = cluster.access?.kubeconfig;
    if (kubeconfig === undefined) return cluster;
    const moved = kubeconfig
      .split(delimiter)
      .map((path) =>
        path === '' || isAbsolute(path) || path.startsWith('~')
          ? path
          : relative(folder, resolve(home, path)),
      )
      .join(delimiter);
    return { ...cluster, access: { ...cluster.access, kubeconfig: moved } };
  });
  return { ...fleet, clusters };
}

/** The data source `littoral_fleet`. */
export const fleet: ReadSource = {
  schema,
  validate: (config) => knownErrors(config, locate, () => fleetResource().parse(sourceOf(config))),
  read,
};
