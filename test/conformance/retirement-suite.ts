/** What a retirement promises on every wire. */
import { leavingIn, release as resource } from '../../providers/resources/release';
import { keyOf, refOf } from '../../providers/resources/release/state/identity';
import { web, worldIn } from '../resources/fixtures';
import { afterTable, movedRelease, retirementSurroundings } from '../resources/retirement-world';
import type { RetirementInputs, Wire } from './wire';

/** Runs the suite of retirements over a wire. */
export function retirementConformance(wire: Wire): void {
  async function ready() {
    const world = retirementSurroundings();
    const release = await movedRelease(world.clusters);
    const inputs: RetirementInputs = {
      release,
      leaving: leavingIn(release),
      table: afterTable,
      answerSeconds: 5,
    };
    const has = (name: string) =>
      world.clusters.named(name).read(keyOf(refOf(web('shop:1')))) !== undefined;
    return { world, inputs, retirement: wire.retirement(world), has };
  }

  describe(`a retirement over ${wire.name}`, () => {
    it('says in its plan what is removed and when, and removes it', async () => {
      const { inputs, retirement, has, world } = await ready();
      const { changes, errors, text } = await retirement.plan(inputs);
      expect({ changes, errors }).toEqual({ changes: true, errors: [] });
      expect(text).toContain('- a  once DNS answers shop.example.com without it, and 120 s');
      expect(await retirement.apply(inputs)).toEqual({ errors: [] });
      expect(['a', 'b', 'c'].map(has)).toEqual([false, true, true]);
      expect(world.users.seconds).toBe(120);
    });

    it('is no change once it is done, and nothing is to be retired', async () => {
      const { inputs, retirement, world } = await ready();
      await retirement.apply(inputs);
      await retirement.refresh();
      const seen = await resource.read(inputs.release, worldIn(world.clusters));
      if (seen === undefined) throw new Error('the release is gone');
      const settled = { ...inputs, release: seen, leaving: leavingIn(seen) };
      expect(settled.leaving).toEqual([]);
      expect(await retirement.plan(settled)).toMatchObject({ changes: false, errors: [] });
    });

    it('keeps everything while DNS still leads there, and goes on when it is applied again', async () => {
      const { inputs, retirement, has, world } = await ready();
      world.answers.set('ns2', ['192.0.2.1']);
      const { errors } = await retirement.apply(inputs);
      expect(errors.join()).toMatch(/ns2 answers shop.example.com with 192.0.2.1/);
      expect(has('a')).toBe(true);
      world.answers.set('ns2', ['192.0.2.3']);
      expect((await retirement.plan(inputs)).changes).toBe(true);
      expect(await retirement.apply(inputs)).toEqual({ errors: [] });
      expect(has('a')).toBe(false);
    });

    it('waits for the TTL that DNS had before the move', async () => {
      const { inputs, retirement, world } = await ready();
      await retirement.apply({ ...inputs, leaving: [], table: { ...afterTable, ttlSeconds: 900 } });
      await retirement.apply(inputs);
      expect(world.users.seconds).toBe(960);
    });

    it('refuses while it plans to clean what the table still answers', async () => {
      const { inputs, retirement } = await ready();
      const { errors } = await retirement.plan({ ...inputs, leaving: ['sin'] });
      expect(errors.join()).toMatch(/still sends users there/);
    });

    it('removes nothing when it is destroyed', async () => {
      const { inputs, retirement, has } = await ready();
      await retirement.apply({ ...inputs, leaving: [] });
      expect(await retirement.destroy()).toEqual({ errors: [] });
      expect(['a', 'b', 'c'].map(has)).toEqual([true, true, true]);
    });
  });
}
