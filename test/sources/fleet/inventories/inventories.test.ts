/** Inventories: what every kind of hub must do alike, from the same cluster as each of them lists it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fleet } from '../../../../constructs/model/fleet';
import { edgeErrorsOf } from '../../../../constructs/parsing/errors';
import {
  type DiscoverOptions,
  type Discovery,
  discoverFleet,
} from '../../../../providers/sources/fleet/discover';
import {
  type InventoryKey,
  inventoryKeys,
} from '../../../../providers/sources/fleet/inventories/registry';
import type { Connect } from '../../../../providers/sources/fleet/observation/api-reading';
import { now, samples } from './samples';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-hub-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What a cluster answers that is asked itself: its UID, or a status for every list. */
type Behind = { readonly uid: string } | { readonly status: number } | 'silent';
interface Hub {
  readonly objects?: readonly object[];
  /** Status of the list. Default: 200. */
  readonly status?: number;
  /** Own contexts besides that of the hub, by the address that they lead to. */
  readonly contexts?: Readonly<Record<string, string>>;
  /** What is behind a context. */
  readonly behind?: Readonly<Record<string, Behind>>;
  readonly asked?: string[];
}

const nodes = (region: string) => ({
  items: [
    {
      metadata: { name: 'n', labels: { 'topology.kubernetes.io/region': region } },
      spec: {},
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  ],
});

function connecting(from: InventoryKey, hub: Hub): Connect {
  const { path, group, plural } = samples[from];
  const answer = (body: object) => ({ status: 200, text: JSON.stringify(body) });
  const ofHub = (asked: string) => {
    if (asked === group) return answer({ resources: [{ name: plural }] });
    if (asked.split('?')[0] !== path) return { status: 404, text: '' };
    return hub.status === undefined
      ? answer({ items: hub.objects ?? [] })
      : { status: hub.status, text: '' };
  };
  return async ({ access: { context = '', secret } }) => {
    hub.asked?.push(`${context}${secret === undefined ? '' : ` ${secret}`}`);
    const behind = hub.behind?.[secret ?? context] ?? 'silent';
    return {
      close: () => undefined,
      get: async (asked) => {
        if (context === 'hub' && secret === undefined) return ofHub(asked);
        if (behind === 'silent') throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
        if ('status' in behind) return { status: behind.status, text: '' };
        if (asked.startsWith('/api/v1/namespaces')) return answer({ metadata: behind });
        return answer(asked.startsWith('/api/v1/nodes') ? nodes('eu-central-1') : { items: [] });
      },
    };
  };
}

function discover(
  from: InventoryKey,
  hub: Hub,
  more: Partial<DiscoverOptions> = {},
): Promise<Discovery> {
  const contexts = { hub: 'https://hub.example', ...hub.contexts };
  const entries = Object.entries(contexts);
  writeFileSync(
    join(folder, 'config'),
    JSON.stringify({
      'current-context': 'hub',
      contexts: entries.map(([name]) => ({ name, context: { cluster: name } })),
      clusters: entries.map(([name, server]) => ({ name, cluster: { server } })),
    }),
  );
  const connect = connecting(from, hub);
  return discoverFleet({ kubeconfig: 'config', folder, now, from, connect, ...more });
}

const failure = async (step: Promise<unknown>): Promise<string> => {
  const thrown = await step.then(
    () => undefined,
    (error: unknown) => error,
  );
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown ?? new Error('nothing was thrown');
  return errors.map((error) => error.message).join('\n');
};
/** Where the samples are, for kinds whose sample asks nobody. */
const fra = { latitude: 50.11, longitude: 8.68, region: 'europe', country: 'DE' };
const fleetOf = (...names: readonly string[]): Pick<Fleet, 'clusters'> => ({
  clusters: names.map((name) => ({
    ...{ name, ...fra, state: 'ready' as const, labels: {}, taints: [], signals: {} },
    ...{ usdPerHour: 3, usdPerReplicaHour: 0, usdPerGibibyteEgress: 0 },
    uid: `uid-of-${name}`,
  })),
});
const only = ({ fleet }: Discovery) => {
  expect(fleet.clusters).toHaveLength(1);
  return fleet.clusters[0];
};
const asIfAsked = (from: InventoryKey): Hub =>
  from === 'argo-cd' ? { behind: { 'argocd/cluster-fra': { uid: 'uid-of-fra' } } } : {};

describe.each(inventoryKeys)('%s', (from) => {
  const sample = samples[from];
  const overlay = { clusters: [{ name: 'fra', ...fra }] };

  it('gives the cluster with its place, and with all that the inventory knows', async () => {
    const hub = { ...asIfAsked(from), objects: [sample.healthy('fra')] };
    const found = only(await discover(from, hub));
    expect(found).toMatchObject({ name: 'fra', country: 'DE', region: 'europe', ...sample.facts });
    expect(Math.round(found?.latitude ?? 0)).toBe(50);
  });

  if (sample.namesAddress) {
    it('reaches the cluster by an own context with its address, and believes what answers there', async () => {
      const server = 'https://1.2.3.4:6443';
      const found = only(
        await discover(from, {
          objects: [sample.healthy('fra', { server })],
          contexts: { mine: `${server}/` },
          behind: { mine: { uid: 'its-own' } },
        }),
      );
      expect(found?.access).toEqual({ kubeconfig: 'config', context: 'mine' });
      expect(found).toMatchObject({
        state: 'ready',
        uid: 'its-own',
        allocatable: { cpuMillicores: 4000, pods: 110 },
      });
    });
  }

  it('does not take a cluster that vanished from the list for a deleted one', async () => {
    const hub = { ...asIfAsked(from), objects: [sample.healthy('fra')] };
    const options = { previous: fleetOf('fra', 'ams'), overlay };
    const { fleet, warnings } = await discover(from, hub, options);
    expect(fleet.clusters.find(({ name }) => name === 'ams')).toMatchObject({
      ...{ state: 'cordoned', since: now, uid: 'uid-of-ams', usdPerHour: 3 },
    });
    expect(warnings.join('\n')).toMatch(/ams was in the fleet .* --forget ams/);
    const later = await discover(from, hub, {
      ...options,
      previous: fleet,
      now: '2026-11-22T00:00:00Z',
    });
    expect(later.fleet.clusters.find(({ name }) => name === 'ams')?.since).toBe(now);
    const without = await discover(from, hub, { ...options, forget: ['ams'] });
    expect(without.fleet.clusters.map(({ name }) => name)).toEqual(['fra']);
  });

  it('keeps all clusters when the hub lists none, and is an error when there were none', async () => {
    const { fleet } = await discover(from, { objects: [] }, { previous: fleetOf('ams', 'fra') });
    expect(fleet.clusters.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'ams cordoned',
      'fra cordoned',
    ]);
    expect(await failure(discover(from, { objects: [] }))).toMatch(
      /lists no .*, expected at least/,
    );
  });

  it.each([
    [403, /hub cannot be read: GET .* answers 403: .* permit it\n {2}Ask for the right to list /],
    [401, /does not accept our credentials/],
    [500, /answers 500/],
  ])('is an error and no shorter fleet when the list answers %s', async (status, words) => {
    const hub = { objects: [sample.healthy('fra')], status };
    expect(await failure(discover(from, hub, { previous: fleetOf('fra') }))).toMatch(words);
  });

  it('is an error where the hub does not have the kind', async () => {
    const other = from === 'ocm' ? 'karmada' : 'ocm';
    const connect = connecting(other, {});
    const text = await failure(discover(from, {}, { connect }));
    expect(text).toMatch(from === 'argo-cd' ? /secrets/ : /does not serve/);
  });

  it('refuses a cluster of which nobody says where it is, with the remedies', async () => {
    const object = JSON.stringify(sample.healthy('fra'))
      .replace(/littoral\.dev/g, 'elsewhere')
      .replace(/eu-central-1/g, 'rack-5');
    const text = await failure(discover(from, { objects: [JSON.parse(object)] }));
    expect(text).toMatch(/nobody knows where fra is: /);
    expect(text).toMatch(/overlay file: \{name: fra, latitude/);
  });

  it('lets the overlay correct capacity, prices and labels', async () => {
    const said = { allocatable: { cpuMillicores: 1 }, usdPerHour: 2, labels: { tier: 'own' } };
    const hub = { ...asIfAsked(from), objects: [sample.healthy('fra')] };
    const found = only(
      await discover(from, hub, { overlay: { clusters: [{ name: 'fra', ...fra, ...said }] } }),
    );
    expect(found).toMatchObject({ ...said, labels: { tier: 'own' }, latitude: 50.11 });
  });

  it('tells a silent cluster from one that does not let us look, and keeps both', async () => {
    const server = 'https://1.2.3.4:6443';
    const object = sample.healthy('fra', { server });
    const way = { contexts: { mine: server }, objects: [object] };
    const secret = from === 'rancher-fleet' ? 'fleet-default/fra-kubeconfig' : 'mine';
    const states = await Promise.all(
      (['silent', { status: 403 }] as const).map(async (one) => {
        const answer = await discover(from, { ...way, behind: { [secret]: one } }, { overlay });
        return only(answer)?.state;
      }),
    );
    expect(states).toEqual(['unreachable', 'forbidden']);
  });

  it('names two facts that contradict each other', async () => {
    const object = sample.healthy('fra', { server: 'https://1.2.3.4:6443' });
    const hub = {
      objects: [object],
      contexts: { mine: 'https://1.2.3.4:6443' },
      behind: { mine: { uid: 'x' }, 'fleet-default/fra-kubeconfig': { uid: 'x' } },
    };
    const far = { latitude: 1.3, longitude: 103.8, region: 'asia', country: 'SG' };
    const { warnings } = await discover(from, hub, {
      overlay: { clusters: [{ name: 'fra', ...far }] },
    });
    expect(warnings.join('\n')).toMatch(/the overlay says SG .* eu-central-1/);
  });

  const { silent } = sample;
  if (silent !== undefined) {
    it('dates the silence as the hub does', async () => {
      const hub = { objects: [silent('fra')], behind: {} };
      const found = only(await discover(from, hub, { overlay }));
      expect(found?.state).toBe('unreachable');
      expect(found?.since).toMatch(/^2026-11-21T0[35]:00:00Z$/);
    });

    it('takes no new work to a cluster that the hub is deleting', async () => {
      const object = JSON.parse(JSON.stringify(sample.healthy('fra'))) as {
        metadata: Record<string, unknown>;
      };
      object.metadata.deletionTimestamp = '2026-11-21T05:10:00Z';
      const server = 'https://fra.example:6443';
      const way = {
        contexts: { mine: server },
        behind: { mine: { uid: 'x' }, 'fleet-default/fra-kubeconfig': { uid: 'x' } },
      };
      const { fleet, warnings } = await discover(from, { objects: [object], ...way }, { overlay });
      expect(fleet.clusters[0]?.state).toBe('cordoned');
      expect(warnings.join('\n')).toMatch(/fra is cordoned: the hub is deleting it/);
    });
  }
});

describe('a hub', () => {
  it('is the current context, or the one that is named, which must exist', async () => {
    const asked: string[] = [];
    const hub = { objects: [samples.ocm.healthy('fra')], asked };
    await discover('ocm', hub);
    expect(asked[0]).toBe('hub');
    expect(await failure(discover('ocm', hub, { hub: 'hup' }))).toMatch(
      /got context "hup", which does not exist\n {2}Write hub\./,
    );
  });

  it('that lists a cluster twice has one cluster, which is said', async () => {
    const objects = ['a', 'b'].map((name) =>
      samples['argo-cd'].healthy(name, { server: 'https://1.2.3.4' }),
    );
    const behind = { mine: { uid: 'one' } };
    const { fleet, warnings } = await discover('argo-cd', {
      objects,
      behind,
      contexts: { mine: 'https://1.2.3.4' },
    });
    expect(fleet.clusters.map(({ name }) => name)).toEqual(['a']);
    expect(warnings.join('\n')).toMatch(/"a" and "b" lead to one cluster/);
  });

  it('that still speaks of a cluster which was built anew under its name is not believed', async () => {
    const server = 'https://1.2.3.4:6443';
    const { fleet, warnings } = await discover(
      'karmada',
      {
        objects: [samples.karmada.healthy('fra', { server })],
        contexts: { mine: server },
        behind: { mine: { uid: 'new' } },
      },
      { previous: fleetOf('fra') },
    );
    expect(fleet.clusters[0]).toMatchObject({ uid: 'new', usdPerHour: 0 });
    expect(warnings.join('\n')).toMatch(/says that its UID is uid-of-fra, .* has new/);
    expect(warnings.join('\n')).toMatch(/fra is another cluster than the last time/);
  });

  it('whose Secret leads to a cluster is named with it, and no credential enters the fleet', async () => {
    const { fleet } = await discover('argo-cd', {
      objects: [samples['argo-cd'].healthy('fra')],
      behind: { 'argocd/cluster-fra': { uid: 'x' } },
    });
    expect(fleet.clusters[0]?.access).toEqual({
      kubeconfig: 'config',
      context: 'hub',
      secret: 'argocd/cluster-fra',
      server: 'https://fra.example:6443',
    });
    expect(JSON.stringify(fleet)).not.toContain('planted');
  });
});
