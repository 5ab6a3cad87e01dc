/** The first placement before there are metrics: it says to wait, or goes by what it was told to assume. */
import { placementProvider } from '../../providers/pulumi/runtime/placement-provider';
import { app, demandOf, fleetOf } from '../pulumi/inputs';

const { check } = placementProvider(() => {
  throw new Error('nothing is read');
});
const { apiVersion: _, kind: __, ...assumed } = demandOf(120, 100, 20);
const queried = { ...app, demand: { prometheus: { query: 'q', url: 'http://p.example' } } };
const inputs = (one: object) => ({ apps: [one], fleet: JSON.stringify(fleetOf()), demands: {} });

describe('a first placement without metrics', () => {
  it('says that nothing stands yet, and both ways out, and no word of clocks', async () => {
    const { failures = [] } = await check({}, inputs(queried));
    expect(failures).toEqual([
      {
        property: 'demand',
        reason: expect.stringMatching(
          /^got no requests for shop, and there is no placement yet.*Wait until the query answers.*policy\.assume/,
        ),
      },
    ]);
    expect(JSON.stringify(failures)).not.toMatch(/clock|now as/);
  });

  it('goes by what the policy assumes', async () => {
    const policy = { ...app.policy, assume: assumed };
    const { failures, inputs: checked } = await check({}, inputs({ ...queried, policy }));
    expect(failures).toBeUndefined();
    expect(checked.clusters).toEqual(['fra', 'iad']);
  });
});
