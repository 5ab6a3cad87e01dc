/** get, events, logs, describe, exec, port-forward and top over several real clusters as one, also where one is dead or slow. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from '../cli/calling';
import { binaryPath, whyNoClusters } from '../testbed/binaries';
import { startClusters, type Testbed } from '../testbed/clusters';
import { until } from '../testbed/process';

const missing = whyNoClusters();
const whenPossible = missing === undefined || process.env.CI ? describe : describe.skip;
const { 'app.yaml': app = '', 'demand.yaml': demand = '' } = Object.fromEntries(starter);
const main = join(__dirname, '../../dist/providers/cli/main.js');

whenPossible(`all clusters as one${missing === undefined ? '' : `: ${missing}`}`, () => {
  let testbed: Testbed;
  let there: Caller;
  let page: Server;
  const fleet = '--fleet fleet.json';
  beforeAll(async () => {
    page = createServer((_, answer) => answer.end('a page of the pod'));
    await new Promise<void>((resolve) => void page.listen(0, '127.0.0.1', resolve));
    const forwardTo = (page.address() as AddressInfo).port;
    testbed = await startClusters(['fra', 'iad', 'sin'], { kubelet: { forwardTo } });
    const document = JSON.stringify(testbed.fleetDocument());
    there = caller({ 'app.yaml': app, 'demand.yaml': demand, 'fleet.json': document });
    const applied = await there.call(`apply --app app.yaml ${fleet} --yes`);
    expect({ code: applied.code, out: applied.out }).toMatchObject({ code: 0 });
    for (const [at, { name, containerLog = '' }] of testbed.clusters.entries()) {
      appendFileSync(containerLog, logLine(`0${at}`, `hello from ${name}`));
      appendFileSync(containerLog, logLine(`1${at}`, `again from ${name}`));
    }
  });
  afterAll(async () => {
    page?.close();
    await testbed?.stop();
  });

  /** The real command, as a process of its own. */
  const start = (words: readonly string[]): Started => {
    const path = `${join(binaryPath('kubectl'), '..')}:${process.env.PATH}`;
    const env = { ...process.env, PATH: path, LITTORAL_FLEET: join(there.folder, 'fleet.json') };
    const child = spawn(process.execPath, [main, ...words], { env, cwd: there.folder });
    const started: Started = { child, out: '', err: '', code: undefined };
    child.stdout?.on('data', (chunk) => {
      started.out += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      started.err += chunk;
    });
    child.on('close', (code) => {
      started.code = code ?? -1;
    });
    return started;
  };
  const ended = async (started: Started): Promise<Started> => {
    await until(async () => started.code !== undefined, 60);
    return started;
  };

  it('run applies under a Lease that others see, and rests when a person annotates it', async () => {
    there.write(
      'demand.yaml',
      demand.replace('validForSeconds: 1800', 'validForSeconds: 1000000000'),
    );
    const line = `run --once --app app.yaml ${fleet} --keep fra/default/shop-run`;
    const first = await there.call(line);
    expect({ code: first.code, err: first.err }).toMatchObject({ code: 0 });
    expect(first.err).toContain('unchanged: no cluster changes');
    expect(first.err).not.toContain('error');
    const path = '/apis/coordination.k8s.io/v1/namespaces/default/leases/shop-run';
    const { body } = await testbed.cluster('fra').ask('GET', path);
    // Given up at the end, so that the next one need not wait.
    expect(body).toMatchObject({ spec: { holderIdentity: '', leaseDurationSeconds: 60 } });
    const spec = {
      holderIdentity: 'another',
      leaseDurationSeconds: 60,
      renewTime: new Date().toISOString().replace('Z', '000Z'),
    };
    const replace = async (annotations: object, changed: object) => {
      const live = (await testbed.cluster('fra').ask('GET', path)).body as { metadata: object };
      const metadata = { ...live.metadata, annotations };
      const written = { ...live, metadata, spec: changed };
      const { status } = await testbed.cluster('fra').ask('PUT', path, written);
      expect(status).toBe(200);
    };
    await replace({}, spec);
    const second = await there.call(line);
    expect([second.code, second.err]).toEqual([0, expect.stringContaining('another run leads')]);
    await replace({ 'littoral.dev/pause': 'maintenance' }, { leaseDurationSeconds: 60 });
    const third = await there.call(line);
    expect(third.err).toContain('paused: maintenance');
    there.write('demand.yaml', demand);
  });

  it('get merges the tables of all servers and shows the cluster first', async () => {
    const { code, out, err } = await there.call(`get deploy --app shop ${fleet}`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [head = '', ...rows] = out.trimEnd().split('\n');
    expect(head).toMatch(/^CLUSTER +NAME +READY +UP-TO-DATE +AVAILABLE +AGE$/);
    const names = rows.map((row) => row.split(/ +/).slice(0, 2));
    const held = await Promise.all(
      testbed.clusters.map(async ({ name, ask }) => {
        const { body } = await ask('GET', '/apis/apps/v1/namespaces/shop/deployments');
        const { items = [] } = body as { items?: readonly { metadata: { name: string } }[] };
        return items.map(({ metadata }) => [name, metadata.name]);
      }),
    );
    expect(names).toEqual(held.flat());
    expect(names.length).toBeGreaterThan(0);
  });

  it('get finds pods by their app, by kinds as people call them, in wide tables, and as documents', async () => {
    const pods = await there.call(`get po --app app.yaml ${fleet} -o wide`);
    expect(pods.out.split('\n')[0]).toContain('NODE');
    const documents = await there.call(`get pods -n shop ${fleet} -o json`);
    const { items } = JSON.parse(documents.out) as {
      items: readonly { kind: string; metadata: { annotations: Record<string, string> } }[];
    };
    expect(items.length).toBe(pods.out.trimEnd().split('\n').length - 1);
    const clusters = new Set(
      items.map(({ metadata }) => metadata.annotations['littoral.dev/cluster']),
    );
    expect([...clusters].every((name) => testbed.clusters.some((one) => one.name === name))).toBe(
      true,
    );
    const wrong = await there.call(`get deploymnts ${fleet}`);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('Write deployments');
    const nothing = await there.call(`get pods nobody -n shop ${fleet}`);
    expect(nothing).toMatchObject({ code: 2, out: '' });
    expect(nothing.err).toBe('no cluster has pods named nobody in namespace shop\n');
  });

  it('values of Secrets are in no output', async () => {
    const secret = { metadata: { name: 'key' }, stringData: { password: 'hunter2hunter2' } };
    const { ask } = testbed.cluster('fra');
    expect((await ask('POST', '/api/v1/namespaces/default/secrets', secret)).status).toBe(201);
    for (const form of ['yaml', 'json', 'wide']) {
      const { code, out } = await there.call(`get secrets key ${fleet} -o ${form}`);
      expect(code).toBe(0);
      expect(out).toContain('key');
      expect(out).not.toMatch(/hunter2|aHVudGVyMmh1bnRlcjI/);
    }
  });

  it('events are in the order in which they happened', async () => {
    const { code, out } = await there.call(`events --app shop ${fleet}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^CLUSTER +LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n/);
    expect(out).toContain('ScalingReplicaSet');
    expect(out).toMatch(/pod\/shop-/);
  });

  it('logs of all clusters are merged by time, and followed as they come', async () => {
    const found = await there.call(`logs --app shop ${fleet} --timestamps`);
    expect({ code: found.code, err: found.err }).toEqual({ code: 0, err: '' });
    const lines = found.out.trimEnd().split('\n');
    const times = lines.map((line) => /\d{4}-\S+Z/.exec(line)?.[0]);
    expect(times).toEqual([...times].sort());
    const clusters = lines.map((line) => line.split(' ')[0] as string);
    for (const line of lines) expect(line).toMatch(/^(\w+) .*(hello|again) from \1$/);
    expect(new Set(clusters).size).toBeGreaterThan(1);

    const following = start(['logs', '--app', 'shop', '-f']);
    await until(async () => following.out.includes('again from'), 30);
    const [chosen = ''] = clusters;
    appendFileSync(testbed.cluster(chosen).containerLog ?? '', logLine('20', 'written later'));
    await until(async () => following.out.includes('written later'), 30);
    following.child.kill();
    await ended(following);
  });

  it('exec runs in a ready pod and ends as the command does; port-forward leads to it; describe names the cluster', async () => {
    const ran = await ended(start(['exec', '--app', 'shop', '--', 'sh', '-c', 'echo here']));
    expect(ran).toMatchObject({ out: 'here\n', code: 0 });
    // The nodes of the testbed tell of any failure as 1.
    const failed = await ended(start(['exec', '--app', 'shop', '--', 'sh', '-c', 'exit 7']));
    expect(failed.code).toBe(1);
    expect(ran.err).toMatch(/^(fra|iad|sin), which answered in \d+ ms: shop-/);

    const forwarding = start(['port-forward', '--app', 'shop', ':8080']);
    await until(async () => /127\.0\.0\.1:(\d+) ->/.test(forwarding.out), 30);
    const [, port] = /127\.0\.0\.1:(\d+) ->/.exec(forwarding.out) ?? [];
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('a page of the pod');
    forwarding.child.kill();
    await ended(forwarding);

    const described = await ended(start(['describe', 'deploy', '--app', 'shop', '--answer', '30']));
    expect(described).toMatchObject({ code: 0, err: '' });
    expect(described.out).toMatch(/^== (fra|iad|sin)\nName: +shop\n/);
  });

  it('a cluster without metrics is a line', async () => {
    const { code, err } = await there.call(`top pods --app shop ${fleet}`);
    expect(code).toBe(2);
    expect(err).toContain('metrics.k8s.io');
  });

  it('every command of the page does what the page says', async () => {
    const page = readFileSync(join(__dirname, '../../docs/all-clusters.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    const lines = blocks
      .flatMap((text) => text.split('\n'))
      .filter((line) => /^littoral /.test(line));
    expect(lines.length).toBeGreaterThan(8);
    for (const line of lines) {
      const words = line.split(/'([^']*)'| /).filter((word) => word !== undefined && word !== '');
      const started = start(words.slice(1));
      const goesOn = words.includes('-f');
      if (goesOn) await until(async () => started.out !== '', 30);
      if (goesOn) started.child.kill();
      const { code, out, err } = await ended(started);
      expect({ line, code: goesOn ? 0 : code, err }).toMatchObject({ line, code: 0 });
      // There may be nothing to warn of, and nothing that young.
      if (!/Warning|--since/.test(line)) expect({ line, out }).not.toEqual({ line, out: '' });
    }
  });

  it('a dead and a silent cluster are lines; the rows of the living do not wait', async () => {
    const { code: before } = await there.call(`get nodes ${fleet}`);
    expect(before).toBe(0);
    await testbed.cluster('iad').stop();
    testbed.cluster('sin').freeze();
    try {
      const watching = start(['get', 'nodes', '--answer', '3']);
      await until(async () => watching.out.includes('node-1'), 30);
      // The silent one is still being waited for.
      expect(watching.code).toBeUndefined();
      await ended(watching);
      expect(watching.code).toBe(5);
      expect(watching.out.match(/^fra +node-\d/gm)).toHaveLength(3);
      expect(watching.err).toMatch(/no answer .*iad/);
      expect(watching.err).toMatch(/no answer .*sin/);
    } finally {
      testbed.cluster('sin').thaw();
    }
  });
});

interface Started {
  readonly child: ChildProcess;
  out: string;
  err: string;
  code: number | undefined;
}

/** A line as container runtimes write it, so many seconds after midnight. */
function logLine(second: string, text: string): string {
  return `2026-01-01T00:00:${second}.5Z stdout F ${text}\n`;
}
