/** Measures synthesis: from props to a bundle, and on to the objects of every cluster as JSON and as YAML. */
import { ApiObject, Chart } from 'cdk8s';
import {
  type Bundle,
  manifestYaml,
  render,
  type Site,
  type SynthProps,
  synth,
} from '../../constructs/kubernetes';
import { testCluster } from '../../constructs/testing';
import type { BenchRow } from './row';

const runs = 3;
const workload = {
  image: 'registry.example/web:1',
  resources: { cpuMillicores: 100, memoryMebibytes: 128 },
  requestsPerSecondPerReplica: 50,
};
const regions = ['africa', 'asia', 'europe', 'north-america', 'south-america'];

/** Rows for equal clusters, for charts that differ by region and by cluster, at 1,000 and 10,000 clusters of 10 objects. */
export async function benchSynth(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const clusters of [1000, 10000]) {
    rows.push(
      measure(
        'synth, equal clusters',
        clusters,
        chartOf(() => 'any'),
      ),
    );
    rows.push(
      measure(
        'synth, differ by region',
        clusters,
        chartOf((site) => site.cluster.region),
      ),
    );
    rows.push(
      measure(
        'synth, all differ',
        clusters,
        chartOf((site) => site.cluster.name),
      ),
    );
    rows.push(
      measure(
        'synth, all differ, no slots',
        clusters,
        chartOf((site) => site.cluster.name, false),
      ),
    );
  }
  rows.push(yamlRow());
  return rows;
}

function measure(name: string, count: number, app: SynthProps): BenchRow {
  const clusters = fleetOf(count);
  let note = '';
  const samples = Array.from({ length: count > 1000 ? 1 : runs }, () => {
    const start = performance.now();
    const bundle = synth(app, { clusters });
    let bytes = 0;
    for (const { name: cluster } of clusters) {
      for (const manifest of renderOne(bundle, cluster)) bytes += JSON.stringify(manifest).length;
    }
    const milliseconds = performance.now() - start;
    const size = JSON.stringify(bundle).length;
    note = `bundle ${kilobytes(size)}, rendered ${kilobytes(bytes)} of JSON`;
    return milliseconds;
  });
  return { name: `${name}, ${count.toLocaleString('en')} x 10`, unit: 'ms', samples, note };
}

function yamlRow(): BenchRow {
  const bundle = synth(
    chartOf((site) => site.cluster.name),
    { clusters: fleetOf(1000) },
  );
  const manifests = Object.keys(bundle.clusters ?? {}).flatMap((name) => renderOne(bundle, name));
  let bytes = 0;
  const samples = Array.from({ length: runs }, () => {
    const start = performance.now();
    bytes = manifests.reduce((sum, manifest) => sum + manifestYaml(manifest).length, 0);
    return performance.now() - start;
  });
  const note = `${kilobytes(bytes)} of YAML`;
  return {
    name: `YAML of ${manifests.length.toLocaleString('en')} objects`,
    unit: 'ms',
    samples,
    note,
  };
}

function renderOne(bundle: Bundle, name: string) {
  return render(
    bundle,
    { name, replicas: 3, requestsPerSecond: 120 },
    { decisionDigest: 'sha256:bench' },
  );
}

function fleetOf(count: number) {
  return Array.from({ length: count }, (_, index) =>
    testCluster({
      name: `cluster-${String(index).padStart(5, '0')}`,
      region: regions[index % regions.length]!,
    }),
  );
}

/** A chart of ten Deployments whose variable holds what `fact` reads. */
function chartOf(fact: (site: Site) => string, withSlots = true): SynthProps {
  const chart = (scope: ConstructorParameters<typeof Chart>[0], site: Site) => {
    const chart = new Chart(scope, 'web');
    const value = fact(site);
    const replicas = withSlots ? site.replicas : 2;
    for (let index = 0; index < 10; index++)
      new ApiObject(chart, `d${index}`, deployment(index, value, replicas));
    return chart;
  };
  return { name: 'bench', workload, chart };
}

function deployment(index: number, value: string, replicas: number) {
  const labels = { app: `web-${index}` };
  const container = {
    name: 'web',
    image: 'registry.example/web:1',
    env: [{ name: 'WHERE', value }],
    ports: [{ containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '128Mi' } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `web-${index}`, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    },
  };
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024).toLocaleString('en')} KB`;
}
