/** Manifests against the Go library that kubectl reads YAML with. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readManifestDocuments } from '../../constructs/kubernetes/reading/manifest-documents';
import { canonicalJson } from '../../constructs/model/canonical';
import { kubernetesVersion } from '../testbed/binaries';
import { whyNoGo } from '../testbed/go-builds';
import { documentsText, randomFrom, scalarText } from './manifest-files';

const run = promisify(execFile);
const missing = whyNoGo();
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
