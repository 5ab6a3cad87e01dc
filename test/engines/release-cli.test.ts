/** plan, apply, status, drift and destroy as people call them, against real API servers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from '../cli/calling';
import { whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
const { 'app.yaml': app = '', 'demand.yaml': demand = '' } = Object.fromEntries(starter);

whenPossible(`the commands${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  beforeAll(async () => {
    testbed = await startClusters(['fra', 'iad', 'sin']);
  });
  afterAll(() => testbed?.stop());

  it('go from nothing to a reviewed plan, a status, a repaired drift, and back to nothing', async () => {
    // Kubeconfigs stand relative to the fleet, wherever the command is called.
    const fleet = JSON.stringify(testbed.fleetDocument()).replaceAll(
      testbed.kubeconfig,
      'kubeconfig',
    );
    const there = caller({
      'app.yaml': app,
      'demand.yaml': demand,
      'plans/README.md': 'Plans for review.',
      'clusters/fleet.json': fleet,
      'clusters/kubeconfig': readFileSync(testbed.kubeconfig, 'utf8'),
    });
    const inputs = '--app app.yaml --fleet clusters/fleet.json';
    const locked = `${inputs} --decision shop.lock.json`;
    const call = async (line: string) => {
      const answer = await there.call(line);
      expect(answer.err).not.toContain('this is a bug');
      return answer;
    };
    const placed = await call(`place ${inputs} -o shop.lock.json`);
    expect(placed).toMatchObject({ code: 0 });

    const first = await call(`plan ${locked} -o plans/plan.json`);
    expect({ code: first.code, err: first.err }).toEqual({
      code: 10,
      err: 'wrote plans/plan.json\n',
    });
    expect(first.out).toMatch(/^shop {3}\d install/);
    const unasked = await call(`apply ${locked}`);
    expect(unasked).toMatchObject({ code: 2 });
    expect(unasked.err).toContain('--yes');

    const applied = await call('apply plans/plan.json --state shop.state.json');
    expect({ code: applied.code, out: applied.out }).toMatchObject({ code: 0 });
    expect(applied.err).toMatch(/ready/);
    expect((await call(`plan ${locked}`)).code).toBe(0);
    const again = await call(`apply ${locked}`);
    expect({ code: again.code, out: again.out }).toMatchObject({ code: 0 });

    const status = await call(`status ${inputs}`);
    expect({ code: status.code, out: status.out }).toMatchObject({ code: 0 });
    expect(status.out).toMatch(/^shop {3}ready on \d of \d cluster/);

    const [chosen = ''] =
      /"name": "(\w+)"/.exec(readFileSync(`${there.folder}/shop.lock.json`, 'utf8'))?.slice(1) ??
      [];
    const path = '/apis/apps/v1/namespaces/shop/deployments/shop';
    const reviewed = (await call(`plan ${locked} -o plan.json`)).code;
    expect(reviewed).toBe(0);
    const edit = await testbed.cluster(chosen).ask('PATCH', path, {
      spec: { template: { spec: { containers: [{ name: 'shop', image: 'shop:edited' }] } } },
    });
    expect(edit.status).toBe(200);
    const drift = await call(`drift ${locked}`);
    expect(drift.code).toBe(10);
    expect(drift.out).toContain('image: "shop:edited" -> ');
    expect((await call(`apply plan.json`)).code).toBe(4);
    const refused = await call(`apply ${locked} --yes`);
    expect([1, 5]).toContain(refused.code);
    expect(refused.out).toContain('owns .spec.template');
    expect((await call(`apply ${locked} --yes --force-conflicts`)).code).toBe(0);
    expect((await call(`drift ${locked}`)).code).toBe(0);

    const destroyed = await call(`destroy ${inputs} --yes --state shop.state.json`);
    expect({ code: destroyed.code, out: destroyed.out }).toMatchObject({ code: 0 });
    expect((await testbed.cluster(chosen).ask('GET', '/api/v1/namespaces/shop')).status).toBe(404);
    expect((await call(`destroy ${inputs} --yes`)).code).toBe(0);
  });

  it('killed at any moment, the next apply finishes it', async () => {
    const main = join(__dirname, '../../dist/providers/cli/main.js');
    if (!existsSync(main)) throw new Error('run npm run build first');
    const fleet = JSON.stringify(testbed.fleetDocument());
    const there = caller({ 'app.yaml': app, 'demand.yaml': demand, 'fleet.json': fleet });
    const inputs = '--app app.yaml --fleet fleet.json';
    const locked = `${inputs} --decision shop.lock.json`;
    await there.call(`place ${inputs} -o shop.lock.json`);
    const ends: string[] = [];
    let wholeMilliseconds: number | undefined;
    for (let round = 0; round <= 12; round += 1) {
      const cpu = `cpuMillicores: ${300 + round}`;
      there.write('app.yaml', app.replace(/cpuMillicores: \d+/, cpu));
      await there.call(`place ${inputs} -o shop.lock.json`);
      const words = `apply ${locked} --yes`.split(' ');
      const child = spawn(process.execPath, [main, ...words], {
        cwd: there.folder,
        stdio: 'ignore',
      });
      const began = Date.now();
      // The first is left alone, and tells how long the others may live.
      const timer =
        wholeMilliseconds === undefined
          ? undefined
          : setTimeout(() => child.kill('SIGKILL'), (wholeMilliseconds * round) / 13);
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      clearTimeout(timer);
      wholeMilliseconds ??= Date.now() - began;
      ends.push(signal ?? String(code));
      const next = await there.call(`apply ${locked} --yes`);
      expect({ round, code: next.code, out: next.out }).toMatchObject({ code: 0 });
      expect((await there.call(`plan ${locked}`)).code).toBe(0);
    }
    process.stderr.write(`ended by ${ends.join(' ')}\n`);
    expect(ends).toContain('SIGKILL');
    expect((await there.call(`destroy ${inputs} --yes`)).code).toBe(0);
  });
});
