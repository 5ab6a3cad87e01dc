/** The resource traffic: users are sent to clusters that serve, and every interruption converges. */
import { edgeErrorsOf } from '../../constructs/parsing';
import { parseTraffic, type TrafficWorld, traffic } from '../../providers/resources/traffic';
import { changesTraffic } from '../../providers/resources/traffic/plan';
import { host, moved, powerdns, surroundings, table } from './traffic-world';

const props = (more: object = {}) => parseTraffic({ table, powerdns, maxMovedShare: 1, ...more });

const errorsOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (thrown) {
    return (edgeErrorsOf(thrown) ?? []).map(({ summary }) => summary).join('; ');
  }
  return 'nothing was thrown';
};

describe('traffic', () => {
  it('is planned without asking anybody, in lines that a reviewer reads', async () => {
    const first = traffic.plan(undefined, props());
    expect(first.lines).toContain(`+ ${host}`);
    expect(first.lines).toContain('DE: fra, 100 requests/s');
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    expect(changesTraffic(traffic.plan(state, props()))).toBe(false);
    const { lines } = traffic.plan(state, props({ table: moved('fra', 'sin') }));
    expect(lines).toContain('DE: fra -> sin, 100 requests/s');
    expect(lines.at(-1)).toBe('50 % of the requests get another cluster');
  });

  it('asks every address of what is newly answered before it writes', async () => {
    const world = surroundings();
    await traffic.reconcile(undefined, props(), world);
    expect(world.probed.sort()).toEqual([
      ...['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((address) => `${address}:443/healthz`),
      ...['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((one) => `${one}:443/healthz`),
    ]);
  });

  it('sends nobody to a cluster that does not serve: what was published stands', async () => {
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    const before = [...world.zone.rrsets.values()];
    world.down.add('2001:db8::3');
    const later = props({ table: moved('fra', 'sin'), readySeconds: 30 });
    const { problems, state: after } = await traffic.reconcile(state, later, world);
    expect(problems).toMatchObject([{ subject: 'sin' }]);
    expect(problems[0]?.summary).toMatch(/does not serve yet: \[2001:db8::3\]:443.*ECONNREFUSED/);
    expect(world.seconds).toBeGreaterThanOrEqual(30);
    expect([...world.zone.rrsets.values()]).toEqual(before);
    world.down.clear();
    expect((await traffic.reconcile(after, later, world)).problems).toEqual([]);
    expect(changesTraffic(traffic.plan(after, later))).toBe(true);
  });

  it('waits for a cluster that comes up', async () => {
    const world = surroundings();
    world.down.add('192.0.2.2');
    const sleep = world.sleep;
    const patient = {
      ...world,
      sleep: async (milliseconds: number) => {
        await sleep(milliseconds);
        if (world.seconds >= 5) world.down.clear();
      },
    };
    const { problems } = await traffic.reconcile(undefined, props(), patient);
    expect(problems).toEqual([]);
    expect(world.zone.written).toHaveLength(1);
  });

  it('sends nobody to a cluster that served and stopped while it waited for another', async () => {
    const world = surroundings();
    world.down.add('192.0.2.2');
    const flapping = {
      ...world,
      sleep: async (milliseconds: number) => {
        await world.sleep(milliseconds);
        if (world.seconds < 5) return;
        world.down.delete('192.0.2.2');
        world.down.add('192.0.2.1');
      },
    };
    const { problems } = await traffic.reconcile(undefined, props({ readySeconds: 20 }), flapping);
    expect(problems).toMatchObject([{ subject: 'fra' }]);
    expect(world.zone.written).toEqual([]);
  });

  it('refuses a plan that was applied late, after somebody published a newer decision', async () => {
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    const stale = props({ table: { ...moved('iad', 'sin'), now: '2026-11-21T06:00:00Z' } });
    expect(traffic.plan(state, stale).refusals).toEqual([]);
    await traffic.reconcile(state, props({ table: moved('fra', 'sin') }), world);
    const before = [...world.zone.rrsets.values()];
    expect(await errorsOf(traffic.reconcile(state, stale, world))).toMatch(/newer than this one/);
    expect([...world.zone.rrsets.values()]).toEqual(before);
  });

  it('has records of an owner that is gone taken over by another, and not before it is told to', async () => {
    const world = surroundings();
    await traffic.reconcile(undefined, props({ owner: 'gone' }), world);
    const later = { table: moved('fra', 'sin'), owner: 'two' };
    expect(await errorsOf(traffic.reconcile(undefined, props(later), world))).toMatch(
      /is kept by gone/,
    );
    const told = props({ ...later, takeOver: true });
    expect((await traffic.reconcile(undefined, told, world)).problems).toEqual([]);
  });

  it('does not need a cluster that nobody is newly sent to', async () => {
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    world.down.add('192.0.2.1');
    const { problems } = await traffic.reconcile(
      state,
      props({ table: moved('iad', 'sin') }),
      world,
    );
    expect(problems).toEqual([]);
  });

  it('refuses while it plans what it would refuse to do', async () => {
    const world = surroundings();
    const later = props({ table: moved('fra', 'sin') });
    const { state } = await traffic.reconcile(undefined, later, world);
    expect(traffic.plan(state, props()).refusals).toHaveLength(1);
    expect(await errorsOf(traffic.reconcile(state, props(), world))).toMatch(/newer than this one/);
  });

  it('sees what others did, and puts it right', async () => {
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    if (state === undefined) throw new Error('there is no state');
    world.zone.rrsets.delete(`${host}. LUA`);
    const seen = await traffic.read(state, world);
    expect(traffic.plan(seen, props()).hosts).toEqual([{ host, step: 'change' }]);
    await traffic.reconcile(seen, props(), world);
    expect(world.zone.rrsets.has(`${host}. LUA`)).toBe(true);
    world.zone.rrsets.clear();
    expect(await traffic.read(state, world)).toBeUndefined();
  });

  it('removes hosts that left only after the others are written', async () => {
    const world = surroundings();
    const two = { ...table, hosts: [host, 'www.example.com'] };
    const { state } = await traffic.reconcile(undefined, props({ table: two }), world);
    const { state: after } = await traffic.reconcile(state, props(), world);
    expect([...world.zone.rrsets.keys()].sort()).toEqual([
      `_littoral.${host}. TXT`,
      `${host}. LUA`,
    ]);
    expect(after?.hosts.map((one) => one.host)).toEqual([host]);
  });

  it('converges when it was cut off after any request', async () => {
    for (let cut = 0; cut < 6; cut++) {
      const world = surroundings();
      const { state } = await traffic.reconcile(undefined, props(), world);
      let requests = 0;
      const failing: TrafficWorld = {
        ...world,
        open: () => ({
          ...world.zone,
          read: (name) =>
            requests++ === cut ? Promise.reject(new Error('cut')) : world.zone.read(name),
          write: (changes) =>
            requests++ === cut ? Promise.reject(new Error('cut')) : world.zone.write(changes),
        }),
      };
      const later = props({ table: moved('fra', 'sin') });
      await traffic.reconcile(state, later, failing).catch(() => undefined);
      const { problems, state: after } = await traffic.reconcile(state, later, world);
      expect(problems).toEqual([]);
      expect(changesTraffic(traffic.plan(after, later))).toBe(false);
    }
  });

  it('takes over what is there by import, and finds nothing to do', async () => {
    const world = surroundings();
    await traffic.reconcile(undefined, props(), world);
    const state = await traffic.import(`${host}@http://127.0.0.1:8081`, world);
    expect(changesTraffic(traffic.plan(state, props()))).toBe(false);
    expect(await errorsOf(traffic.import('www.example.com@http://127.0.0.1:8081', world))).toMatch(
      /www.example.com has no records that littoral wrote/,
    );
    expect(await errorsOf(traffic.import('shop', world))).toMatch(/expected HOST@URL/);
  });

  it('deletes what it keeps, twice like once, and leaves what another has taken', async () => {
    const world = surroundings();
    const { state } = await traffic.reconcile(undefined, props(), world);
    if (state === undefined) throw new Error('there is no state');
    await traffic.reconcile(undefined, props({ owner: 'two', takeOver: true }), world);
    const { warnings } = await traffic.delete(state, world);
    expect(warnings).toEqual([`${host} stays: it is kept by two now`]);
    expect(world.zone.rrsets.size).toBe(2);
    await traffic.delete({ ...state, owner: 'two' }, world);
    await traffic.delete({ ...state, owner: 'two' }, world);
    expect(world.zone.rrsets.size).toBe(0);
  });

  it('gates records that others write: they are data, and wait for clusters that serve', async () => {
    const world = surroundings();
    const data = (more: object = {}) => props({ powerdns: undefined, ...more });
    world.down.add('192.0.2.2');
    const short = await traffic.reconcile(undefined, data(), world);
    expect(short.problems).toMatchObject([{ subject: 'iad' }]);
    world.down.clear();
    const { state } = await traffic.reconcile(undefined, data(), world);
    expect(changesTraffic(traffic.plan(state, data()))).toBe(false);
    const { refusals } = traffic.plan(
      state,
      data({ table: moved('fra', 'sin'), maxMovedShare: 0.1 }),
    );
    expect(refusals).toHaveLength(1);
    expect(world.zone.written).toEqual([]);
  });

  it('finds the zone of its hosts, and refuses hosts of several', async () => {
    const world = surroundings();
    const zones: string[] = [];
    const known = (...names: string[]): TrafficWorld => ({
      ...world,
      open: (_settings, zone) => {
        zones.push(zone);
        return { ...world.zone, exists: async () => names.includes(zone) };
      },
    });
    const { zone: _, ...unnamed } = table;
    const free = props({ table: unnamed, powerdns: { url: powerdns.url } });
    const { state } = await traffic.reconcile(undefined, free, known('example.com', 'com'));
    expect(state?.zone).toBe('example.com');
    expect(zones).toEqual(['shop.example.com', 'example.com']);
    expect(await errorsOf(traffic.reconcile(undefined, free, known()))).toMatch(
      /has no zone for shop.example.com/,
    );
    const two = { ...table, hosts: [host, 'shop.example.org'] };
    expect(await errorsOf(traffic.reconcile(undefined, props({ table: two }), world))).toMatch(
      /shop.example.org is not in the zone example.com/,
    );
  });

  it('takes no table that lacks anything, and says what', () => {
    const refused = (change: object) => {
      try {
        parseTraffic({ table: { ...table, ...change } });
      } catch (thrown) {
        return (edgeErrorsOf(thrown) ?? []).map(({ summary }) => summary).join('; ');
      }
      return 'nothing was thrown';
    };
    expect(refused({ slots: [] })).toMatch(/without the slot default/);
    expect(refused({ hosts: [] })).toMatch(/everything published would be withdrawn/);
    expect(refused({ now: 'yesterday' })).toMatch(/now|yesterday/);
    expect(refused({ targets: { fra: { ipv4: ['300.1.1.1'] } } })).toMatch(/300.1.1.1/);
    expect(() => parseTraffic({ table: 'shop' })).toThrow(/no routing table/);
  });
});
