/** Publishing a routing table: what is written, what is left alone, and what is refused. */
import { edgeErrorsOf } from '../../../constructs/parsing';
import type { RoutingTable } from '../../../constructs/routing';
import {
  planPublication,
  planRemoval,
  type Wanted,
} from '../../../providers/dns/powerdns/publication';
import { readPublished, writePlan } from '../../../providers/dns/powerdns/publish';
import { tableFor } from '../../routing/world';
import { type Zone, zoneDouble } from './zone-double';

const host = 'shop.example.com';
const table = tableFor('powerdns-lua');
const wanted = (more: Partial<Wanted> = {}): Wanted => ({
  table,
  owner: 'one',
  maxMovedShare: 0.5,
  allowOlder: false,
  takeOver: false,
  ...more,
});
const planFor = async (zone: Zone, more: Partial<Wanted> = {}) => {
  const full = wanted(more);
  return planPublication(await readPublished(zone, full.table.hosts), full);
};
/** A zone in which the table is published. */
async function published(more: Partial<Wanted> = {}): Promise<Zone> {
  const zone = zoneDouble();
  await writePlan(zone, await planFor(zone, more));
  return zone;
}
const later = (one: RoutingTable): RoutingTable => ({
  ...one,
  decision: 'sha256:later',
  now: '2026-11-21T06:30:00Z',
});
/** The table with every answer `from` replaced by `to`. */
const moved = (from: string, to: string): RoutingTable =>
  later({
    ...table,
    slots: table.slots.map((slot) => ({
      ...slot,
      answers: slot.answers.map((one) => (one.cluster === from ? { ...one, cluster: to } : one)),
    })),
  });
const sentences = (errors: readonly { readonly summary: string }[]) =>
  errors.map(({ summary }) => summary);
const messageOf = (work: () => unknown): string => {
  try {
    work();
  } catch (thrown) {
    return sentences(edgeErrorsOf(thrown) ?? []).join('; ');
  }
  return 'nothing was thrown';
};

describe('publishing', () => {
  it('writes a host in one transaction, and then nothing', async () => {
    const zone = zoneDouble();
    const plan = await planFor(zone);
    expect(plan.hosts).toEqual([{ host, step: 'create' }]);
    expect(plan.movedShare).toBe(0);
    await writePlan(zone, plan);
    expect(zone.written).toHaveLength(1);
    expect([...zone.rrsets.keys()]).toEqual([`${host}. LUA`, `_littoral.${host}. TXT`]);
    const again = await planFor(zone);
    expect(again).toMatchObject({ hosts: [{ host, step: 'keep' }], writes: [], changes: [] });
  });

  it('says who is answered otherwise, country by country, most requests first', async () => {
    const zone = await published();
    const { changes, movedShare, refusals } = await planFor(zone, { table: moved('fra', 'sin') });
    const [first, second] = changes;
    expect(first).toMatchObject({ place: 'DE', requestsPerSecond: 100, movedShare: 1 });
    expect(first?.before).toEqual([{ target: '192.0.2.1 2001:db8::1', share: 1 }]);
    expect(first?.after).toEqual([{ target: '192.0.2.3 2001:db8::3', share: 1 }]);
    expect(second).toMatchObject({ place: 'FR', requestsPerSecond: 80 });
    expect(movedShare).toBeCloseTo(180 / 360);
    expect(refusals).toEqual([]);
  });

  it('moves no more than the share that is allowed', async () => {
    const zone = await published();
    const change = { table: moved('fra', 'sin'), maxMovedShare: 0.4 };
    expect(sentences((await planFor(zone, change)).refusals)).toEqual([
      '50 % of the requests would move to another cluster at once, more than 40 %',
    ]);
    expect((await planFor(zone, { ...change, maxMovedShare: 1 })).refusals).toEqual([]);
  });

  it('takes an unknown demand for no licence to move everybody', async () => {
    const zone = await published();
    const change = { table: { ...moved('fra', 'sin'), requestsByCountry: {} } };
    expect((await planFor(zone, change)).refusals).toHaveLength(1);
  });

  it('lets no older decision replace a newer one, unless it is told to', async () => {
    const zone = await published({ table: later(table) });
    const { refusals } = await planFor(zone);
    expect(sentences(refusals)).toEqual([
      `${host} follows a decision of 2026-11-21T06:30:00Z, newer than this one of 2026-11-21T05:30:00Z`,
    ]);
    expect((await planFor(zone, { allowOlder: true })).refusals).toEqual([]);
  });

  it('compares instants, not their texts', async () => {
    const zone = await published({ table: { ...later(table), now: '2026-11-21T07:30:00+03:00' } });
    expect((await planFor(zone)).refusals).toEqual([]);
  });

  it('leaves records of others alone, unless it takes them over', async () => {
    for (const type of ['A', 'CNAME', 'LUA', 'ALIAS', 'AAAA']) {
      const zone = zoneDouble();
      zone.rrsets.set('x', { name: `${host}.`, type, ttl: 60, contents: ['192.0.2.9'] });
      const { refusals } = await planFor(zone);
      expect(sentences(refusals)).toEqual([
        `${host} has ${type} records that littoral did not write`,
      ]);
      const over = await planFor(zone, { takeOver: true });
      expect(over).toMatchObject({ hosts: [{ host, step: 'take over' }], refusals: [] });
    }
  });

  it('does not touch other types of the same name', async () => {
    const zone = zoneDouble();
    zone.rrsets.set('mx', { name: `${host}.`, type: 'MX', ttl: 60, contents: ['10 mail.'] });
    await writePlan(zone, await planFor(zone));
    expect(zone.rrsets.get('mx')).toBeDefined();
  });

  it('keeps two owners apart: the second is refused, and deletes nothing of the first', async () => {
    const zone = await published();
    const { refusals } = await planFor(zone, { owner: 'two', table: later(table) });
    expect(sentences(refusals)).toEqual([
      `${host} is kept by one for the app shop, and not by two`,
    ]);
    const removal = planRemoval(await readPublished(zone, [host]), 'two');
    expect(removal).toEqual({ hosts: [], writes: [] });
  });

  it('keeps two apps of one owner apart: neither answers for the host of the other', async () => {
    const zone = await published();
    const { refusals } = await planFor(zone, { table: { ...later(table), app: 'blog' } });
    expect(sentences(refusals)).toEqual([`${host} answers for the app shop, and not for blog`]);
  });

  it('removes its own records, once', async () => {
    const zone = await published();
    zone.rrsets.set('mx', { name: `${host}.`, type: 'MX', ttl: 60, contents: ['10 mail.'] });
    await writePlan(zone, planRemoval(await readPublished(zone, [host]), 'one'));
    expect([...zone.rrsets.keys()]).toEqual(['mx']);
    expect(planRemoval(await readPublished(zone, [host]), 'one').writes).toEqual([]);
  });

  it('puts back what somebody changed by hand', async () => {
    const zone = await published();
    zone.rrsets.set(`${host}. A`, {
      name: `${host}.`,
      type: 'A',
      ttl: 60,
      contents: ['192.0.2.9'],
    });
    zone.rrsets.delete(`${host}. LUA`);
    const plan = await planFor(zone);
    expect(plan).toMatchObject({ hosts: [{ host, step: 'change' }], refusals: [] });
    await writePlan(zone, plan);
    expect([...zone.rrsets.keys()].sort()).toEqual(
      [`_littoral.${host}. TXT`, `${host}. LUA`].sort(),
    );
  });

  it('deletes nothing because a source is empty', async () => {
    const zone = await published();
    const there = await readPublished(zone, [host]);
    const empty = (change: Partial<RoutingTable>) =>
      messageOf(() => planPublication(there, wanted({ table: { ...table, ...change } })));
    expect(empty({ slots: [] })).toMatch(/without the slot default/);
    expect(empty({ hosts: [] })).toMatch(
      /without hosts, so everything published would be withdrawn/,
    );
    expect(empty({ targets: {} })).toMatch(/is to be answered, but has no address/);
  });

  it('writes no table without default, and none with an empty slot', async () => {
    const there = await readPublished(zoneDouble(), [host]);
    const [first, ...rest] = table.slots;
    const refused = (slots: RoutingTable['slots']) =>
      messageOf(() => planPublication(there, wanted({ table: { ...table, slots } })));
    expect(refused(rest)).toMatch(/without the slot default/);
    const [second] = rest;
    if (first === undefined || second === undefined) throw new Error('the world is too small');
    expect(refused([first, { ...second, answers: [] }])).toMatch(/with 0 answers/);
  });

  it('says so when another wrote in the same moment', async () => {
    const zone = zoneDouble();
    const mine = await planFor(zone);
    const other = await planFor(zone, { owner: 'two' });
    zone.meanwhile = () => {
      zone.meanwhile = () => undefined;
      void zone.write(other.writes);
    };
    await expect(writePlan(zone, mine)).rejects.toThrow(/by somebody else at the same time/);
  });
});
