/** The cdktf example synthesizes outputs that equal the committed decision, and nothing else. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDecision } from '../../constructs/model/decision-document';
import { started } from '../command';

const lock = join(__dirname, '../../examples/quickstart/expected/decision.json');
const decision = parseDecision(readFileSync(lock, 'utf8'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-cdktf-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What Terraform would read, after the program behind cdktf.json ran in a folder of its own. */
async function synthesized(): Promise<Record<string, Record<string, { value: unknown }>>> {
  const { stdout, exitCode } = await started('examples/cdktf/main.js', folder, [lock]);
  expect([stdout, exitCode]).toEqual(['', 0]);
  const stack = join(folder, 'cdktf.out/stacks/edge/cdk.tf.json');
  const { '//': _, ...declared } = JSON.parse(readFileSync(stack, 'utf8'));
  return declared;
}

/** What the program says when it is given this decision. */
async function refusal(of: PlacementDecision): Promise<string> {
  const file = join(folder, 'other.json');
  writeFileSync(file, JSON.stringify(of));
  const { stdout, exitCode } = await started('examples/cdktf/main.js', folder, [file]);
  expect(exitCode).toBe(1);
  return stdout;
}

describe('the stack of a decision', () => {
  it('outputs the clusters, replicas, requests and digest of the lock, and declares nothing else', async () => {
    const { output, terraform, ...rest } = await synthesized();
    const clusters = decision.apps[0]?.clusters ?? [];
    const by = (key: 'replicas' | 'requestsPerSecond') =>
      Object.fromEntries(clusters.map((one) => [one.name, one[key]]));
    const values = Object.entries(output ?? {}).map(([name, { value }]) => [name, value]);
    const { summary, ...told } = Object.fromEntries(values) as Record<string, unknown>;
    expect(told).toEqual({
      clusters: clusters.map(({ name }) => name),
      replicas: by('replicas'),
      requests_per_second: by('requestsPerSecond'),
      decision_digest: decision.digest,
    });
    expect(summary).toMatch(/^shop: \d clusters, \d+ requests\/s, mean \d+ ms, [\d.]+ USD\/h, /);
    expect(Object.keys(terraform ?? {})).toEqual(['backend']);
    expect(rest).toEqual({});
  }, 60_000);

  it('refuses a decision without the app, and a policy that no placement satisfies', async () => {
    const [shop] = decision.apps;
    expect(await refusal({ ...decision, apps: [] })).toContain('The decision has no app shop');
    const unsatisfied = { ...decision, apps: shop ? [{ ...shop, satisfied: false }] : [] };
    expect(await refusal(unsatisfied)).toContain('The policy of shop is unsatisfied');
  }, 60_000);
});
