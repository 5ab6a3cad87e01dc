/** What proves the answer for several apps. */
import * as fc from 'fast-check';
import { place } from '../../../constructs/placement/decide/place';
import { verify } from '../../../constructs/verification';
import { problems } from '../../placement/random';

it('where all combinations are compared, every app is proved so, also one that alone has multipliers for a proof', () => {
  const drawn = fc.sample(problems({ apps: 2, clusters: 16, origins: 9 }), {
    seed: 2,
    numRuns: 130,
  });
  // Of these two, an app has more sets alone than are compared one by one.
  for (const input of [drawn[119]!, drawn[128]!]) {
    const decision = place(input);
    const { kind, limitPrices, apps } = decision.certificate;
    expect({ kind, limitPrices }).toEqual({ kind: 'joint', limitPrices: undefined });
    expect(apps?.map((one) => one.kind)).toEqual(['enumeration', 'enumeration']);
    expect(verify(decision, input).findings).toEqual([]);
  }
});
