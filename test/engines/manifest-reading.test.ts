/** Manifests against the originals: the Go library that kubectl reads YAML with, and kubectl itself on a real API server. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { isNamespaced } from '../../constructs/kubernetes/kinds';
import { readManifests } from '../../constructs/kubernetes/manifests';
import { readManifestDocuments } from '../../constructs/kubernetes/reading/manifest-documents';
import { canonicalJson } from '../../constructs/model/canonical';
import type { Manifest } from '../../constructs/model/workload';
import { openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
import { ClusterError, isUnreachable } from '../../providers/clusters/errors';
import { binaryPath, kubernetesVersion, whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { whyNoGo } from '../testbed/go-builds';
import { documentsText, manifestFile, randomFrom, scalarText } from './manifest-files';

const run = promisify(execFile);
const missing = whyNoClusters() ?? whyNoGo();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
const because = missing === undefined ? '' : `: ${missing}`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-manifests-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Documents as JSON, or why there are none. */
type Answer = { readonly documents?: readonly unknown[]; readonly error?: string };

whenPossible(`the YAML library of kubectl${because}`, () => {
  let reader = '';

  beforeAll(async () => {
    const source = join(folder, 'kubectl-reader');
    cpSync(join(__dirname, 'kubectl-reader'), source, { recursive: true });
    const version = kubernetesVersion.replace(/^v1/, 'v0');
    const module = `module littoral/kubectl-reader\n\ngo 1.24.0\n\nrequire k8s.io/apimachinery ${version}\n`;
    writeFileSync(join(source, 'go.mod'), module);
    reader = join(source, 'reader');
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
    await run('go', ['build', '-mod=mod', '-buildvcs=false', '-o', reader, '.'], {
      cwd: source,
      env,
    });
  });

  async function theirs(texts: readonly string[]): Promise<readonly Answer[]> {
    const input = texts.map((text) => `${Buffer.from(text).toString('base64')}\n`).join('');
    const running = run(reader, [], { maxBuffer: 1 << 28 });
    running.child.stdin?.end(input);
    const { stdout } = await running;
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
  }

  /** Where they differ, one line each, and the share of what they read that is refused here. */
  async function compared(texts: readonly string[]) {
    const answers = await theirs(texts);
    const differences: string[] = [];
    let [read, refused] = [0, 0];
    for (const [index, text] of texts.entries()) {
      const { documents = [], error } = answers[index]!;
      const own = ours(text);
      if (error === undefined) read++;
      if (own === undefined) {
        if (error === undefined) refused++;
        continue;
      }
      const is = error === undefined ? canonicalJson(documents) : 'refused';
      if (own !== is) differences.push(`${JSON.stringify(text)}: kubectl ${is}, here ${own}`);
    }
    return { differences, refused: refused / read };
  }

  /** Undefined where it is refused: what kubectl reads and we refuse is odd syntax, which is counted instead. */
  function ours(text: string): string | undefined {
    const found = readManifestDocuments(text).map(({ content }) => content);
    if (found.some((one) => !('value' in one))) return undefined;
    return canonicalJson(found.map((one) => ('value' in one ? doubles(one.value) : null)));
  }

  test('agrees on 10,000 scalars, as values and as keys', async () => {
    const random = randomFrom(20261130);
    const texts = Array.from({ length: 10_000 }, (_, index) => {
      const scalar = scalarText(random);
      return index % 4 === 3 ? `${scalar}: 1\n` : `v: ${scalar}\n`;
    });
    const { differences, refused } = await compared(texts);
    expect(differences).toEqual([]);
    expect(refused).toBeLessThan(0.005);
  });

  test('agrees on 10,000 structures', async () => {
    const random = randomFrom(20261201);
    const texts = Array.from({ length: 10_000 }, () => documentsText(random));
    const { differences, refused } = await compared(texts);
    expect(differences).toEqual([]);
    // Mostly keys that are there twice.
    expect(refused).toBeLessThan(0.03);
  });
});

/** The reader of the test rounds large numbers as this one does. */
function doubles(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(doubles);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, doubles(one)]));
}

whenPossible(`kubectl apply --server-side${because}`, () => {
  let testbed: Testbed;
  let client: ClusterClient;

  beforeAll(async () => {
    testbed = await startClusters(['fra'], { apiOnly: true });
    const access = { kubeconfig: 'kubeconfig', context: 'fra' };
    const { kubeconfig } = testbed.cluster('fra');
    const settings = { folder: dirname(kubeconfig), deadlineSeconds: 60 };
    client = await openCluster({ name: 'fra', access }, settings);
  });
  afterAll(async () => {
    await client?.close();
    await testbed?.stop();
  });

  /** What kubectl would store of a file or of all files of a folder, by kind and name; its words where it refuses one. */
  async function stored(path: string): Promise<ReadonlyMap<string, string> | string> {
    const { kubeconfig } = testbed.cluster('fra');
    const flags = ['--server-side', '--dry-run=server', '-o', 'json'];
    const command = ['--kubeconfig', kubeconfig, 'apply', ...flags, '-f', path];
    try {
      const { stdout } = await run(binaryPath('kubectl'), command, { maxBuffer: 1 << 28 });
      const list = JSON.parse(stdout) as Manifest;
      const items = (Array.isArray(list.items) ? list.items : [list]) as readonly Manifest[];
      return new Map(items.map((one) => [keyOf(one), comparable(one)]));
    } catch (failed) {
      return (failed as { readonly stderr: string }).stderr;
    }
  }

  /** What is stored of a text, by kind and name, or why something in it is refused. */
  async function ours(text: string): Promise<ReadonlyMap<string, string> | string> {
    const { templates, errors } = readManifests([{ text }]);
    if (errors.length > 0) return errors[0]!.message;
    const found = new Map<string, string>();
    for (const { manifest } of templates) {
      const own = await ownOf(manifest);
      if (own === undefined) return `the server refuses ${keyOf(manifest)}`;
      found.set(keyOf(manifest), own);
    }
    return found;
  }

  /** Where the two differ, one line each. Files in which something is refused are asked of kubectl one by one. */
  async function differences(files: ReadonlyMap<string, string>): Promise<readonly string[]> {
    const whole = mkdtempSync(join(folder, 'whole-'));
    const expected = new Map<string, string>();
    const found: string[] = [];
    for (const [name, text] of files) {
      const own = await ours(text);
      if (typeof own !== 'string') {
        for (const [key, object] of own) expected.set(key, object);
        if (own.size > 0) writeFileSync(join(whole, name), text);
        continue;
      }
      const path = join(mkdtempSync(join(folder, 'one-')), name);
      writeFileSync(path, text);
      const theirs = await stored(path);
      // A key twice in one map is refused on purpose.
      if (typeof theirs !== 'string' && !own.includes('twice in one map')) {
        found.push(`${name} is refused here alone: ${own}`);
      }
    }
    if (expected.size === 0) return found;
    const theirs = await stored(whole);
    if (typeof theirs === 'string') return [...found, theirs];
    for (const key of new Set([...theirs.keys(), ...expected.keys()])) {
      const [own, other] = [expected.get(key), theirs.get(key)];
      if (own !== other) found.push(`${key}: kubectl ${other}, here ${own}`);
    }
    return found;
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

  test('stores the same objects of 2,000 generated files, or refuses them too', async () => {
    const random = randomFrom(20261202);
    const numbers = Array.from({ length: 2000 }, (_, number) => number);
    const files = numbers.map(
      (number) => [`f${number}.yaml`, manifestFile(random, number)] as const,
    );
    expect(await differences(new Map(files))).toEqual([]);
  });

  const real = process.env.LITTORAL_MANIFESTS;
  (real === undefined ? test.skip : test)(
    'stores the same objects of the files in the folder LITTORAL_MANIFESTS, or refuses them too',
    async () => {
      const found: string[] = [];
      for (const file of filesBelow(real!)) {
        const text = readFileSync(file, 'utf8');
        const differing = await differences(new Map([[basename(file), text]]));
        found.push(...differing.map((one) => `${file}: ${one}`));
      }
      expect(found).toEqual([]);
    },
  );
});

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/** An object without what differs from one request to the next, and without who applied it. */
function comparable({ metadata, status: _, ...rest }: Manifest): string {
  const {
    uid: __,
    creationTimestamp: ___,
    managedFields: ____,
    resourceVersion: _____,
    ...kept
  } = metadata;
  return canonicalJson({ ...rest, metadata: kept });
}

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => join(path, name))
    .sort();
}
