/** What a release promises on every wire. */
import type { Manifest } from '../../constructs/model/app/workload';
import { Clusters, Crash } from '../resources/cluster-double';
import {
  bundleOf,
  decisionFor,
  fleet,
  namespace,
  password,
  secret,
  settings,
  web,
} from '../resources/fixtures';
import type { ReleaseInputs, ReleaseWire, Wire } from './wire';

const v1 = [namespace, settings({ color: 'blue' }), secret(), web('shop:1')];
const v2 = [namespace, settings({ color: 'red' }), secret(), web('shop:2')];
const names = [...'abc'];

/** The release of `manifests` on the clusters whose letters are given. */
export function inputsOf(
  letters: string,
  manifests: readonly Manifest[] = v1,
  dropped = '',
): ReleaseInputs {
  return {
    bundle: bundleOf(...manifests),
    decision: decisionFor([...letters], [...dropped]),
    fleet,
  };
}

const picture = (clusters: Clusters) =>
  names.map((name) => plainly(JSON.stringify(clusters.named(name).picture())));
/** Without what is made up at random. */
const plainly = (text: string) =>
  text
    .replaceAll(/sha256:[0-9a-f]+/g, 'digest')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'owner');

/** Runs the suite of releases over a wire. */
export function releaseConformance(wire: Wire): void {
  const open = () => {
    const clusters = new Clusters();
    return { clusters, release: wire.release(clusters) };
  };
  const installed = async (letters: string, manifests = v1) => {
    const { clusters, release } = open();
    expect(await release.apply(inputsOf(letters, manifests))).toEqual({ errors: [] });
    clusters.restart();
    return { clusters, release };
  };
  const isQuiet = async (release: ReleaseWire, clusters: Clusters, inputs: ReleaseInputs) => {
    clusters.restart();
    await release.refresh();
    expect((await release.plan(inputs)).changes).toBe(false);
    expect(await release.apply(inputs)).toEqual({ errors: [] });
    expect(clusters.writes()).toEqual([]);
  };

  describe(`a release over ${wire.name}`, () => {
    it('is planned without changing a cluster, the same twice', async () => {
      const { clusters, release } = open();
      const first = await release.plan(inputsOf('ab'));
      expect(first).toMatchObject({ changes: true, errors: [] });
      expect(await release.plan(inputsOf('ab'))).toEqual(first);
      expect(clusters.writes()).toEqual([]);
    });

    it('is planned from what the refresh saw, once it is there', async () => {
      const { clusters, release } = await installed('ab');
      await release.refresh();
      clusters.restart();
      expect((await release.plan(inputsOf('ab', v2))).changes).toBe(true);
      expect(clusters.requests).toEqual([]);
    });

    it('is created, and then there is nothing left to do', async () => {
      const { clusters, release } = await installed('ab');
      expect(clusters.named('a').read('apps/Deployment/shop/web')).toBeDefined();
      await isQuiet(release, clusters, inputsOf('ab'));
    });

    it('changes what differs, and nothing else', async () => {
      const { clusters, release } = await installed('ab');
      const before = clusters.named('a').read('/Secret/shop/keys')?.metadata.resourceVersion;
      expect((await release.plan(inputsOf('ab', v2))).changes).toBe(true);
      expect(await release.apply(inputsOf('ab', v2))).toEqual({ errors: [] });
      const changed = clusters.named('b').read('/ConfigMap/shop/settings');
      expect(changed?.data).toEqual({ color: 'red' });
      const after = clusters.named('a').read('/Secret/shop/keys')?.metadata.resourceVersion;
      expect(after).toBe(before);
      await isQuiet(release, clusters, inputsOf('ab', v2));
    });

    it('moves, and leaves nothing behind', async () => {
      const { clusters, release } = await installed('ab');
      const there = inputsOf('bc', v1, 'a');
      expect((await release.plan(there)).changes).toBe(true);
      expect(await release.apply(there)).toEqual({ errors: [] });
      expect([...clusters.named('a').objects.keys()]).toEqual([]);
      expect(clusters.named('c').read('apps/Deployment/shop/web')).toBeDefined();
      await isQuiet(release, clusters, there);
    });

    it('adopts what exists when its state is lost', async () => {
      const { clusters, release } = await installed('ab');
      const uid = clusters.named('a').read('apps/Deployment/shop/web')?.metadata.uid;
      release.forget();
      expect(await release.apply(inputsOf('ab'))).toEqual({ errors: [] });
      expect(clusters.named('a').read('apps/Deployment/shop/web')?.metadata.uid).toBe(uid);
      await isQuiet(release, clusters, inputsOf('ab'));
    });

    it('is refused to another stack, which may import it or take it over', async () => {
      const { clusters } = await installed('ab');
      const other = wire.release(clusters, 'other');
      const held = (await other.apply(inputsOf('ab'))).errors.map((error) => {
        const [, names] = /^(?:name: )?([ab, ]+): .*holds the release shop/.exec(error) ?? [];
        return names;
      });
      // One error for all clusters that say the same, or one for each.
      expect(held.join(', ')).toBe('a, b');
      expect(clusters.writes()).toEqual([]);
      expect(await other.import(inputsOf('ab'))).toEqual({ errors: [] });
      await isQuiet(other, clusters, inputsOf('ab'));
      const third = wire.release(clusters, 'third');
      const taking = { ...inputsOf('ab'), rollout: { takeOver: true } };
      expect(await third.apply(taking)).toEqual({ errors: [] });
      await isQuiet(third, clusters, taking);
    });

    it('is imported, and then there is nothing left to do', async () => {
      const { clusters, release } = await installed('ab');
      release.forget();
      expect(await release.import(inputsOf('ab'))).toEqual({ errors: [] });
      await isQuiet(release, clusters, inputsOf('ab'));
    });

    it('notices what others took away or changed, and puts it back', async () => {
      const { clusters, release } = await installed('ab');
      clusters.named('a').lose('/ConfigMap/shop/settings');
      await release.refresh();
      const plan = await release.plan(inputsOf('ab'));
      expect(plan.changes).toBe(true);
      expect(await release.apply(inputsOf('ab'))).toEqual({ errors: [] });
      expect(clusters.named('a').read('/ConfigMap/shop/settings')).toBeDefined();
    });

    it('is destroyed; destroying it twice is destroying it once', async () => {
      const { clusters, release } = await installed('ab');
      expect(await release.destroy()).toEqual({ errors: [] });
      for (const name of names) expect([...clusters.named(name).objects.keys()]).toEqual([]);
      expect(await release.destroy()).toEqual({ errors: [] });
    });

    it('says what a cluster refuses, keeps what others did, and goes on from there', async () => {
      const { clusters, release } = open();
      clusters.named('b').refuse = ({ kind }) => (kind === 'Deployment' ? 'no' : undefined);
      const { errors } = await release.apply(inputsOf('ab'));
      expect(errors).toEqual([expect.stringMatching(/^b: /)]);
      const uid = clusters.named('a').read('apps/Deployment/shop/web')?.metadata.uid;
      clusters.named('b').refuse = () => undefined;
      clusters.restart();
      await release.refresh();
      expect((await release.plan(inputsOf('ab'))).changes).toBe(true);
      expect(await release.apply(inputsOf('ab'))).toEqual({ errors: [] });
      expect(clusters.named('a').read('apps/Deployment/shop/web')?.metadata.uid).toBe(uid);
      await isQuiet(release, clusters, inputsOf('ab'));
    });

    it.each(['crash', 'crash after'] as const)('survives a %s at any request', async (fault) => {
      const calm = open();
      await calm.release.apply(inputsOf('ab'));
      const wanted = picture(calm.clusters);
      const count = calm.clusters.requests.length;
      for (let at = 0; at < count; at += 3) {
        const { clusters, release } = open();
        clusters.fault = (number) => (number === at ? fault : undefined);
        await release.apply(inputsOf('ab')).catch((thrown) => {
          if (!(thrown instanceof Crash)) throw thrown;
        });
        clusters.restart();
        await release.refresh();
        expect(await release.apply(inputsOf('ab'))).toEqual({ errors: [] });
        expect({ at, picture: picture(clusters) }).toEqual({ at, picture: wanted });
      }
    });

    it('stops between two steps when it is asked to, and goes on from there', async () => {
      const calm = open();
      await calm.release.apply(inputsOf('ab'));
      const wanted = picture(calm.clusters);
      const last = calm.clusters.requests.length;
      for (const at of [0, 7, 15, last - 18, last - 12, last - 6]) {
        const { clusters, release } = open();
        await release.applyUntil(inputsOf('ab'), (number) => number >= at);
        expect(clusters.requests.length).toBeLessThan(calm.clusters.requests.length);
        clusters.restart();
        await release.refresh();
        expect(await release.apply(inputsOf('ab'))).toEqual({ errors: [] });
        expect(picture(clusters)).toEqual(wanted);
      }
    });

    it('writes no value of a Secret anywhere, and applies one that changed', async () => {
      const { clusters, release } = await installed('a');
      const next = Buffer.from(`${password}-2`).toString('base64');
      const manifests = [namespace, settings({ color: 'red' }), secret(next), web('shop:1')];
      const plan = await release.plan(inputsOf('a', manifests));
      expect(await release.apply(inputsOf('a', manifests))).toEqual({ errors: [] });
      expect(clusters.named('a').read('/Secret/shop/keys')?.data).toEqual({ password: next });
      for (const text of [password, Buffer.from(password).toString('base64'), next]) {
        expect(`${plan.text} ${release.state()}`).not.toContain(text);
      }
    });

    it('names every mistake at once', async () => {
      const { release } = open();
      const { errors } = await release.plan({
        ...inputsOf('a'),
        rollout: { minClusters: -1, parallelism: 0 },
      });
      expect(errors).toHaveLength(2);
    });
  });
}
