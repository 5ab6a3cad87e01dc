/** The resource retirement: a release goes from clusters that left only when DNS, endpoints and users allow it. */
import { edgeErrorsOf } from '../../constructs/parsing';
import { leavingIn, release } from '../../providers/resources/release';
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import { parseRetirement, retirement } from '../../providers/resources/retirement';
import type { Clusters } from './cluster-double';
import { apply, namespace, releaseOf, web, worldIn } from './fixtures';
import { afterTable, movedRelease, retirementSurroundings } from './retirement-world';

const has = (clusters: Clusters, name: string) =>
  clusters.named(name).read(keyOf(refOf(web('shop:1')))) !== undefined;

async function ready(more: object = {}) {
  const world = retirementSurroundings();
  const state = await movedRelease(world.clusters);
  const props = parseRetirement({ release: state, leaving: ['a'], table: afterTable, ...more });
  return { world, state, props };
}

const withQuery = (rate: object) => ({
  table: { ...afterTable, drain: { floorSeconds: 10, ceilingSeconds: 100, ...rate } },
});
const metrics = { query: 'rate{cluster="$cluster"}', requestsPerSecond: 1, prometheus: {} };

describe('a release whose clusters are retired later', () => {
  it('has the new cluster ready and the old one still serving, says so, and then has nothing to do', async () => {
    const world = retirementSurroundings();
    const objects = [namespace, web('shop:1')];
    const { state } = await apply(world.clusters, releaseOf('ab', objects));
    const later = releaseOf('bc', objects, { retire: 'later' }, 'a');
    const plan = release.plan(state, later);
    expect(plan.clusters.find(({ name }) => name === 'a')).toMatchObject({
      step: 'retire',
      reason: 'a was too far; serves until it is retired',
    });
    const { state: now } = await apply(world.clusters, later, state);
    expect([has(world.clusters, 'a'), has(world.clusters, 'c')]).toEqual([true, true]);
    const seen = now && (await release.read(now, worldIn(world.clusters)));
    for (const one of [now, seen]) {
      expect(one && leavingIn(one)).toEqual(['a']);
      const { clusters } = release.plan(one, later);
      expect(clusters.map(({ name, step, newly }) => [name, step, newly])).toEqual([
        ['b', 'keep', undefined],
        ['c', 'keep', undefined],
        ['a', 'retire', undefined],
      ]);
    }
  });

  it('takes a cluster back that is chosen again before it was retired', async () => {
    const { world, state } = await ready();
    const back = releaseOf('abc', [namespace, web('shop:1')], { retire: 'later' });
    const { state: now } = await apply(world.clusters, back, state);
    expect(now && leavingIn(now)).toEqual([]);
    expect(now?.clusters.map(({ standing }) => standing)).toEqual(['ready', 'ready', 'ready']);
  });
});

describe('a retirement', () => {
  it('removes the release where it left and nowhere else, after the old TTL and the floor', async () => {
    const { world, props } = await ready();
    const { problems, state } = await retirement.reconcile(undefined, props, world);
    expect(problems).toEqual([]);
    expect(['a', 'b', 'c'].map((name) => has(world.clusters, name))).toEqual([false, true, true]);
    expect(world.users.seconds).toBe(afterTable.ttlSeconds + afterTable.drain.floorSeconds);
    expect(state).toEqual({ app: 'shop', ttlSeconds: afterTable.ttlSeconds });
  });

  it('waits for the TTL of the answers before, where that was longer', async () => {
    const { world, props } = await ready();
    await retirement.reconcile({ app: 'shop', ttlSeconds: 500 }, props, world);
    expect(world.users.seconds).toBe(500 + afterTable.drain.floorSeconds);
  });

  it('removes nothing while one name server still answers with a cluster that left', async () => {
    const { world, props } = await ready({ answerSeconds: 5 });
    world.answers.set('ns2', ['192.0.2.1']);
    const { problems } = await retirement.reconcile(undefined, props, world);
    expect(problems.map(({ summary }) => summary)).toEqual([
      'a is kept: ns2 answers shop.example.com with 192.0.2.1, which is no cluster of the table',
    ]);
    expect(has(world.clusters, 'a')).toBe(true);
    world.answers.set('ns2', []);
    const silent = await retirement.reconcile(undefined, props, world);
    expect(silent.problems[0]?.summary).toMatch(/ns2 answers nothing/);
    expect(has(world.clusters, 'a')).toBe(true);
  });

  it('asks as users of every country do, where it knows their networks', async () => {
    const { world, props } = await ready({ answerSeconds: 0, geoip: 'countries.mmdb' });
    world.answers.set('ns1 JP', ['192.0.2.1']);
    const { problems } = await retirement.reconcile(undefined, props, world);
    expect(problems.map(({ summary }) => summary)).toEqual([
      'a is kept: ns1 answers shop.example.com from JP with 192.0.2.1, which is no cluster of the table',
    ]);
  });

  it('goes on when name servers come to agree, and looks again after the wait', async () => {
    const { world, props } = await ready({ answerSeconds: 60 });
    world.answers.set('ns2', ['192.0.2.1']);
    const { sleep } = world;
    const turning = {
      ...world,
      sleep: async (milliseconds: number) => {
        await sleep(milliseconds);
        if (world.users.seconds > 7) world.answers.set('ns2', ['192.0.2.3']);
        // Somebody goes back while it waits.
        if (world.users.seconds > 100) world.answers.set('ns1', ['192.0.2.1']);
      },
    };
    const { problems } = await retirement.reconcile(undefined, props, turning);
    expect(problems[0]?.summary).toMatch(/ns1 answers shop.example.com with 192.0.2.1/);
    expect(has(world.clusters, 'a')).toBe(true);
  });

  it('removes nothing while a cluster that users are sent to does not serve', async () => {
    const { world, props } = await ready({ readySeconds: 5 });
    world.users.down.add('192.0.2.3');
    const { problems } = await retirement.reconcile(undefined, props, world);
    expect(problems[0]?.summary).toMatch(/sin does not serve/);
    expect(has(world.clusters, 'a')).toBe(true);
  });

  it('refuses a table that still sends users to what is to be removed', async () => {
    const { world, state } = await ready();
    const props = parseRetirement({ release: state, leaving: ['iad'], table: afterTable });
    expect(retirement.plan(undefined, props).refusals).toHaveLength(1);
    const error = await retirement.reconcile(undefined, props, world).catch((e: unknown) => e);
    expect(edgeErrorsOf(error)?.[0]?.summary).toMatch(/the table still sends users there/);
  });

  it('ends its wait by metrics, between floor and ceiling', async () => {
    const { world, props } = await ready(withQuery(metrics));
    world.rates.push(8, 3, 0.5);
    await retirement.reconcile(undefined, props, world);
    expect(world.log.filter((one) => one.startsWith('rate'))).toEqual([
      'rate of rate{cluster="a"} at 70',
      'rate of rate{cluster="a"} at 75',
      'rate of rate{cluster="a"} at 80',
    ]);
    expect(has(world.clusters, 'a')).toBe(false);
  });

  it('takes metrics that say nothing for no sign that nobody comes, and ends at the ceiling', async () => {
    const { world, props } = await ready(withQuery(metrics));
    world.rates.push(undefined);
    const { problems } = await retirement.reconcile(undefined, props, world);
    expect(problems).toEqual([]);
    expect(world.users.seconds).toBe(160);
    expect(world.said.join()).toMatch(/nothing says how many requests a gets/);
  });

  it('keeps everything when it is interrupted, and the next one goes on', async () => {
    const { world, props } = await ready();
    const cut = {
      ...world,
      sleep: async (milliseconds: number) => {
        await world.sleep(milliseconds);
        if (world.users.seconds > 30) world.abort.abort();
      },
    };
    const { problems } = await retirement.reconcile(undefined, props, cut);
    expect(problems[0]?.summary).toMatch(/stopped while users were leaving/);
    expect(has(world.clusters, 'a')).toBe(true);
    const { signal: _, ...again } = world;
    expect((await retirement.reconcile(undefined, props, again)).problems).toEqual([]);
    expect(has(world.clusters, 'a')).toBe(false);
  });

  it('done twice is done once', async () => {
    const { world, props } = await ready();
    await retirement.reconcile(undefined, props, world);
    expect((await retirement.reconcile(undefined, props, world)).problems).toEqual([]);
  });

  it('says what is wrong with what it is given', () => {
    const refused = (source: object) => {
      try {
        parseRetirement(source);
      } catch (thrown) {
        return (edgeErrorsOf(thrown) ?? []).map(({ path, summary }) => `${path} ${summary}`).join();
      }
      return 'nothing';
    };
    expect(refused({ release: 'x', leaving: [], table: afterTable })).toMatch(/release got a text/);
    expect(refused({ release: {}, leaving: [], table: afterTable })).toMatch(/^release /);
    expect(refused({ release: {}, leaving: [], table: 'x' })).toMatch(/table got a text/);
  });
});

describe('a claim of a volume in a cluster that is retired', () => {
  const claim = (word?: string) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: 'data',
      namespace: 'shop',
      annotations: word === undefined ? {} : { 'littoral.dev/on-remove': word },
    },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
  });
  const isThere = (clusters: Clusters) =>
    clusters.named('a').read(keyOf(refOf(claim()))) !== undefined;

  it.each([
    [undefined, true],
    ['keep', true],
    ['delete', false],
  ])('with the word %s is there afterwards: %s', async (word, stays) => {
    const world = retirementSurroundings();
    const objects = [namespace, web('shop:1'), claim(word)];
    const { state: first } = await apply(world.clusters, releaseOf('ab', objects));
    const later = releaseOf('bc', objects, { retire: 'later' }, 'a');
    const { state } = await apply(world.clusters, later, first);
    const props = parseRetirement({ release: state as never, leaving: ['a'], table: afterTable });
    const { problems } = await retirement.reconcile(undefined, props, world);
    expect(isThere(world.clusters)).toBe(stays);
    // Without a word the app stays too, and the retirement says claim and size.
    expect(has(world.clusters, 'a')).toBe(word === undefined);
    expect(problems.map(({ summary }) => summary)).toEqual(
      word === undefined ? [expect.stringContaining('shop/data (10Gi) would go with it')] : [],
    );
  });
});
