/** What a placement promises on every wire. */
import { demandDocument, inputs } from './placement-inputs';
import type { PlacementInputs, Wire } from './wire';

/** Runs the suite of placements over a wire. */
export function placementConformance(wire: Wire, contract: Wire): void {
  const decidedBy = async (inputs: PlacementInputs, by = wire) => {
    const placement = by.placement();
    expect(await placement.apply(inputs)).toEqual({ errors: [] });
    return placement;
  };

  describe(`a placement over ${wire.name}`, () => {
    it('decides while it plans, the same twice', async () => {
      const placement = wire.placement();
      const first = await placement.plan(inputs());
      expect(first).toMatchObject({ changes: true, errors: [] });
      expect(first.text).toContain('a  ');
      expect(await placement.plan(inputs())).toEqual(first);
    });

    it('decides the same bytes as the contract', async () => {
      const here = (await decidedBy(inputs())).decided();
      const there = (await decidedBy(inputs(), contract)).decided();
      expect(here).toEqual(there);
      expect(here.clusters).toEqual(['a', 'c']);
    });

    it('takes noise for no change', async () => {
      const placement = await decidedBy(inputs());
      const before = placement.state();
      const noisy = inputs({ demand: demandDocument({ oa: 101, oc: 99.5, od: 1 }) });
      expect(await placement.plan(noisy)).toMatchObject({ changes: false, errors: [] });
      expect(await placement.apply(noisy)).toEqual({ errors: [] });
      expect(placement.state()).toBe(before);
    });

    it('moves with its users, and then stays', async () => {
      const placement = await decidedBy(inputs());
      const demand = demandDocument({ oa: 100, od: 900 }, '2026-11-21T09:00:00Z');
      const moved = inputs({ demand });
      expect((await placement.plan(moved)).changes).toBe(true);
      expect(await placement.apply(moved)).toEqual({ errors: [] });
      expect(placement.decided().clusters).toEqual(['a', 'd']);
      expect((await placement.plan(moved)).changes).toBe(false);
    });

    it('stands when the metrics fail, and says so', async () => {
      const placement = await decidedBy(inputs());
      const plan = await placement.plan({ ...inputs(), demands: { shop: null } });
      expect(plan).toMatchObject({ changes: false, errors: [] });
      expect(plan.warnings.join(' ')).toMatch(/previous decision stands/);
    });

    it('refuses a policy that cannot hold, at its rule, with what would do', async () => {
      const placement = wire.placement();
      const impossible = inputs({
        constraints: { minClusters: 4, maxClusters: 4, mustNotInclude: [{ name: 'd' }] },
      });
      const { errors } = await placement.plan(impossible);
      expect(errors).toHaveLength(1);
      const rule = placement.pathStyle === 'camelCase' ? 'minClusters' : 'min_clusters';
      expect(errors[0]).toContain(rule);
      expect(errors[0]).toMatch(/would do/i);
      const { errors: applied } = await placement.apply(impossible);
      expect(applied).toHaveLength(1);
      expect(await placement.plan({ ...impossible, allowUnsatisfied: true })).toMatchObject({
        errors: [],
      });
    });

    it('stays where a guard says stop, with a warning, until the guard is lifted', async () => {
      const placement = await decidedBy(inputs());
      const away = inputs({
        demand: demandDocument({ ob: 500, od: 500 }, '2026-11-21T09:00:00Z'),
      });
      const { errors, warnings } = await placement.plan(away);
      expect(errors).toEqual([]);
      expect(warnings.join(' ')).toMatch(/would leave 2 of its 2 clusters/);
      expect(await placement.apply(away)).toEqual({ errors: [] });
      expect(placement.decided().clusters).toEqual(['a', 'c']);
      const lifted = { ...away, allow: ['maxDroppedShare'] } as const;
      expect(await placement.apply(lifted)).toEqual({ errors: [] });
      expect(placement.decided().clusters).toEqual(['b', 'd']);
    });

    describe('of an app with exposure', () => {
      const exposure = {
        hosts: ['shop.example.com'],
        gateway: { class: 'edge' },
        dns: { system: 'powerdns-lua' },
      };
      const exposed = (more: object = {}) => inputs({ exposure, ...more });

      it('knows its routing while it plans, with addresses', async () => {
        const placement = wire.placement();
        const { text, errors } = await placement.plan(exposed());
        expect(errors).toEqual([]);
        expect(text).toContain('matchedShare');
        expect(text).toContain('192.0.2.21');
      });

      it('keeps its routing while nothing moves, also when the metrics fail', async () => {
        const placement = await decidedBy(exposed());
        const before = placement.decided();
        const noisy = exposed({ demand: demandDocument({ oa: 101, oc: 99.5, od: 1 }) });
        expect(await placement.plan(noisy)).toMatchObject({ changes: false, errors: [] });
        const blind = { ...exposed(), demands: { shop: null } };
        expect(await placement.plan(blind)).toMatchObject({ changes: false, errors: [] });
        expect(await placement.apply(blind)).toEqual({ errors: [] });
        expect(placement.decided()).toEqual(before);
        expect(placement.state()).toContain('192.0.2.21');
      });

      it('changes where a cluster takes requests at another address', async () => {
        const placement = await decidedBy(exposed());
        const moved = exposed({ address: 2 });
        expect(await placement.plan(moved)).toMatchObject({ changes: true, errors: [] });
        expect(await placement.apply(moved)).toEqual({ errors: [] });
        expect(placement.state()).toContain('192.0.2.22');
        expect(await placement.plan(moved)).toMatchObject({ changes: false });
      });

      it('is refused where its DNS cannot keep residency', async () => {
        const residency = [
          { origins: { country: 'GA' }, clusters: { country: 'GA' } },
          { origins: { country: 'UG' }, clusters: { country: 'UG' } },
        ];
        const anywhere = { ...exposure, dns: { system: 'round-robin' } };
        const { errors } = await wire.placement().plan(
          inputs({
            exposure: anywhere,
            constraints: { residency },
            demand: demandDocument({ oa: 100, oc: 100 }),
          }),
        );
        expect(errors.join(' ')).toMatch(/residency/i);
        expect(errors.join(' ')).toMatch(/dns/);
      });
    });

    it('replays a lock, whatever the metrics say', async () => {
      const placement = await decidedBy(inputs({ locked: demandDocument({ ob: 50, oc: 50 }) }));
      expect(placement.decided().clusters).toEqual(['b', 'c']);
    });

    it('names every mistake of every document at once', async () => {
      const { errors } = await wire.placement().plan({
        ...inputs({ constraints: { minClusters: -1, survive: 0.5 } }),
      });
      expect(errors).toHaveLength(2);
    });
  });
}
