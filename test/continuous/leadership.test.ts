/** Leadership under deaths, stalls and registers that fail: never two at work, and never nobody for long. */
import * as fc from 'fast-check';
import { type LeaseRecord, lead } from '../../providers/continuous/leadership';
import type { Register } from '../../providers/continuous/register';
import { slowRuns } from '../placement/runs';
import { SimulatedClock } from './simulated-clock';

const SECONDS = 60;
const START = Date.parse('2026-11-21T00:00:00Z');
/** Promises of a step that only computes are done after so many turns. */
const settle = async () => {
  for (let turn = 0; turn < 30; turn++) await Promise.resolve();
};

/** A register in memory. Whoever is in `cut` fails. */
function memory(): (cut: () => boolean) => Register<LeaseRecord> {
  let [value, version]: [LeaseRecord | undefined, number] = [undefined, 0];
  return (cut) => ({
    read: async () => {
      if (cut()) throw new Error('no way to the register');
      return { value, version: String(version) };
    },
    swap: async (next, seen) => {
      if (cut()) throw new Error('no way to the register');
      if (seen !== String(version)) return false;
      [value, version] = [next, version + 1];
      return true;
    },
  });
}

interface World {
  readonly clock: SimulatedClock;
  readonly working: Set<number>;
  readonly cut: boolean[];
  readonly kill: (one: number) => void;
  most: number;
}

/** Runs `count` candidates that work until they are told to stop. `slow` milliseconds pass between that and the end. */
function candidates(count: number, slow: number): World {
  const clock = new SimulatedClock(START);
  const register = memory();
  const world: World = { clock, working: new Set(), cut: [], kill: () => undefined, most: 0 };
  const ends = Array.from({ length: count }, () => new AbortController());
  const forever = new AbortController().signal;
  ends.forEach((end, index) => {
    void lead(
      {
        register: register(() => world.cut[index] === true),
        identity: `run-${index}`,
        seconds: SECONDS,
        clock,
        signal: end.signal,
      },
      async (signal) => {
        world.working.add(index);
        world.most = Math.max(world.most, world.working.size);
        while (!signal.aborted) await clock.sleep(1000, signal);
        await clock.sleep(slow, forever);
        world.working.delete(index);
      },
    );
  });
  return {
    ...world,
    kill: (one) => ends[one]?.abort(),
    get most() {
      return world.most;
    },
  };
}

it('has never two at work, whoever loses the register and however long', async () => {
  const outage = fc.record({
    who: fc.nat(2),
    at: fc.integer({ min: 0, max: 900 }),
    seconds: fc.integer({ min: 30, max: 300 }),
  });
  const slow = fc.integer({ min: 0, max: (SECONDS * 1000) / 3 - 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(outage, { minLength: 3, maxLength: 8 }),
      slow,
      async (outages, late) => {
        const world = candidates(3, late);
        for (let second = 0; second < 1200; second += 5) {
          for (const who of [0, 1, 2]) {
            world.cut[who] = outages.some(
              (one) => one.who === who && one.at <= second && second < one.at + one.seconds,
            );
          }
          await world.clock.pass(START + second * 1000, settle);
        }
        expect(world.most).toBe(1);
        for (const who of [0, 1, 2]) world.kill(who);
      },
    ),
    { numRuns: slowRuns(150) },
  );
});

it('goes on within a lease and a retry after a leader lost its way, and at once after one that ended', async () => {
  const world = candidates(2, 0);
  await world.clock.pass(START + 30_000, settle);
  const [first] = [...world.working];
  world.cut[first ?? 0] = true;
  await world.clock.pass(START + 30_000 + (SECONDS * 7 * 1000) / 6 + 10_000, settle);
  const [second] = [...world.working];
  expect(second).toBe(1 - (first ?? 0));
  world.cut[first ?? 0] = false;
  world.kill(second ?? 0);
  await world.clock.pass(START + 30_000 + 100_000, settle);
  expect([...world.working]).toEqual([first]);
});

it('tries once, and says that another leads', async () => {
  const clock = new SimulatedClock(START);
  const register = memory()(() => false);
  const signal = new AbortController().signal;
  const how = { register, seconds: SECONDS, clock, signal, once: true };
  const worked: string[] = [];
  await register.swap(
    {
      holder: 'other',
      seconds: SECONDS,
      acquired: '',
      renewed: '2026-11-20T23:59:30Z',
      transitions: 0,
    },
    '0',
  );
  const attempt = (identity: string) =>
    lead({ ...how, identity }, async () => void worked.push(identity));
  expect(await attempt('a')).toBe(false);
  await clock.pass(START + 31_000, settle);
  expect(await attempt('b')).toBe(true);
  expect(worked).toEqual(['b']);
});
