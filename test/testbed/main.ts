/** `npm run testbed -- 3`: real clusters and a Prometheus with demand, for trying things by hand; Ctrl-C ends them. `--build` only builds the engines, `--build-flux` Flux, `--build-external-dns` external-dns. */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { binaryPath, buildBinaries, whyNoClusters } from './binaries';
import { buildCertManager } from './cert-manager';
import { startClusters, type Testbed } from './clusters';
import { buildExternalDns } from './external-dns';
import { buildFlux } from './flux';
import { buildTools } from './infrastructure';
import { until, whyMissing } from './process';

/** Requests/s of the shop near the first clusters: Berlin, London, New York, San Francisco, Singapore, Tokyo. */
const demand = { u33d: 120, gcpv: 90, dr5r: 150, '9q8y': 80, w21z: 60, xn76: 70 };
const say = (line: string) => void process.stdout.write(`${line}\n`);

async function main(words: readonly string[]): Promise<void> {
  if (words.includes('--build')) return buildEngines();
  if (words.includes('--build-flux')) return buildFlux();
  if (words.includes('--build-external-dns')) return buildExternalDns();
  const missing = whyNoClusters();
  if (missing !== undefined) throw new Error(missing);
  const [word = '3'] = words;
  const count = Number(word);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${word} is no number of clusters`);
  await buildBinaries();

  const started = Date.now();
  const noPrometheus = whyMissing('prometheus');
  say(`Starting ${count === 1 ? 'a cluster' : `${count} clusters`} ...`);
  const testbed = await startClusters(count, noPrometheus === undefined ? { demand } : {});
  const ended = untilSignal();
  try {
    await Promise.race([waitForDemand(testbed), ended]);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    const fleet = join(testbed.folder, 'fleet.yaml');
    writeFileSync(fleet, stringify(testbed.fleetDocument()));
    say(`Ready after ${seconds} s: ${testbed.clusters.map(({ name }) => name).join(', ')}.\n`);
    say(`  kubeconfig  ${testbed.kubeconfig}`);
    say(`  fleet       ${fleet}`);
    say(`  Prometheus  ${testbed.prometheus?.url ?? `none: ${noPrometheus}`}`);
    say(`\nNext:\n${nextSteps(testbed, fleet).join('\n')}`);
    say('\nCtrl-C ends everything.');
    await ended;
    say('\nEnding ...');
  } finally {
    await testbed.stop();
  }
}

/** Builds all that can be built, and then says what cannot. */
async function buildEngines(): Promise<void> {
  const failures: string[] = [];
  for (const build of [buildBinaries, buildTools, buildCertManager]) {
    await build().catch((error: Error) => void failures.push(error.message));
  }
  if (failures.length > 0) throw new Error(failures.join('\n'));
}

function nextSteps({ kubeconfig, folder, prometheus }: Testbed, fleet: string): readonly string[] {
  const app = '--app examples/quickstart/shop.yaml';
  const kubectl = `  ${short(binaryPath('kubectl'))} --kubeconfig ${kubeconfig} --context fra get nodes`;
  if (prometheus === undefined) {
    return [kubectl, `  npx littoral place ${app} --fleet ${fleet}`];
  }
  const file = join(folder, 'demand.yaml');
  const query = 'sum by (geohash) (rate(http_requests_total{app="shop"}[10s]))';
  return [
    kubectl,
    `  npx littoral demand --prometheus ${prometheus.url} --query '${query}' --instant -o ${file}`,
    `  npx littoral place ${app} --fleet ${fleet} --demand ${file}`,
  ];
}

/** A rate needs a few scrapes. */
async function waitForDemand({ prometheus }: Testbed): Promise<void> {
  if (prometheus === undefined) return;
  const query = encodeURIComponent('count(count_over_time(http_requests_total[10s]) >= 8)');
  await until(async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?query=${query}`);
    const { data } = (await answer.json()) as { readonly data: { readonly result: unknown[] } };
    return data.result.length > 0;
  });
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve());
    }
  });
}

function short(path: string): string {
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
