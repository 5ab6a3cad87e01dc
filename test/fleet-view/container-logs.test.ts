/** Lines of many containers, merged by time while only one of each is in memory. */
import * as fc from 'fast-check';
import { type FleetLogLine, mergedByTime } from '../../providers/fleet-view/container-logs';

const lineOf = (cluster: string, time: number): FleetLogLine => ({
  cluster,
  pod: 'web',
  container: 'app',
  time: String(time).padStart(6, '0'),
  text: `${cluster} ${time}`,
});

describe('merging logs', () => {
  it('gives every line once, by time, and each container in its own order', async () => {
    const times = fc.array(fc.nat(99), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.array(times, { maxLength: 6 }), async (containers) => {
        let most = 0;
        let taken = 0;
        let given = 0;
        const sources = containers.map(async function* (own, at) {
          for (const time of [...own].sort((a, b) => a - b)) {
            taken += 1;
            most = Math.max(most, taken - given);
            yield lineOf(`c${at}`, time);
          }
        });
        const merged: FleetLogLine[] = [];
        for await (const line of mergedByTime(sources)) {
          given += 1;
          merged.push(line);
        }
        const expected = containers
          .flatMap((own, at) => own.map((time) => lineOf(`c${at}`, time)))
          .sort((a, b) =>
            a.time < b.time ? -1 : a.time > b.time ? 1 : a.cluster < b.cluster ? -1 : 1,
          );
        expect(merged).toEqual(expected);
        expect(most).toBeLessThanOrEqual(Math.max(1, containers.length));
      }),
    );
  });
});
