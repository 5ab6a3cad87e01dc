/** Flux, real: delivers the quickstart to three clusters and moves it without a gap, and comes to the same end when it dies in between. */
import { readFileSync } from 'node:fs';
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from '../cli/calling';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { type Flux, startFlux, whyNoFlux } from '../testbed/flux';
import { type GitServer, startGitServer } from '../testbed/git-server';
import { until } from '../testbed/process';

const missing = whyNoClusters() ?? whyNoFlux();
const whenPossible = missing === undefined ? describe : describe.skip;
const { 'app.yaml': app = '', 'demand.yaml': demand = '' } = Object.fromEntries(starter);
const places = ['fra', 'iad', 'sin'] as const;

whenPossible(`Flux${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let flux: Flux;
  let git: GitServer;
  let there: Caller;
  beforeAll(async () => {
    testbed = await startClusters(['hub', ...places]);
    const hub = testbed.cluster('hub');
    git = await startGitServer(testbed.folder);
    flux = await startFlux(hub, `${testbed.folder}/artifacts`);
    for (const name of places) {
      const value = readFileSync(testbed.cluster(name).kubeconfig).toString('base64');
      const secret = { metadata: { name: `${name}-kubeconfig` }, data: { value } };
      await hub.ask('POST', '/api/v1/namespaces/flux-system/secrets', secret);
    }
    const whole = testbed.fleetDocument() as { clusters: { name: string }[] };
    const fleet = { ...whole, clusters: whole.clusters.filter(({ name }) => name !== 'hub') };
    there = caller({ 'demand.yaml': demand, 'fleet.yaml': JSON.stringify(fleet) });
  });
  afterAll(async () => {
    await flux?.stop();
    await git?.stop();
    await testbed?.stop();
  });

  const inputs = '--app app.yaml --fleet fleet.yaml --delivery delivery.yaml';
  /** An app that is to be in so many of these clusters. */
  const appIn = (count: number, without: readonly string[] = [], image = '1.4.2') =>
    app
      .replace(
        /constraints:\n[\s\S]*? {2}objective:/,
        `constraints: {minClusters: ${count}, maxClusters: ${count}, mustNotInclude: [${without.map((name) => `{name: ${name}}`).join(', ')}]}\n  objective:`,
      )
      .replace('shop:1.4.2', `shop:${image}`);
  const delivery = (revision: string) =>
    JSON.stringify({
      engine: 'flux',
      hub: { kubeconfig: testbed.kubeconfig, context: 'hub' },
      source: { kind: 'GitRepository', url: git.url, ...(revision === '' ? {} : { revision }) },
      timeoutSeconds: 30,
      intervalSeconds: 10,
    });
  async function ok(line: string): Promise<string> {
    const { code, out, err } = await there.call(line);
    if (code !== 0)
      throw new Error(
        `${line}: ${code}\n${out}\n${err}\n${flux.log('kustomize-controller').slice(-3000)}`,
      );
    return out;
  }
  /** Decides, writes, pushes and applies. */
  async function deliver(text: string, more = ''): Promise<string> {
    there.write('app.yaml', text);
    there.write('delivery.yaml', delivery(''));
    await ok(`synth -o edge ${inputs} --decision ${await lock(more)}`);
    there.write(
      'delivery.yaml',
      delivery(await git.push(`${there.folder}/edge`, 'what was decided')),
    );
    return ok(`apply ${inputs} --decision lock.json --state state.json --deadline 60 --yes`);
  }
  async function lock(previous: string): Promise<string> {
    const decided = '--app app.yaml --fleet fleet.yaml -o lock.json';
    await ok(
      `place ${decided}${previous === '' ? '' : ' --previous lock.json --allow maxDroppedShare'}`,
    );
    return 'lock.json';
  }
  const carriers = async () => {
    const each = places.map(async (name) => {
      const path = '/apis/apps/v1/namespaces/shop/deployments/shop';
      const { status, body } = await testbed.cluster(name).ask('GET', path);
      const { spec, status: now } = body as {
        spec?: { replicas: number };
        status?: { availableReplicas?: number };
      };
      if (status !== 200) return { name, available: 0, wanted: 0 };
      return { name, available: now?.availableReplicas ?? 0, wanted: spec?.replicas ?? 0 };
    });
    return (await Promise.all(each)).filter(({ wanted }) => wanted > 0);
  };

  it('delivers to three clusters, with as many replicas as were assigned, and says what it does not promise', async () => {
    await deliver(appIn(3));
    const found = await carriers();
    const { apps } = JSON.parse(readFileSync(`${there.folder}/lock.json`, 'utf8')) as {
      apps: { clusters: { name: string; replicas: number }[] }[];
    };
    const assigned = Object.fromEntries(
      apps[0]!.clusters.map(({ name, replicas }) => [name, replicas]),
    );
    expect(found.map(({ name }) => name)).toEqual([...places]);
    for (const { name, available } of found)
      expect(available).toBeGreaterThanOrEqual(assigned[name]!);
    expect(await ok(`plan ${inputs} --decision lock.json`)).toMatch(/What flux does not promise/);
    const status = await there.call(
      `status --app app.yaml --fleet fleet.yaml --delivery delivery.yaml --json`,
    );
    expect(JSON.parse(status.out).shop.clusters).toMatchObject(
      places.map((name) => ({ name, standing: 'ready', missing: 0, changed: 0 })),
    );
  });

  it('moves without a gap, though the controller dies in the middle', async () => {
    const seen: string[] = [];
    let isMoving = true;
    const sampling = (async () => {
      while (isMoving) {
        const now = await carriers();
        seen.push(
          now
            .filter(({ available }) => available > 0)
            .map(({ name }) => name)
            .join(),
        );
        await new Promise((next) => setTimeout(next, 50));
      }
    })();
    const moving = deliver(appIn(1, ['iad', 'sin'], '1.5.0'), 'previous');
    // It dies as soon as it has something to do.
    const isChanged = async () => {
      const { body } = await testbed
        .cluster('hub')
        .ask(
          'GET',
          '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop.fra',
        );
      return ((body as { metadata: { generation: number } }).metadata.generation ?? 0) > 1;
    };
    await Promise.race([until(isChanged, 60), moving]);
    await flux.kill('kustomize-controller');
    await flux.start('kustomize-controller');
    await moving;
    isMoving = false;
    await sampling;
    expect((await carriers()).map(({ name }) => name)).toEqual(['fra']);
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.every((names) => names.includes('fra'))).toBe(true);
    const { body } = await testbed
      .cluster('hub')
      .ask('GET', '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations');
    expect(
      (body as { items: { metadata: { name: string } }[] }).items.map(
        ({ metadata }) => metadata.name,
      ),
    ).toEqual(['shop.fra']);
  });

  it('loses nothing when its objects are deleted on the hub, and a destroy takes everything away', async () => {
    const path =
      '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/shop.fra';
    const { hub } = { hub: testbed.cluster('hub') };
    await hub.ask('DELETE', path);
    await until(async () => (await hub.ask('GET', path)).status === 404, 60);
    expect((await carriers()).map(({ name }) => name)).toEqual(['fra']);
    await ok(`apply ${inputs} --decision lock.json --state state.json --deadline 60 --yes`);
    await ok(
      `destroy --app app.yaml --fleet fleet.yaml --delivery delivery.yaml --state state.json --yes`,
    );
    expect(await carriers()).toEqual([]);
  });
});
