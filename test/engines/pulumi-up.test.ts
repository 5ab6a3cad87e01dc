/** An EdgeApp under the real `pulumi` on real clusters: previewed, applied, moved, drifted, refreshed and destroyed. */
import { demandOf } from '../pulumi/inputs';
import { type Program, stepsIn } from './pulumi-program';
import { onThreeClusters } from './pulumi-site';

const later = '2026-11-21T07:30:00Z';

onThreeClusters('pulumi up', (site) => {
  let shop: Program;
  beforeAll(async () => {
    shop = await site.open();
  });

  const deployment = '/apis/apps/v1/namespaces/shop/deployments/shop';
  const isThere = (cluster: string, path = deployment) => site.isThere(cluster, path);
  const preview = (words = '--diff') => shop.pulumi(`preview ${words}`);

  it('shows clusters, reasons and objects in a preview that touches no cluster', async () => {
    const said = await preview();
    expect(stepsIn(said)).toEqual(['+ EdgeApp create', '+ Placement create', '+ Release create']);
    expect(said).toMatch(/clusters +: \[\n +\[0\]: "fra"\n +\[1\]: "iad"/);
    expect(said).toMatch(/\+ fra {2}140 requests\/s on 3 replicas; serves 2 origins/);
    expect(said).toMatch(/"iad: \+ \d+ objects: Namespace, .*Deployment/);
    expect(said).toMatch(/bundle +: \[secret\]/);
    expect(said).toMatch(/decision +: \[secret\]/);
    expect(await isThere('fra')).toBe(false);
  });

  it('does what it showed, and a preview with other numbers of the same meaning is empty', async () => {
    await shop.pulumi('up --yes --skip-preview');
    expect(await isThere('fra')).toBe(true);
    expect(await shop.outputs()).toMatchObject({
      clusters: ['fra', 'iad'],
      replicas: { fra: 3, iad: 2 },
      standing: { fra: 'ready, 7 objects', iad: 'ready, 7 objects' },
    });
    shop.write('demand.json', demandOf(122, 99, 20, later));
    expect(await preview('--expect-no-changes')).toContain('4 unchanged');
  });

  it('keeps neither code nor secrets nor manifests in the open', async () => {
    const kept = await shop.pulumi('stack export');
    expect(kept).toContain('exports.handler = () => find().release;');
    expect(kept).not.toContain('registry.example/shop:1"}]');
    const { deployment: stack } = JSON.parse(kept.slice(kept.indexOf('{'))) as {
      deployment: { resources: { type: string; inputs: Record<string, object> }[] };
    };
    const release = stack.resources.find(({ type }) => type.endsWith(':Release'));
    expect(Object.keys(release?.inputs.bundle ?? {})).toContain('ciphertext');
  });

  it('shows exactly a move, and refuses a saved plan of it for another decision', async () => {
    shop.write('demand.json', demandOf(120, 2, 300, later));
    shop.write('opts.json', { protect: true });
    const said = await preview('--diff --save-plan plan.json');
    expect(stepsIn(said)).toEqual(['~ Placement update', '~ Release update']);
    expect(said).toMatch(/~ \[1\]: "iad" => "sin"/);
    expect(said).toContain('- iad  would serve 2 requests/s');
    shop.write('demand.json', demandOf(400, 2, 800, '2026-11-21T11:30:00Z'));
    const other = await shop.run('up --yes --skip-preview --plan plan.json');
    expect(other).toMatchObject({ code: 1, said: expect.stringMatching(/violates plan/) });
  });

  it('applies a saved plan, and is protected when it is told so', async () => {
    shop.write('demand.json', demandOf(120, 2, 300, later));
    await shop.pulumi('up --yes --skip-preview --plan plan.json');
    expect((await shop.outputs()).clusters).toEqual(['fra', 'sin']);
    expect(await Promise.all(['fra', 'iad', 'sin'].map((name) => isThere(name)))).toEqual([
      true,
      false,
      true,
    ]);
    const { code, said } = await shop.run('destroy --yes --skip-preview');
    expect(code).not.toBe(0);
    expect(said).toMatch(/protected/);
  });

  it('says after a refresh what others did, and puts it right', async () => {
    shop.write('opts.json', {});
    await site.testbed().cluster('sin').ask('DELETE', '/api/v1/namespaces/shop/services/shop');
    const refreshed = await shop.pulumi('refresh --yes --skip-preview --diff');
    expect(refreshed).toContain('ready, 7 objects, 1 changed by others');
    const said = await preview();
    expect(stepsIn(said)).toEqual(['~ Release update']);
    expect(said).toContain('sin: + Service shop/shop, deleted by others');
    await shop.pulumi('up --yes --skip-preview');
    expect(await isThere('sin', '/api/v1/namespaces/shop/services/shop')).toBe(true);
    expect(await preview('--expect-no-changes')).toContain('4 unchanged');
  });

  it('refuses a policy that cannot hold in two lines, without a stack', async () => {
    shop.write('app.json', { policy: { constraints: { minClusters: 4, maxClusters: 4 } } });
    const { code, said } = await shop.run('preview');
    shop.write('app.json', {});
    expect(code).not.toBe(0);
    expect(said).toMatch(
      /apps\[0\]\.policy\S* value \S+ has a problem: no placement satisfies the policy of shop/,
    );
    expect(said).not.toMatch(/\n\s+at .*\.js:\d+/);
  });

  it('says once each what is wrong with an app, such as a missing file, without a stack', async () => {
    const overrides = [{ match: {}, patch: [] }];
    shop.write('app.json', { demand: 'missing.json', overrides });
    const { code, said } = await shop.run('preview');
    shop.write('app.json', {});
    expect(code).not.toBe(0);
    const errors = said.slice(said.indexOf('Diagnostics:')).match(/error: .*/g);
    expect(errors?.sort()).toEqual([
      expect.stringMatching(/missing\.json does not exist\. Correct the path/),
      'error: overrides[0].patch: got an empty list, expected an object. Write an object.',
    ]);
    expect(said).not.toMatch(/\n\s+at .*\.[jt]s:\d+/);
  });

  it('is destroyed, and nothing is left', async () => {
    await shop.pulumi('destroy --yes --skip-preview');
    for (const name of ['fra', 'iad', 'sin']) {
      expect(await isThere(name, '/api/v1/namespaces/shop')).toBe(false);
    }
  });
});
