/** Manifests against the originals: the Go library that kubectl reads YAML with, and kubectl itself on a real API server. */
import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readManifestDocuments } from '../../constructs/kubernetes/manifest-documents';
import { readManifests } from '../../constructs/kubernetes/manifests';
import { canonicalJson } from '../../constructs/model/canonical';
import type { Manifest } from '../../constructs/model/workload';
import { openCluster } from '../../providers/clusters/api/open';
import type { ClusterClient } from '../../providers/clusters/cluster';
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

  /** Where they differ, one line each. */
  async function differences(texts: readonly string[]): Promise<readonly string[]> {
    const answers = await theirs(texts);
    return texts.flatMap((text, index) => {
      const { documents = [], error } = answers[index]!;
      const own = ours(text);
      if (own === undefined) return [];
      const is = error === undefined ? canonicalJson(documents) : 'refused';
      return own === is ? [] : `${JSON.stringify(text)}: kubectl ${is}, here ${own}`;
    });
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
    expect(await differences(texts)).toEqual([]);
    expect(await needlesslyRefused(texts)).toBeLessThan(0.005);
  });

  test('agrees on 10,000 structures', async () => {
    const random = randomFrom(20261201);
    const texts = Array.from({ length: 10_000 }, () => documentsText(random));
    expect(await differences(texts)).toEqual([]);
    expect(await needlesslyRefused(texts)).toBeLessThan(0.02);
  });

  async function needlesslyRefused(texts: readonly string[]): Promise<number> {
    const read = (await theirs(texts)).map(({ error }) => error === undefined);
    const refused = texts.filter((text, index) => read[index] === true && ours(text) === undefined);
    return refused.length / read.filter((one) => one).length;
  }
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

  /** What kubectl would store of the files of a folder, by kind and name. */
  async function stored(path: string): Promise<ReadonlyMap<string, string>> {
    const cluster = testbed.cluster('fra');
    const flags = [
      '--server-side',
      '--dry-run=server',
      '--namespace',
      'default',
      '-R',
      '-o',
      'json',
    ];
    const { stdout } = await run(
      binaryPath('kubectl'),
      ['--kubeconfig', cluster.kubeconfig, 'apply', ...flags, '-f', path],
      { maxBuffer: 1 << 28, env: { ...process.env, HOME: homedir() } },
    ).catch((failed: { readonly stdout: string }) => failed);
    const list = stdout.trim() === '' ? { items: [] } : (JSON.parse(stdout) as Manifest);
    const items = (Array.isArray(list.items) ? list.items : [list]) as readonly Manifest[];
    return new Map(items.map((one) => [keyOf(one), comparable(one)]));
  }

  /** Where the two differ, one line each. */
  async function differences(files: ReadonlyMap<string, string>, path: string) {
    const theirs = await stored(path);
    const found: string[] = [];
    for (const [file, text] of files) {
      const { templates, errors } = readManifests([{ text, file }]);
      // Where a file is refused at one place, kubectl must have refused something in it too.
      if (errors.length > 0) {
        const names = new Set(theirs.keys());
        const whole = objectsIn(file, names);
        if (whole >= countOf(text))
          found.push(`${file}: refused here alone: ${errors[0]!.message}`);
        continue;
      }
      for (const { manifest } of templates) {
        const key = keyOf(manifest);
        const own = await ownOf(manifest);
        const other = theirs.get(key) ?? 'refused';
        if (own !== other) found.push(`${file} ${key}: kubectl ${other}, here ${own}`);
      }
    }
    return found;
  }

  async function ownOf(manifest: Manifest): Promise<string> {
    const { metadata } = manifest;
    const placed = clusterScoped.has(manifest.kind)
      ? manifest
      : { ...manifest, metadata: { namespace: 'default', ...metadata } };
    try {
      const outcome = await client.apply(placed, { dryRun: true });
      return outcome.kind === 'conflict' ? 'refused' : comparable(outcome.object as Manifest);
    } catch {
      return 'refused';
    }
  }

  test('stores the same objects of 2,000 generated files, or refuses them too', async () => {
    const random = randomFrom(20261202);
    const files = new Map<string, string>();
    const path = join(folder, 'generated');
    mkdirSync(path);
    for (let number = 0; number < 2000; number++) {
      const file = `f${number}.yaml`;
      files.set(file, manifestFile(random, number));
      writeFileSync(join(path, file), files.get(file)!);
    }
    expect(await differences(files, path)).toEqual([]);
  });

  const real = process.env.LITTORAL_MANIFESTS;
  (real === undefined ? test.skip : test)(
    'stores the same objects of the files in the folder LITTORAL_MANIFESTS, or refuses them too',
    async () => {
      const found: string[] = [];
      for (const file of filesBelow(real!)) {
        const text = readFileSync(file, 'utf8');
        found.push(...(await differences(new Map([[file, text]]), file)));
      }
      expect(found).toEqual([]);
    },
  );
});

const clusterScoped = new Set(['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'StorageClass']);

function keyOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

function objectsIn(file: string, names: ReadonlySet<string>): number {
  const mark = new RegExp(` ${file.replace('.yaml', '')}-`, 'i');
  return [...names].filter((name) => mark.test(name)).length;
}

/** Objects that a generated file names. */
function countOf(text: string): number {
  return new Set(text.match(/\bf\d+-\d\b/gi)).size;
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
