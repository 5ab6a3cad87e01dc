/** Manifests against kubectl itself on a real API server: it stores the same objects, or refuses them too. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { isNamespaced } from '../../constructs/kubernetes/kinds';
import { readManifests } from '../../constructs/kubernetes/manifests';
import type { Manifest } from '../../constructs/model/app/workload';
import { canonicalJson } from '../../constructs/model/canonical';
import { openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { ClusterError, isUnreachable } from '../../providers/clusters/errors';
import { binaryPath, kubernetesVersion, whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { manifestFile, randomFrom } from './manifest-files';

const run = promisify(execFile);
const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;

/** A manifest file, and what is stored of its objects in their order, or why something in it is refused. */
interface Read {
  readonly name: string;
  readonly text: string;
  readonly own: readonly string[] | string;
}

whenPossible(`kubectl apply --server-side${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let client: ClusterClient;
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-manifests-'));
    testbed = await startClusters(['fra'], { apiOnly: true });
    const access = { kubeconfig: 'kubeconfig', context: 'fra' };
    const { kubeconfig } = testbed.cluster('fra');
    const settings = { folder: dirname(kubeconfig), deadlineSeconds: 60 };
    client = await openCluster({ name: 'fra', access }, settings);
  });
  afterAll(async () => {
    await client?.close();
    await testbed?.stop();
    rmSync(folder, { recursive: true });
  });

  /** What kubectl says of the files, in their order: `-o json` of what it would store, `-o name` as far as it comes. */
  async function kubectl(files: readonly Read[], output: 'json' | 'name') {
    const path = mkdtempSync(join(folder, 'files-'));
    for (const [index, { name, text }] of files.entries()) {
      // kubectl reads a folder by name.
      const number = String(index).padStart(6, '0');
      writeFileSync(join(path, `${number}${extname(name)}`), text);
    }
    const { kubeconfig } = testbed.cluster('fra');
    const flags = ['--server-side', '--dry-run=server', '-o', output];
    const command = ['--kubeconfig', kubeconfig, 'apply', ...flags, '-f', path];
    try {
      const { stdout } = await run(binaryPath('kubectl'), command, { maxBuffer: 1 << 28 });
      return { said: stdout };
    } catch (failed) {
      const { stdout, stderr } = failed as { readonly stdout: string; readonly stderr: string };
      return { said: stdout, refused: stderr };
    }
  }

  /** What kubectl would store; its words where it refuses something. */
  async function stored(files: readonly Read[]): Promise<readonly string[] | string> {
    const { said, refused } = await kubectl(files, 'json');
    if (refused !== undefined) return refused;
    const list = JSON.parse(said) as Manifest;
    const items = (Array.isArray(list.items) ? list.items : [list]) as readonly Manifest[];
    return items.map(comparable);
  }

  async function read([name, text]: readonly [string, string]): Promise<Read> {
    const { templates, errors } = readManifests([{ text }]);
    if (errors.length > 0) return { name, text, own: errors[0]!.message };
    const own: string[] = [];
    for (const { manifest } of templates) {
      const one = await ownOf(manifest);
      const { kind, metadata } = manifest;
      if (one === undefined) {
        return { name, text, own: `the server refuses ${kind} ${metadata.name}` };
      }
      own.push(one);
    }
    return { name, text, own };
  }

  async function ownOf(manifest: Manifest): Promise<string | undefined> {
    const { metadata } = manifest;
    const placed = isNamespaced(manifest, new Map())
      ? { ...manifest, metadata: { namespace: 'default', ...metadata } }
      : manifest;
    try {
      const outcome = await client.apply(placed, { dryRun: true });
      return outcome.kind === 'conflict' ? undefined : comparable(outcome.object as Manifest);
    } catch (refused) {
      if (refused instanceof ClusterError && !isUnreachable(refused)) return undefined;
      throw refused;
    }
  }

  /** Where kubectl stores other objects of files that are read here, one line each. Halves until it knows the file. */
  async function storedOtherwise(files: readonly Read[]): Promise<readonly string[]> {
    if (files.length === 0) return [];
    const own = files.flatMap((one) => one.own);
    const theirs = await stored(files);
    if (typeof theirs !== 'string' && canonicalJson(own) === canonicalJson(theirs)) return [];
    const [first] = files;
    if (files.length === 1) {
      return isBound(theirs) ? [] : [`${first?.name}: kubectl ${theirs}, here ${own}`];
    }
    const half = Math.ceil(files.length / 2);
    const parts = [files.slice(0, half), files.slice(half)];
    return (await Promise.all(parts.map(storedOtherwise))).flat();
  }

  /** Files that are refused here and stored by kubectl, one line each: those of which it stores anything are asked for alone. */
  async function refusedHereAlone(files: readonly Read[]): Promise<readonly string[]> {
    if (files.length === 0) return [];
    const { said } = await kubectl(files, 'name');
    const names = [...new Set(said.split('\n').flatMap((line) => line.split('/').slice(1)))];
    const found: string[] = [];
    for (const one of files) {
      // A key twice in one map is refused on purpose.
      if (one.own.includes('twice in one map')) continue;
      if (!names.some((name) => one.text.includes(name))) continue;
      const theirs = await stored([one]);
      if (typeof theirs !== 'string') found.push(`${one.name} is refused here alone: ${one.own}`);
    }
    return found;
  }

  /** Where the two differ, one line each. */
  async function differences(files: readonly (readonly [string, string])[]) {
    const all: Read[] = [];
    for (let from = 0; from < files.length; from += 20) {
      all.push(...(await Promise.all(files.slice(from, from + 20).map(read))));
    }
    const refused = all.filter(({ own }) => typeof own === 'string');
    // kubectl calls a file without objects an error.
    const some = all.filter(({ own }) => typeof own !== 'string' && own.length > 0);
    return [...(await storedOtherwise(some)), ...(await refusedHereAlone(refused))];
  }

  test('stores the same objects of 2,000 generated files, or refuses them too', async () => {
    const random = randomFrom(20261202);
    const numbers = Array.from({ length: 2000 }, (_, number) => number);
    const files = numbers.map(
      (number) => [`f${number}.yaml`, manifestFile(random, number)] as const,
    );
    expect(await differences(files)).toEqual([]);
  });

  const real = process.env.LITTORAL_MANIFESTS ?? kubernetesTree();
  const noFiles = existsSync(real)
    ? undefined
    : `${real} is not there: building the engines makes it`;
  (noFiles === undefined ? test : test.skip)(
    `stores the same objects of the manifests that Kubernetes comes with, or refuses them too${noFiles === undefined ? '' : `: ${noFiles}`}`,
    async () => {
      const files = filesBelow(real).map((path) => [path, readFileSync(path, 'utf8')] as const);
      const manifests = files.filter(
        ([, text]) => /^\s*"?kind"?:/m.test(text) && /"?apiVersion"?:/.test(text),
      );
      for (const name of namespacesIn(manifests)) {
        const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
        await testbed.cluster('fra').ask('POST', '/api/v1/namespaces', namespace);
      }
      expect(manifests.length).toBeGreaterThan(300);
      expect(await differences(manifests)).toEqual([]);
    },
  );
});

/** Kubernetes takes what was exported from another cluster for a mistake; here what is bound to one is left out on purpose. */
function isBound(theirs: readonly string[] | string): boolean {
  return typeof theirs === 'string' && /uid mismatch|managedFields must be nil/.test(theirs);
}

/**
 * An object without what differs from one request to the next, and without who applied it: kubectl's copy of what it
 * applied once is left out here, as it would be out of date.
 */
function comparable({ metadata, status: _, ...rest }: Manifest): string {
  const {
    uid,
    creationTimestamp: __,
    managedFields: ___,
    resourceVersion: ____,
    annotations,
    ...kept
  } = metadata;
  const notes = Object.entries(annotations ?? {}).filter(
    ([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration',
  );
  const own = notes.length === 0 ? kept : { ...kept, annotations: Object.fromEntries(notes) };
  // A Job selects its pods by the UID that it was given.
  return canonicalJson({ ...rest, metadata: own }).replaceAll(String(uid), 'UID');
}

/** The module that the API server and kubectl are built from: hundreds of manifests of its tests, addons and examples. */
function kubernetesTree(): string {
  const home =
    process.env.GOMODCACHE || join(process.env.GOPATH || join(homedir(), 'go'), 'pkg/mod');
  return join(home, `k8s.io/kubernetes@${kubernetesVersion}`);
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => join(path, name))
    .sort();
}

/** Namespaces that files put objects into; without them both would refuse. */
function namespacesIn(files: readonly (readonly [string, string])[]): readonly string[] {
  const found = files.flatMap(([, text]) =>
    [...text.matchAll(/^ *"?namespace"?: *"?([a-z0-9-]+)"?,? *$/gm)].map(([, name]) =>
      String(name),
    ),
  );
  return [...new Set(found)].sort();
}
