/** The example's own tests under `terraform test` and `tofu test`: no cluster, no Prometheus, and they fail when the policy is another one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack, terraforms } from './terraforming';

const example = join(__dirname, '../../examples/terraform');
const files = Object.fromEntries(
  ['main.tf', 'tests/fleet.yaml', 'tests/placement.tftest.hcl'].map((name) => [
    name,
    readFileSync(join(example, name), 'utf8'),
  ]),
);
const folder = mkdtempSync(join(tmpdir(), 'littoral-terraform-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, missing, binary] of terraforms) {
  const whenPossible = missing === undefined || process.env.CI ? it : it.skip;
  whenPossible(
    `${name} tests a placement without clusters${missing ? `: ${missing}` : ''}`,
    async () => {
      const stack = await openStack(binary(), join(folder, name), files);
      expect(await stack.run('test')).toMatch(/Success! 3 passed, 0 failed\./);
      const lax = (files['main.tf'] as string)
        .replace('min_requests_per_second = 20', 'min_requests_per_second = 1')
        .replace('clusters = { region = ["europe"] }', 'clusters = { region = ["america"] }');
      stack.write('main.tf', lax);
      const { code, out } = await stack.try('test');
      expect(code).toBe(1);
      expect(out).toContain('Berlin is served outside of Europe: 2 of 3 clusters');
      expect(out).toContain('got iad, sin');
    },
  );
}
