/** What a traffic promises on every wire. */
import { host, moved, powerdns, surroundings, table } from '../resources/traffic-world';
import type { Wire } from './wire';

/** Runs the suite of traffics over a wire. */
export function trafficConformance(wire: Wire): void {
  const inputs = (more: object = {}) => ({ table, powerdns, maxMovedShare: 1, ...more });
  const later = (more: object = {}) => inputs({ table: moved('fra', 'sin'), ...more });
  const published = async (world = surroundings()) => {
    const traffic = wire.traffic(world);
    expect(await traffic.apply(inputs())).toEqual({ errors: [] });
    return { world, traffic };
  };

  describe(`a traffic over ${wire.name}`, () => {
    it('shows in its plan who is answered otherwise, and asks nobody for it', async () => {
      const { traffic, world } = await published();
      world.open = () => {
        throw new Error('a plan asks nobody');
      };
      const { errors, text, changes } = await traffic.plan(later());
      expect(errors).toEqual([]);
      expect(changes).toBe(true);
      expect(text).toContain('DE: fra -> sin, 100 requests/s');
      expect(text).toContain('50 % of the requests get another cluster');
    });

    it('knows its records while it plans', async () => {
      const world = surroundings();
      const records = await wire.traffic(world).records(inputs());
      expect(JSON.stringify(records)).toContain(`${host}.`);
      expect(world.zone.written).toEqual([]);
    });

    it('is done when it is done', async () => {
      const { traffic } = await published();
      expect(await traffic.plan(inputs())).toMatchObject({ changes: false, errors: [] });
      await traffic.refresh();
      expect(await traffic.plan(inputs())).toMatchObject({ changes: false, errors: [] });
    });

    it('sends nobody to a cluster that does not serve, and goes on once it does', async () => {
      const { traffic, world } = await published();
      const before = [...world.zone.rrsets.values()];
      world.down.add('192.0.2.3');
      const { errors } = await traffic.apply(later({ readySeconds: 5 }));
      expect(errors.join(' ')).toMatch(/sin, which does not serve yet/);
      expect([...world.zone.rrsets.values()]).toEqual(before);
      world.down.clear();
      expect(await traffic.apply(later({ readySeconds: 5 }))).toEqual({ errors: [] });
      expect(await traffic.plan(later({ readySeconds: 5 }))).toMatchObject({ changes: false });
    });

    it('refuses while it plans that an older decision replaces a newer one', async () => {
      const { traffic } = await published();
      expect(await traffic.apply(later())).toEqual({ errors: [] });
      const { errors } = await traffic.plan(inputs());
      expect(errors.join(' ')).toMatch(/newer than this one/);
      expect(errors.join(' ')).toMatch(/allowOlder|allow_older/);
      expect(await traffic.plan(inputs({ allowOlder: true }))).toMatchObject({ errors: [] });
    });

    it('refuses while it plans that more users move than may', async () => {
      const { traffic } = await published();
      const { errors } = await traffic.plan(later({ maxMovedShare: 0.1 }));
      expect(errors.join(' ')).toMatch(/50 % of the requests would move/);
    });

    it('leaves records of another owner alone, until it is told to take them', async () => {
      const { world } = await published();
      const other = wire.traffic(world, 'two');
      expect((await other.apply(inputs())).errors.join(' ')).toMatch(/is kept by/);
      expect(await other.apply(inputs({ takeOver: true }))).toEqual({ errors: [] });
    });

    it('puts right what others did', async () => {
      const { traffic, world } = await published();
      world.zone.rrsets.delete(`${host}. LUA`);
      await traffic.refresh();
      expect((await traffic.plan(inputs())).changes).toBe(true);
      expect(await traffic.apply(inputs())).toEqual({ errors: [] });
      expect(world.zone.rrsets.has(`${host}. LUA`)).toBe(true);
    });

    it('adopts what it published before its state was lost', async () => {
      const { traffic, world } = await published();
      const before = [...world.zone.rrsets.values()];
      traffic.forget();
      expect(await traffic.apply(inputs())).toEqual({ errors: [] });
      expect([...world.zone.rrsets.values()]).toEqual(before);
      traffic.forget();
      await traffic.import(inputs());
      expect(await traffic.apply(inputs())).toEqual({ errors: [] });
      expect([...world.zone.rrsets.values()]).toEqual(before);
    });

    it('takes the records away when it is destroyed', async () => {
      const { traffic, world } = await published();
      expect(await traffic.destroy()).toEqual({ errors: [] });
      expect(world.zone.rrsets.size).toBe(0);
    });

    it('holds back records that others write until clusters serve', async () => {
      const world = surroundings();
      const data = { table, maxMovedShare: 1, readySeconds: 5 };
      const traffic = wire.traffic(world);
      world.down.add('192.0.2.2');
      expect((await traffic.apply(data)).errors.join(' ')).toMatch(/iad, which does not serve/);
      world.down.clear();
      expect(await traffic.apply(data)).toEqual({ errors: [] });
      expect(await traffic.plan(data)).toMatchObject({ changes: false });
      expect(world.zone.written).toEqual([]);
    });

    it('has no key in anything that it writes down', async () => {
      const world = surroundings();
      const environment = { PDNS_API_KEY: 'the-secret-key' };
      const traffic = wire.traffic({ ...world, environment });
      await traffic.apply(inputs());
      const { text } = await traffic.plan(later());
      expect(`${traffic.state()}${text}`).not.toContain('the-secret-key');
    });
  });
}
