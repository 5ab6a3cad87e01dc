/** Names and places for test clusters: those of the quickstart's fleet, so that its app can be placed on them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ClusterOptions, defaultNodeSize, defaultNodes } from './cluster';

/** Far apart, and near where the quickstart's demand is. */
const first = ['fra', 'iad', 'sin'];

/** The first `count` names: fra, iad, sin, the rest of the fleet, then edge-1, edge-2 and so on. */
export function clusterNames(count: number): readonly string[] {
  const rest = quickstartClusters()
    .map(({ name }) => name)
    .filter((name) => !first.includes(name));
  const known = [...first, ...rest];
  return Array.from(
    { length: count },
    (_, index) => known[index] ?? `edge-${index + 1 - known.length}`,
  );
}

/** The Fleet document of running clusters, whose context in `kubeconfig` is their name. */
export function fleetOf(
  running: readonly { readonly name: string }[],
  kubeconfig: string,
  options: ClusterOptions,
): object {
  const known = quickstartClusters();
  const clusters = running.map(({ name }, index) => {
    const place = known.find((cluster) => cluster.name === name) ?? somewhere(name, index);
    const access = { kubeconfig, context: name };
    return options.apiOnly === true
      ? { ...place, access }
      : { ...place, allocatable: allocatableOf(options), access };
  });
  return { apiVersion: 'littoral.dev/v1alpha1', kind: 'Fleet', clusters };
}

interface Place {
  readonly name: string;
}

function quickstartClusters(): readonly Place[] {
  const file = join(repository(), 'examples/quickstart/fleet.yaml');
  return (parse(readFileSync(file, 'utf8')) as { readonly clusters: readonly Place[] }).clusters;
}

/** Also from dist-test/, where the compiled testbed lies one folder deeper. */
function repository(): string {
  const above = join(__dirname, '../..');
  return above.endsWith('dist-test') ? join(above, '..') : above;
}

/** A made-up place for a name that is none: along the equator, so that no two are the same. */
function somewhere(name: string, index: number): Place & Readonly<Record<string, unknown>> {
  return { name, latitude: 0, longitude: index % 180, region: 'testbed', country: 'ZZ' };
}

function allocatableOf({ nodes = defaultNodes, allocatable = defaultNodeSize }: ClusterOptions) {
  return {
    cpuMillicores: nodes * Number(allocatable.cpu) * 1000,
    memoryMebibytes: nodes * mebibytes(allocatable.memory),
    pods: nodes * Number(allocatable.pods),
  };
}

function mebibytes(memory: string): number {
  const [, amount = '', unit = ''] = /^(\d+)(Mi|Gi)$/.exec(memory) ?? [];
  if (amount === '') throw new Error(`memory ${memory}: write it in Mi or Gi`);
  return Number(amount) * (unit === 'Gi' ? 1024 : 1);
}
