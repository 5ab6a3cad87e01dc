/** A user's unit tests: under the mocks that Pulumi's own guide shows, with no line of ours, a program decides as it would. */
import * as pulumi from '@pulumi/pulumi';
import { EdgeApp, type EdgeAppArgs, Placement } from '../../providers/pulumi';
import { app, demandOf, fleetOf } from '../pulumi/inputs';

const { apiVersion: _, kind: __, ...demand } = demandOf(120, 100, 20);
const fleet = fleetOf() as EdgeAppArgs['fleet'];
const promiseOf = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => void output.apply((value) => resolve(value)));

const types = new Set<string>();
/** Resources are registered inside of outputs, which nobody can wait for. */
const registered = async (type: string) => {
  while (!types.has(type)) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe.each([
  ['in an update', false],
  ['in a preview', true],
])('under the usual mocks, %s', (_title, preview) => {
  beforeAll(() =>
    pulumi.runtime.setMocks(
      {
        newResource: ({ name, type, inputs }) => {
          types.add(type);
          return { id: `${name}_id`, state: inputs };
        },
        call: ({ inputs }) => inputs,
      },
      'project',
      'stack',
      preview,
    ),
  );

  it('an EdgeApp has its clusters, replicas, decision, endpoints and standing', async () => {
    const site = new EdgeApp('shop', { ...app, demand, fleet });
    expect(await promiseOf(site.clusters)).toEqual(['fra', 'iad']);
    expect(await promiseOf(site.replicas)).toEqual({ fra: 3, iad: 2 });
    expect(await promiseOf(site.decision)).toMatchObject({ kind: 'PlacementDecision' });
    expect(await promiseOf(site.placement.warnings)).toEqual([]);
    expect(await promiseOf(site.endpoints)).toEqual({
      fra: ['shop.shop.svc:8080'],
      iad: ['shop.shop.svc:8080'],
    });
    expect(await promiseOf(site.release?.clusters ?? pulumi.output({}))).toEqual({
      fra: 'ready, 7 objects',
      iad: 'ready, 7 objects',
    });
  });

  it('a Placement of several apps decides for each', async () => {
    const second = { ...app, name: 'auth' };
    const { placements } = new Placement('both', {
      apps: [app, second],
      fleet: fleet as never,
      demands: { shop: demand, auth: demand },
    });
    expect(Object.keys(await promiseOf(placements))).toEqual(['auth', 'shop']);
  });

  it('a typed delivery declares its objects', async () => {
    types.clear();
    const site = new EdgeApp('typed', { ...app, demand, fleet, delivery: 'kubernetes' });
    expect(await promiseOf(site.clusters)).toEqual(['fra', 'iad']);
    await promiseOf(site.endpoints);
    await registered('kubernetes:apps/v1:Deployment');
  });
});

it('what the mocks say of a placement stands', async () => {
  pulumi.runtime.setMocks({
    newResource: ({ name, type, inputs }) => ({
      id: name,
      state: type.endsWith(':Placement') ? { ...inputs, summary: 'mocked' } : inputs,
    }),
    call: ({ inputs }) => inputs,
  });
  const site = new EdgeApp('shop', { ...app, demand, fleet });
  expect(await promiseOf(site.placement.summary)).toBe('mocked');
  expect(await promiseOf(site.placement.clusters)).toEqual(['fra', 'iad']);
  await promiseOf(site.endpoints);
  await promiseOf(site.release?.changes ?? pulumi.output([]));
});
