/** Of more pairs than are stored without need: capacity and minimum loads that bind. */
import { place } from '../../../constructs/placement';
import { verify } from '../../../constructs/verification';
import { TIMEOUT } from '../runs';
import { inputOf, many, namesOf } from './limits';

it(
  'of more pairs than are stored, a minimum and a capacity that bind are kept',
  () => {
    const plain = place(inputOf(many));
    const loads = plain.apps[0]?.clusters.map(({ requestsPerSecond }) => requestsPerSecond) ?? [];
    const minRequestsPerSecond = Math.ceil(Math.min(...loads) * 1.05);
    const high = inputOf({ ...many, minRequestsPerSecond });
    const replicas = Math.floor((Math.max(...loads) / 50) * 0.9);
    for (const input of [high, inputOf({ ...many, replicas })]) {
      const decision = place(input);
      expect(decision.apps[0]?.satisfied).toBe(true);
      expect(namesOf(decision)).not.toEqual([]);
      expect(decision.objective.value).toBeGreaterThan(plain.objective.value);
      expect(verify(decision, input).findings).toEqual([]);
    }
  },
  TIMEOUT,
);
