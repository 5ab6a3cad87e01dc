/** Kinds by the names that kubectl takes, from the answers of servers old and new. */
import { openApiServer } from '../../../providers/clusters/api/open';
import { resourcesNamed, servedResources } from '../../../providers/clusters/api/resource-names';
import { makeGround, removeGround, startFake, writeKubeconfig } from '../fake-server';

const ground = makeGround();
afterAll(() => removeGround(ground));

const verbs = ['get', 'list'];
const pods = { plural: 'pods', kind: 'Pod', singular: 'pod', short: ['po'], categories: ['all'] };
const events = {
  plural: 'events',
  kind: 'Event',
  singular: 'event',
  short: ['ev'],
  categories: [],
};
const deployments = {
  plural: 'deployments',
  kind: 'Deployment',
  singular: 'deployment',
  short: ['deploy'],
  categories: ['all'],
};
type One = typeof pods | typeof events | typeof deployments;
const groups: readonly (readonly [group: string, version: string, resources: readonly One[]])[] = [
  ['', 'v1', [pods, events as One]],
  ['apps', 'v1', [deployments]],
  ['events.k8s.io', 'v1', [events as One]],
];

const aggregated = (wanted: (group: string) => boolean) => ({
  kind: 'APIGroupDiscoveryList',
  items: groups
    .filter(([group]) => wanted(group))
    .map(([group, version, resources]) => ({
      metadata: { name: group },
      versions: [
        {
          version,
          resources: [
            { resource: 'bindings', responseKind: { kind: 'Binding' }, verbs: ['create'] },
            ...resources.map((one) => ({
              resource: one.plural,
              responseKind: { kind: one.kind },
              scope: 'Namespaced',
              singularResource: one.singular,
              shortNames: one.short,
              categories: one.categories,
              verbs,
            })),
          ],
        },
      ],
    })),
});

const plain = (path: string): object | undefined => {
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const named = groups.filter(([group]) => group !== '');
    return {
      kind: 'APIGroupList',
      groups: named.map(([group, version]) => ({
        preferredVersion: { groupVersion: `${group}/${version}` },
      })),
    };
  }
  const found = groups.find(([group, version]) =>
    group === '' ? path === '/api/v1' : path === `/apis/${group}/${version}`,
  );
  return (
    found && {
      resources: found[2].map((one) => ({
        name: one.plural,
        kind: one.kind,
        namespaced: true,
        singularName: one.singular,
        shortNames: one.short,
        categories: one.categories,
        verbs,
      })),
    }
  );
};

async function servedBy(answer: (path: string) => object | undefined) {
  const server = await startFake(ground, ({ path }) => {
    const body = answer(path);
    return body === undefined ? { status: 404 } : { body };
  });
  const kubeconfig = writeKubeconfig(ground, server.url);
  const access = { kubeconfig, context: 'edge' };
  const api = await openApiServer({ name: 'fra', access }, { folder: ground.folder });
  try {
    return { served: await servedResources(api), requests: server.seen.length };
  } finally {
    api.close();
    await server.stop();
  }
}

describe('the kinds of a server', () => {
  it('are the same from the one answer of a new server and the lists of an old one', async () => {
    const isCore = (path: string) => path === '/api';
    const fresh = await servedBy((path) => aggregated((group) => (group === '') === isCore(path)));
    const old = await servedBy(plain);
    expect(fresh.served).toEqual(old.served);
    expect(fresh.requests).toBe(2);
  });

  it('are called by plural, singular, short name, kind, group, version and category', async () => {
    const { served } = await servedBy(plain);
    const named = (word: string) =>
      resourcesNamed(served, word).map(({ apiVersion, plural }) => `${apiVersion} ${plural}`);
    for (const word of ['deployments', 'deployment', 'deploy', 'Deployment']) {
      expect(named(word)).toEqual(['apps/v1 deployments']);
    }
    for (const word of ['deployments.apps', 'deploy.v1.apps']) {
      expect(named(word)).toEqual(['apps/v1 deployments']);
    }
    // Of one name in two groups the first group is meant, unless it is named.
    expect(named('events')).toEqual(['v1 events']);
    expect(named('events.events.k8s.io')).toEqual(['events.k8s.io/v1 events']);
    expect(named('all')).toEqual(['v1 pods', 'apps/v1 deployments']);
    expect(named('bindings')).toEqual([]);
    expect(named('deployments.extensions')).toEqual([]);
  });
});
