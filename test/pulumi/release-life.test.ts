/** A release in Pulumi on clusters in memory: planned from inputs alone, finished later when it was cut short, never telling secrets. */
import type { Manifest } from '../../constructs/model/workload';
import type { Bag, Life } from '../../providers/pulumi/property-bag';
import { releaseLife } from '../../providers/pulumi/release-life';
import { UNKNOWN } from '../../providers/pulumi/unknown';
import { Clusters } from '../resources/cluster-double';
import {
  bundleOf,
  decisionFor,
  fleet,
  namespace,
  password,
  secret,
  settings,
  web,
  worldIn,
} from '../resources/fixtures';

let clusters: Clusters;
let life: Life;
beforeEach(() => {
  clusters = new Clusters();
  life = releaseLife(() => worldIn(clusters));
});

const objects = [namespace, settings({ color: 'blue' }), secret(), web('shop:1')];

/** Inputs of a Release as they come from a program: on the clusters whose letters are given. */
function inputs(
  letters: string,
  manifests: readonly Manifest[] = objects,
  more: object = {},
  dropped = '',
) {
  return {
    bundle: JSON.stringify(bundleOf(...manifests)),
    decision: JSON.stringify(decisionFor([...letters], [...dropped])),
    fleet: JSON.stringify(fleet),
    rollout: { deadlineSeconds: 5, answerSeconds: 5 },
    ...more,
  };
}

/** One resource of the engine: what it keeps, and what an update does to it. */
class Stack {
  id = '';
  inputs: Bag = {};
  outs: Bag = {};
  shown: readonly string[] = [];

  /** `pulumi up`; says what was done. */
  async up(news: Bag): Promise<'same' | 'created' | 'updated' | 'replaced'> {
    const checked = await this.preview(news);
    if (this.id === '') {
      this.inputs = checked;
      const { id, outs } = await life.create(checked);
      Object.assign(this, { id, outs });
      return 'created';
    }
    const { changes, replaces = [] } = await life.diff(this.id, this.outs, checked);
    this.inputs = checked;
    if (replaces.length > 0) return 'replaced';
    if (!changes) return 'same';
    this.outs = (await life.update(this.id, this.outs, checked)).outs;
    return 'updated';
  }

  /** What a preview shows; the inputs an update would have. */
  async preview(news: Bag): Promise<Bag> {
    const { inputs, failures = [] } = await life.check(this.inputs, news);
    expect(failures).toEqual([]);
    this.shown =
      (inputs.changes as string[] | string) === UNKNOWN ? [] : (inputs.changes as string[]);
    return inputs;
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<void> {
    const { id, props = {}, inputs } = await life.read(this.id, this.outs);
    Object.assign(this, { id, outs: props, ...(inputs === undefined ? {} : { inputs }) });
  }
}

/** What was thrown as made but not finished. */
async function unfinished(step: Promise<unknown>) {
  return step.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (thrown: Error & { id: string; properties: Bag; reasons: readonly string[] }) => thrown,
  );
}

describe('a release', () => {
  it('shows what it will do, does it, and then shows nothing', async () => {
    const stack = new Stack();
    const preview = await stack.preview(inputs('ab'));
    expect(preview).toMatchObject({ name: 'shop', namespace: 'shop' });
    expect(preview.clusters).toEqual({ a: 'install 4 objects', b: 'install 4 objects' });
    expect(stack.shown.slice(0, 4)).toEqual([
      'a: + Namespace shop',
      'a: + ConfigMap shop/settings',
      'a: + Secret shop/keys',
      'a: + Deployment shop/web',
    ]);
    expect(clusters.requests).toEqual([]);
    expect(await stack.up(inputs('ab'))).toBe('created');
    expect(stack.outs).toMatchObject({
      clusters: { a: 'ready, 4 objects', b: 'ready, 4 objects' },
    });
    clusters.requests.length = 0;
    expect(await stack.up(inputs('ab'))).toBe('same');
    expect(clusters.requests).toEqual([]);
  });

  it('shows one line per object that changes and per cluster that comes or goes', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    await stack.preview(
      inputs('bc', [namespace, settings({ color: 'red' }), secret(), web('shop:1')], {}, 'a'),
    );
    expect(stack.shown).toEqual([
      'b: ~ ConfigMap shop/settings',
      'c: + Namespace shop',
      'c: + ConfigMap shop/settings',
      'c: + Secret shop/keys',
      'c: + Deployment shop/web',
      'a: - Deployment shop/web',
      'a: - Secret shop/keys',
      'a: - ConfigMap shop/settings',
      'a: - Namespace shop',
    ]);
  });

  it('keeps no secret but in the one property that the engine encrypts', async () => {
    const stack = new Stack();
    await stack.up(inputs('a'));
    for (const kept of [stack.inputs, stack.outs]) {
      const { bundle, ...open } = kept;
      expect(JSON.stringify(bundle)).toContain(Buffer.from(password).toString('base64'));
      expect(JSON.stringify(open)).not.toContain(Buffer.from(password).toString('base64'));
      expect(JSON.stringify(open)).not.toContain(password);
    }
  });

  it('shows that a value of a Secret changed, without the value', async () => {
    const stack = new Stack();
    await stack.up(inputs('a'));
    const other = Buffer.from('another-horse').toString('base64');
    const news = inputs('a', [
      namespace,
      settings({ color: 'blue' }),
      secret(other),
      web('shop:1'),
    ]);
    await stack.preview(news);
    expect(stack.shown).toEqual(['a: ~ Secret shop/keys, its values']);
    expect(await stack.up(news)).toBe('updated');
    expect(clusters.named('a').read('/Secret/shop/keys')?.data).toEqual({ password: other });
    expect(await stack.up(news)).toBe('same');
  });

  it('says after a refresh what others changed, and puts it right', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    await stack.refresh();
    expect(await stack.up(inputs('ab'))).toBe('same');
    clusters.named('b').lose('/ConfigMap/shop/settings');
    await stack.refresh();
    expect(stack.outs.clusters).toEqual({
      a: 'ready, 4 objects',
      b: 'ready, 4 objects, 1 changed by others',
    });
    await stack.preview(inputs('ab'));
    expect(stack.shown).toEqual(['b: + ConfigMap shop/settings, changed by others']);
    expect(await stack.up(inputs('ab'))).toBe('updated');
    expect(clusters.named('b').read('/ConfigMap/shop/settings')).toBeDefined();
    expect(await stack.up(inputs('ab'))).toBe('same');
  });

  it('is gone for Pulumi when it is gone from every cluster', async () => {
    const stack = new Stack();
    await stack.up(inputs('a'));
    for (const key of Object.keys(clusters.named('a').picture())) clusters.named('a').lose(key);
    await stack.refresh();
    expect(stack.id).toBe('');
  });

  it('is kept half done with reasons when a cluster fails, and goes on from there', async () => {
    const bad = inputs('ab', [namespace, settings({ color: 'blue' }), secret(), web('shop:bad')]);
    const { inputs: checked } = await life.check({}, bad);
    const thrown = await unfinished(life.create({ ...checked, __provider: 'text' }));
    expect(thrown.message).toMatch(/^shop: 2 of 2 clusters fell short\. Run pulumi up again/);
    expect(thrown.stack).not.toMatch(/at .*:\d+/);
    expect(thrown.reasons).toEqual([
      expect.stringMatching(/^a: failed: .*ImagePullBackOff/),
      expect.stringMatching(/^b: failed: .*ImagePullBackOff/),
    ]);
    expect(thrown.id).toBe('shop/shop');
    expect(thrown.properties).toMatchObject({ __provider: 'text', name: 'shop' });
    const stack = Object.assign(new Stack(), {
      id: thrown.id,
      inputs: checked,
      outs: thrown.properties,
    });
    expect(await stack.up(inputs('ab'))).toBe('updated');
    expect(stack.outs.clusters).toEqual({ a: 'ready, 4 objects', b: 'ready, 4 objects' });
  });

  it('goes on with the others when one cluster is dead, and says which one', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    clusters.fault = (_, { cluster }) => (cluster === 'b' ? 'cut' : undefined);
    const news = inputs('ab', [namespace, settings({ color: 'red' }), secret(), web('shop:1')]);
    const checked = await stack.preview(news);
    const thrown = await unfinished(life.update(stack.id, stack.outs, checked));
    expect(thrown.reasons).toEqual([expect.stringMatching(/^b: unreachable/)]);
    expect(thrown.properties).toMatchObject({ unreachable: ['b'] });
    expect(clusters.named('a').read('/ConfigMap/shop/settings')?.data).toEqual({ color: 'red' });
    Object.assign(stack, { inputs: checked, outs: thrown.properties });
    clusters.fault = () => undefined;
    expect(await stack.up(news)).toBe('updated');
    expect(clusters.named('b').read('/ConfigMap/shop/settings')?.data).toEqual({ color: 'red' });
  });

  it('lets go of a silent cluster only when asked to', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    clusters.fault = (_, { cluster }) => (cluster === 'b' ? 'cut' : undefined);
    const left = await stack.preview(inputs('a', objects, {}, 'b'));
    const thrown = await unfinished(life.update(stack.id, stack.outs, left));
    expect(thrown.properties.clusters).toMatchObject({ b: expect.stringMatching(/^unreachable/) });
    Object.assign(stack, { inputs: left, outs: thrown.properties });
    const rollout = { deadlineSeconds: 5, answerSeconds: 5, evacuate: ['b'] };
    expect(await stack.up(inputs('a', objects, { rollout }, 'b'))).toBe('updated');
    expect(stack.outs.clusters).toMatchObject({ b: expect.stringMatching(/^evacuated/) });
  });

  it('is another release under another name; one in the same namespace has to go first', async () => {
    const stack = new Stack();
    await stack.up(inputs('a'));
    const { inputs: renamed } = await life.check(
      stack.inputs,
      inputs('a', objects, { name: 'store' }),
    );
    expect(await life.diff(stack.id, stack.outs, renamed)).toEqual({
      changes: true,
      replaces: ['name'],
      deleteBeforeReplace: true,
    });
  });

  it('adopts what exists when it is created, and knows it when it is imported', async () => {
    await new Stack().up(inputs('ab'));
    const adopted = new Stack();
    expect(await adopted.up(inputs('ab'))).toBe('created');
    expect(adopted.outs.clusters).toEqual({ a: 'ready, 4 objects', b: 'ready, 4 objects' });
    const {
      id,
      props = {},
      inputs: known = {},
    } = await life.read('shop/shop@clusters.kubeconfig#a,b', {});
    expect(id).toBe('shop/shop');
    const imported = Object.assign(new Stack(), { id, inputs: known, outs: props });
    expect(await imported.up(inputs('ab'))).toBe('same');
    expect(imported.shown).toEqual([]);
  });

  it('is removed everywhere, once and again', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    await life.delete(stack.id, stack.outs);
    expect(clusters.named('a').picture()).toEqual({});
    expect(clusters.named('b').picture()).toEqual({});
    await life.delete(stack.id, stack.outs);
  });

  it('stays in the state when a cluster could not be asked to remove it', async () => {
    const stack = new Stack();
    await stack.up(inputs('ab'));
    clusters.fault = (_, { cluster }) => (cluster === 'b' ? 'cut' : undefined);
    await expect(life.delete(stack.id, stack.outs)).rejects.toThrow(
      /shop: 1 of 2 clusters fell short/,
    );
    clusters.fault = () => undefined;
    await life.delete(stack.id, stack.outs);
    expect(clusters.named('b').picture()).toEqual({});
  });

  it.each(['bundle', 'decision', 'fleet'])('is open while its %s is unknown', async (key) => {
    const { inputs: open, failures } = await life.check({}, { ...inputs('a'), [key]: UNKNOWN });
    expect(failures).toBeUndefined();
    expect(open).toMatchObject({ clusters: UNKNOWN, changes: UNKNOWN, bundle: UNKNOWN });
    const stack = new Stack();
    await stack.up(inputs('a'));
    expect(await life.diff(stack.id, stack.outs, open)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });

  it('refuses inputs at their place', async () => {
    const { failures } = await life.check({}, inputs('az'));
    expect(failures).toEqual([
      {
        property: 'decision.apps[0].clusters[1].name',
        reason: expect.stringMatching(/^got cluster "z", which the fleet does not have\. /),
      },
    ]);
  });
});
