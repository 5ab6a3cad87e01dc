/** Numbers of an answer, checked for kinds of apps that random problems do not draw. */
import { parseDemand, parseEdgeApp, parseFleet, place, verify } from '../../../constructs';
import { world } from '../../bench/world';

it('accepts one replica a cluster for existing manifests without scaling, and nothing else', () => {
  const { fleet, demand } = world(5, 5, 1);
  const policy = { constraints: { minRequestsPerSecond: 0 } };
  const input = {
    fleet: parseFleet(fleet),
    demand: parseDemand(demand),
    apps: [parseEdgeApp({ name: 'shop', manifests: ['shop.yaml'], policy })],
  };
  const decision = place(input);
  expect(verify(decision, input).findings).toEqual([]);

  const [app] = decision.apps;
  const forged = app.clusters.map((one) => ({ ...one, replicas: 0 }));
  const { findings } = verify({ ...decision, apps: [{ ...app, clusters: forged }] }, input);
  expect(findings).toContainEqual({
    path: 'apps[0].clusters[0].replicas',
    summary: 'got 0, expected 1',
  });
});
