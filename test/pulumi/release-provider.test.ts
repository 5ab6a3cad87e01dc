/** A release in Pulumi on clusters in memory: planned from inputs alone, finished later when it was cut short, never telling secrets. */
import type { Manifest } from '../../constructs/model/app/workload';
import type { Bag, DynamicProvider } from '../../providers/pulumi/runtime/property-bag';
import { releaseProvider } from '../../providers/pulumi/runtime/release-provider';
import { UNKNOWN } from '../../providers/pulumi/runtime/unknown';
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
import { Stack } from './stack';

let clusters: Clusters;
let life: DynamicProvider;
beforeEach(() => {
  clusters = new Clusters();
  life = releaseProvider(() => worldIn(clusters));
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

/** `pulumi up` without a complaint; says what was done. */
async function up(stack: Stack, news: Bag) {
  expect(await stack.up(news)).toEqual([]);
  return stack.did;
}
const shown = async (stack: Stack, news: Bag) => (await stack.preview(news)).inputs.changes;

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
    const stack = new Stack(life);
    const { inputs: preview } = await stack.preview(inputs('ab'));
    expect(preview).toMatchObject({ name: 'shop', namespace: 'shop' });
    expect(preview.plan).toEqual({ a: 'install 4 objects', b: 'install 4 objects' });
    expect(preview.changes).toEqual([
      'a: + 4 objects: Namespace, ConfigMap, Secret, Deployment',
      'b: + 4 objects: Namespace, ConfigMap, Secret, Deployment',
    ]);
    expect(clusters.writes()).toEqual([]);
    expect(await up(stack, inputs('ab'))).toBe('create');
    expect(stack.outs).toMatchObject({
      clusters: { a: 'ready, 4 objects', b: 'ready, 4 objects' },
    });
    clusters.requests.length = 0;
    expect(await up(stack, inputs('ab'))).toBe('same');
    expect(clusters.requests).toEqual([]);
  });

  it('shows one line per object that changes and per cluster that comes or goes', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    expect(
      await shown(
        stack,
        inputs('bc', [namespace, settings({ color: 'red' }), secret(), web('shop:1')], {}, 'a'),
      ),
    ).toEqual([
      'b: ~ ConfigMap shop/settings  data color changes',
      'c: + 4 objects: Namespace, ConfigMap, Secret, Deployment',
      'a: - 4 objects: Deployment, Secret, ConfigMap, Namespace; a was too far',
    ]);
  });

  it('says once that a cluster which left serves until it is retired', async () => {
    const stack = new Stack(life);
    const later = { rollout: { deadlineSeconds: 5, answerSeconds: 5, retire: 'later' } };
    await up(stack, inputs('ab', objects, later));
    const { inputs: preview } = await stack.preview(inputs('b', objects, later, 'a'));
    const lines = (preview.changes as string[]).filter((line) => line.startsWith('a:'));
    expect(lines).toEqual([
      expect.stringMatching(/^a: (?!.*retired.*retired).*until it is retired$/),
    ]);
    expect(preview.plan).toMatchObject({ a: 'keep until it is retired' });
    expect(await up(stack, inputs('b', objects, later, 'a'))).toBe('update');
  });

  it('keeps no secret but in the one property that the engine encrypts', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('a'));
    for (const kept of [stack.inputs, stack.outs]) {
      const { bundle, ...open } = kept;
      expect(JSON.stringify(bundle)).toContain(Buffer.from(password).toString('base64'));
      expect(JSON.stringify(open)).not.toContain(Buffer.from(password).toString('base64'));
      expect(JSON.stringify(open)).not.toContain(password);
    }
  });

  it('shows that a value of a Secret changed, without the value', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('a'));
    const other = Buffer.from('another-horse').toString('base64');
    const news = inputs('a', [
      namespace,
      settings({ color: 'blue' }),
      secret(other),
      web('shop:1'),
    ]);
    expect(await shown(stack, news)).toEqual(['a: ~ Secret shop/keys, its values']);
    expect(await up(stack, news)).toBe('update');
    expect(clusters.named('a').read('/Secret/shop/keys')?.data).toEqual({ password: other });
    expect(await up(stack, news)).toBe('same');
  });

  it('says after a refresh what others changed, and puts it right', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    await stack.refresh();
    expect(await up(stack, inputs('ab'))).toBe('same');
    clusters.named('b').lose('/ConfigMap/shop/settings');
    await stack.refresh();
    expect(stack.outs.clusters).toEqual({
      a: 'ready, 4 objects',
      b: 'ready, 4 objects, 1 changed by others',
    });
    expect(await shown(stack, inputs('ab'))).toEqual([
      'b: + ConfigMap shop/settings, deleted by others',
    ]);
    expect(await up(stack, inputs('ab'))).toBe('update');
    expect(clusters.named('b').read('/ConfigMap/shop/settings')).toBeDefined();
    expect(await up(stack, inputs('ab'))).toBe('same');
  });

  describe('that another stack has', () => {
    const [dev, live] = [{ owner: 'Pulumi shop/dev, resource a' }, { owner: 'Pulumi shop/live' }];
    const taking = { ...live, rollout: { takeOver: true } };
    const images = (letter: string) =>
      JSON.stringify(clusters.named(letter).read('apps/Deployment/shop/web')?.spec);

    it('is refused in the preview, with the name of the stack', async () => {
      await up(new Stack(life), inputs('ab', objects, dev));
      clusters.restart();
      await expect(new Stack(life).preview(inputs('bc', objects, live))).rejects.toThrow(
        /b: Pulumi shop\/dev, resource a \([0-9a-f]{8}\) holds the release shop there/,
      );
      expect(clusters.writes()).toEqual([]);
    });

    it('is refused in the update too, in words of a program, where the other was first after the preview', async () => {
      const { inputs: checked } = await new Stack(life).preview(inputs('ab', objects, live));
      await up(new Stack(life), inputs('ab', objects, dev));
      const { reasons } = await unfinished(life.create(checked));
      expect(reasons.join('\n')).toMatch(
        /take it over: rollout: { takeOver: true }, for one update/,
      );
      expect(reasons.join('\n')).not.toContain('--');
    });

    it('taken over, is not changed and not removed by the one that had it, which says so', async () => {
      const lines: string[] = [];
      life = releaseProvider(
        () => worldIn(clusters),
        (line) => lines.push(line),
      );
      const [stack, other] = [new Stack(life), new Stack(life)];
      await up(stack, inputs('ab', objects, dev));
      await up(other, inputs('bc', [namespace, web('shop:2')], taking));
      await stack.refresh();
      expect(stack.inputs.summary).toMatch(/^the release shop was taken over in b by Pulumi/);
      await expect(
        stack.preview(inputs('ab', [...objects, settings({}, 'x')], dev)),
      ).rejects.toThrow('holds the release shop there');
      await stack.destroy();
      expect(lines.join()).toMatch(/b: Pulumi shop\/live.*left there: .*Deployment shop\/web/);
      expect(clusters.named('a').picture()).toEqual({});
      expect(images('b')).toContain('shop:2');
    });

    it.each([
      ['replaced: made first, then the old one is deleted', dev, dev],
      ['under another resource name that was told to take over', dev, taking],
      ['replaced, and the old one was told to take over', taking, live],
    ])('survives when it is %s', async (_, before, more) => {
      const [old, next] = [new Stack(life), new Stack(life)];
      await up(old, inputs('ab', objects, before));
      await up(next, inputs('ab', objects, more));
      await old.destroy();
      expect(images('a')).toContain('shop:1');
      expect(images('b')).toContain('shop:1');
      await next.refresh();
      expect(await up(next, inputs('ab', objects, more))).toBe('same');
      await next.destroy();
      expect(clusters.named('a').picture()).toEqual({});
    });
  });

  it('is gone for Pulumi when it is gone from every cluster', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('a'));
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
    const stack = Object.assign(new Stack(life), {
      id: thrown.id,
      inputs: checked,
      outs: thrown.properties,
    });
    expect(await up(stack, inputs('ab'))).toBe('update');
    expect(stack.outs.clusters).toEqual({ a: 'ready, 4 objects', b: 'ready, 4 objects' });
  });

  it('goes on with the others when one cluster is dead, and says which one', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    clusters.fault = (_, { cluster }) => (cluster === 'b' ? 'cut' : undefined);
    const news = inputs('ab', [namespace, settings({ color: 'red' }), secret(), web('shop:1')]);
    const { inputs: checked } = await stack.preview(news);
    const { outs } = await life.update(stack.id, stack.outs, checked);
    expect(outs).toMatchObject({ unreachable: ['b'] });
    expect(clusters.named('a').read('/ConfigMap/shop/settings')?.data).toEqual({ color: 'red' });
    Object.assign(stack, { inputs: checked, outs });
    clusters.fault = () => undefined;
    expect(await up(stack, news)).toBe('update');
    expect(clusters.named('b').read('/ConfigMap/shop/settings')?.data).toEqual({ color: 'red' });
  });

  it('lets go of a silent cluster only when asked to', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    clusters.fault = (_, { cluster }) => (cluster === 'b' ? 'cut' : undefined);
    const { inputs: left } = await stack.preview(inputs('a', objects, {}, 'b'));
    const { outs } = await life.update(stack.id, stack.outs, left);
    expect(outs.clusters).toMatchObject({ b: expect.stringMatching(/^unreachable/) });
    Object.assign(stack, { inputs: left, outs });
    const rollout = { deadlineSeconds: 5, answerSeconds: 5, evacuate: ['b'] };
    expect(await up(stack, inputs('a', objects, { rollout }, 'b'))).toBe('update');
    expect(stack.outs.clusters).toMatchObject({ b: expect.stringMatching(/^evacuated/) });
  });

  it('takes what a fleet says besides for no change, and where a cluster is for one', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('a'));
    const told = (more: object) => {
      const clusters = fleet.clusters.map((one) => ({ ...one, ...more }));
      return inputs('a', objects, { fleet: JSON.stringify({ clusters }) });
    };
    const before = stack.inputs;
    expect(await stack.preview(told({ city: 'Elsewhere' }))).toEqual({
      step: 'same',
      inputs: before,
    });
    const moved = told({ access: { kubeconfig: 'other.kubeconfig', context: 'a' } });
    expect((await stack.preview(moved)).step).toBe('update');
  });

  it('is another release under another name; one in the same namespace has to go first', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('a'));
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
    const mine = inputs('ab', objects, { owner: 'Pulumi shop/dev, resource shop' });
    await new Stack(life).up(mine);
    const adopted = new Stack(life);
    expect(await up(adopted, mine)).toBe('create');
    expect(adopted.outs.clusters).toEqual({ a: 'ready, 4 objects', b: 'ready, 4 objects' });
    const {
      id,
      props = {},
      inputs: known = {},
    } = await life.read('shop/shop@clusters.kubeconfig#a,b', {});
    expect(id).toBe('shop/shop');
    const imported = Object.assign(new Stack(life), { id, inputs: known, outs: props });
    expect(await up(imported, inputs('ab'))).toBe('same');
    expect(imported.inputs.changes).toEqual([]);
  });

  it('is removed everywhere, once and again', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    await life.delete(stack.id, stack.outs);
    expect(clusters.named('a').picture()).toEqual({});
    expect(clusters.named('b').picture()).toEqual({});
    await life.delete(stack.id, stack.outs);
  });

  it('stays in the state when a cluster could not be asked to remove it', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
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
    expect(open).toMatchObject({ plan: UNKNOWN, changes: UNKNOWN, bundle: UNKNOWN });
    const stack = new Stack(life);
    await up(stack, inputs('a'));
    expect(await life.diff(stack.id, stack.outs, open)).toMatchObject({
      changes: true,
      replaces: [],
    });
  });

  it('that another version of littoral keeps otherwise is not taken for one that is nowhere', async () => {
    const stack = new Stack(life);
    await up(stack, inputs('ab'));
    const state = JSON.parse(String(stack.outs?.state));
    const newer = { ...stack.outs, state: JSON.stringify({ ...state, quorum: 2 }) };
    const there = [...clusters.named('a').objects.keys()];
    const says = /the state of the release cannot be read: another version of littoral wrote it/;
    await expect(life.delete('shop/shop', newer)).rejects.toThrow(says);
    await expect(life.update('shop/shop', newer, inputs('b'))).rejects.toThrow(says);
    await expect(life.read('shop/shop', newer)).rejects.toThrow(says);
    await expect(life.diff('shop/shop', newer, inputs('b'))).rejects.toThrow(says);
    expect([...clusters.named('a').objects.keys()]).toEqual(there);
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
