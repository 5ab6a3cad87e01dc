/** A program that uses the built package, and what a compiler has to say about it and about the declarations of the package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');

/** Uses every entry, right and wrong. */
const program = `
import { type Bundle, type Cluster, type EdgeAppInput, edgeApp, type FleetInput, type PlacementDecision, parseFleet, place } from 'littoral';
import * as kubernetes from 'littoral/kubernetes';
import { parsePolicy, type PlacementPolicyInput, verify } from 'littoral/placement';
import * as pulumi from 'littoral/pulumi';
import * as runtime from 'littoral/pulumi/runtime';
import * as terraform from 'littoral/terraform';
import * as testing from 'littoral/testing';

const fleet: FleetInput = {
  clusters: [{ name: 'ber', latitude: 52.5, longitude: 13.4, region: 'europe', country: 'DE' }],
};
const parsed = parseFleet(fleet);
const cluster: Cluster | undefined = parsed.clusters[0];
const latitude: number | undefined = cluster?.latitude;
const decision: PlacementDecision = place({ apps: [], fleet: parsed });
const replicas: number | undefined = decision.apps[0]?.clusters[0]?.replicas;
const policy: PlacementPolicyInput = { constraints: { maxClusters: 3 }, objective: { latency: 1 } };
// @ts-expect-error A key that does not exist.
const misspelt: PlacementPolicyInput = { constraints: { maxCluster: 3 } };
// @ts-expect-error A number, not a text.
const text: string = parsed.clusters[0]!.latitude;
export { kubernetes, latitude, misspelt, parsePolicy, policy, pulumi, replicas, runtime, terraform, testing, text, verify };
export type Used = [Bundle, EdgeAppInput, typeof edgeApp];
`;

/** How a program is compiled. */
export interface Setting {
  readonly format: 'CommonJS' | 'ESM' | 'bundler';
  readonly esModuleInterop: boolean;
  readonly exactOptionalPropertyTypes: boolean;
}

/** Every setting that a program may have. */
export const settings: readonly Setting[] = [
  { format: 'CommonJS', esModuleInterop: false, exactOptionalPropertyTypes: false },
  { format: 'ESM', esModuleInterop: true, exactOptionalPropertyTypes: true },
  { format: 'bundler', esModuleInterop: true, exactOptionalPropertyTypes: false },
];

/** What the compiler in the folder `typescript` complains about, libraries included, where none of the optional peers is installed. */
export function complaints(typescript: string, setting: Setting): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'littoral-consumer-'));
  try {
    const home = join(folder, 'node_modules/littoral');
    mkdirSync(home, { recursive: true });
    for (const name of ['dist', 'package.json']) symlinkSync(join(root, name), join(home, name));
    // What the package depends on is installed with it.
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly dependencies: Readonly<Record<string, string>>;
    };
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    }
    const main = setting.format === 'CommonJS' ? 'main.cts' : 'main.mts';
    writeFileSync(join(folder, main), program);
    const isBundled = setting.format === 'bundler';
    const compilerOptions = {
      strict: true,
      target: 'ES2022',
      module: isBundled ? 'ESNext' : 'Node16',
      moduleResolution: isBundled ? 'Bundler' : 'Node16',
      esModuleInterop: setting.esModuleInterop,
      exactOptionalPropertyTypes: setting.exactOptionalPropertyTypes,
      skipLibCheck: false,
      // What is installed beside the repository is not installed beside the program.
      preserveSymlinks: true,
      noEmit: true,
      types: [],
      // Version 6 checks nothing but its options where one of them ends with version 7.
      ...(isSixth(typescript) ? { ignoreDeprecations: '6.0' } : {}),
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: [main] }),
    );
    const words = [join(typescript, 'lib/tsc.js'), '-p', folder, '--pretty', 'false'];
    const { stdout, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => line !== '');
    // A compiler that did not run has nothing to say either.
    return status === 0 || stdout !== '' ? lines : ['the compiler did not run'];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isSixth(typescript: string): boolean {
  const { version } = JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8'));
  return version.startsWith('6.');
}
