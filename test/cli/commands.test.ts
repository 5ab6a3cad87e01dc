/** The commands around place: what each prints, and how it ends. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseDemand } from '../../constructs/model/demand-document';
import { starter } from '../../providers/cli/commands/starter';
import { readDemand } from '../../providers/sources/files/documents';
import { caller } from './calling';

const documents = Object.fromEntries(starter.map(([name, text]) => [name, text]));
const { 'app.yaml': app = '', 'fleet.yaml': fleet = '' } = documents;
const inputs = '--app app.yaml --fleet fleet.yaml';
const start = (changes: Readonly<Record<string, string>> = {}) =>
  caller({ ...documents, ...changes });

describe('explain', () => {
  it('says why a cluster was not chosen, and what it would change', async () => {
    const { code, out } = await start().call(`explain fra ${inputs}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}fra {3}not chosen {3}maxClusters\n/m);
    expect(out).toMatch(/^ {4}with fra: \+fra -\w+, objective [\d.]+ % higher \(\+[\d.,]+\)$/m);
  });

  it('lists the origins of a chosen one, most requests first', async () => {
    const { out } = await start().call(`explain iad ${inputs}`);
    const origins = out.split('\n').filter((line) => /\/s +[\d.]+ ms$/.test(line));
    expect(origins.map((line) => line.trim().split(/\s+/)[0])).toEqual([
      'new-york',
      'chicago',
      'sao-paulo',
    ]);
  });

  it('goes through all chosen clusters without a name', async () => {
    const { out } = await start().call(`explain ${inputs} --only shop`);
    expect(out.match(/^ {2}(\w+) {3}chosen/gm)).toHaveLength(5);
  });

  it('says how far off latencies by distance may be, and nothing of that where they were measured', async () => {
    const { out } = await start().call(`explain fra ${inputs}`);
    expect(out).toMatch(/latency follows distance here, 5 ms and 20 ms per 1,000 km; of/);
    const fleet = documents['fleet.yaml'].replace(
      'clusters:',
      'latency: [[sao-paulo, fra, 201]]\nclusters:',
    );
    const measured = await start({ 'fleet.yaml': fleet }).call(`explain fra ${inputs}`);
    expect(measured.code).toBe(0);
    expect(measured.out).not.toContain('follows distance');
  });

  it('names the nearest cluster', async () => {
    const { code, err } = await start().call(`explain frs ${inputs}`);
    expect(code).toBe(2);
    expect(err).toContain('there is no cluster frs');
  });
});

describe('simulate', () => {
  it('lists today, then the worst scenario first', async () => {
    const { code, out } = await start().call(
      `simulate ${inputs} --lose cluster=sin --lose country=NL --scale region=asia:3`,
    );
    expect(code).toBe(0);
    expect(out.match(/^ {2}(today|lose \S+|scale \S+)/gm)?.map((name) => name.trim())).toEqual([
      'today',
      expect.stringMatching(/^(scale|lose)/),
      expect.stringMatching(/^(scale|lose)/),
      'lose country=NL',
    ]);
    expect(out).toContain('3 scenarios, all have a legal placement');
  });

  it('ends with 3 when a loss leaves no legal placement, unless told otherwise', async () => {
    const asia = 'mustInclude: [{region: asia, count: 2}]';
    const there = start({ 'app.yaml': app.replace('# mustInclude: [{region: asia}]', asia) });
    const line = `simulate ${inputs} --lose cluster=sin`;
    const { code, out } = await there.call(line);
    expect(code).toBe(3);
    expect(out).toContain('not satisfied: ');
    expect(out).toContain('1 scenario, 1 without a legal placement');
    expect((await there.call(`${line} --fail-on never`)).code).toBe(0);
    expect((await start().call(`${line} --fail-on change`)).code).toBe(10);
  });

  it('loses one after another what today uses, or everything at once', async () => {
    const each = await start().call(`simulate ${inputs} --each cluster --json`);
    const names = JSON.parse(each.out).map((one: { name: string }) => one.name);
    expect(names.sort()).toEqual(
      ['ams', 'iad', 'lhr', 'sfo', 'sin'].map((name) => `lose cluster=${name}`),
    );
    const pairs = await start().call(`simulate ${inputs} --each pair --json`);
    const two = JSON.parse(pairs.out).map((one: { name: string }) => one.name);
    expect(two).toHaveLength(10);
    expect(two).toContain('lose cluster=ams,iad');
    const both = await start().call(`simulate ${inputs} --lose region=asia --scale 2 --together`);
    expect(both.out).toContain('lose region=asia, scale 2');
    expect(both.out).toContain('1 scenario');
  });

  it('asks everything there is, prints the worst of it and counts the rest', async () => {
    const { code, out } = await start().call(`simulate ${inputs} --every --show 2 --fail-on never`);
    expect(code).toBe(0);
    const names = out.match(/^ {2}(today|lose|demand)/gm);
    expect(names).toHaveLength(3);
    expect(out).toMatch(/and \d+ milder scenarios; --show prints more/);
    expect(out).toMatch(/^ {2}worst survived: .+ \(p95 \d+ -> \d+ ms, objective \+\d+ %\)$/m);
  });

  it.each([
    ['--every --show none', 'Write it like --show 50.'],
    ['--lose regin=asia', 'Write region=...'],
    ['--lose region=azia', 'Write region=asia.'],
    ['--lose labels.tier=edg', 'Write labels.tier=edge.'],
    ['--scale asia', 'Write it like region=asia:2 or 1.5.'],
    ['--scale region=asia:-2', 'Write it like region=asia:2 or 1.5.'],
    ['--scale region=asai:2', 'Write region=asia:FACTOR.'],
    ['--scale region=asia,moon:2', 'no request comes from region "moon"'],
    ['--scale origin=nowhere:2', 'Use one of: amsterdam, berlin, chicago,'],
    ['--each cloud', 'Use one of: cluster, pair, provider, region, country.'],
    ['', '--lose: is missing'],
  ])('refuses %j', async (flags, sentence) => {
    const { code, err } = await start().call(`simulate ${inputs} ${flags}`);
    expect(code).toBe(2);
    expect(err).toContain(sentence);
  });
});

describe('verify', () => {
  const line = 'verify lock --app app.yaml --fleet fleet.yaml';

  it('confirms what place decided', async () => {
    const { call } = start();
    await call(`place ${inputs} -o lock`);
    expect(await call(line)).toEqual({
      code: 0,
      out: 'valid lock: every number of 1 app follows from its documents\n',
      err: '',
    });
    expect(JSON.parse((await call(`${line} --json`)).out)).toEqual({ valid: true, findings: [] });
  });

  it('names the lines that are wrong', async () => {
    const { call, write } = start();
    const { out: lock } = await call(`place ${inputs} --json`);
    write('lock', lock.replace('"replicas": 4', '"replicas": 5'));
    const at = lock.split('\n').findIndex((text) => text.includes('"replicas": 4')) + 1;
    const { code, out, err } = await call(line);
    expect(code).toBe(1);
    expect(out).toContain(`lock:${at} apps[0].clusters[1].replicas: got 5, expected 4\n`);
    expect(out).toContain('apps[0].clusters[1].spareReplicas: got 0, expected 1\n');
    expect(err).toBe('wrong lock: 3 findings\n');
  });

  it('ends with 2 when a document does not parse', async () => {
    const { code, err } = await start({ lock: '{"kind": "PlacementDecision"}' }).call(line);
    expect(code).toBe(2);
    expect(err).toContain('error lock:1');
    expect((await start().call(`verify ${inputs}`)).err).toContain('DECISION.json: is missing');
  });
});

describe('synth', () => {
  const line = `synth -o out ${inputs}`;

  it('writes a folder per chosen cluster, and removes what is stale', async () => {
    const { call, folder, write } = start();
    const { code, out } = await call(line);
    const folders = () => readdirSync(join(folder, 'out')).filter((name) => !name.startsWith('.'));
    expect(code).toBe(0);
    expect(folders()).toEqual(['ams', 'iad', 'lhr', 'sfo', 'sin']);
    expect(out).toMatch(/^out\/\n {2}ams {2}\d+ files {2}\d+ written\n/);
    const [deployment = ''] = readdirSync(join(folder, 'out/iad')).filter((name) =>
      name.includes('deployment'),
    );
    expect(parse(readFileSync(join(folder, 'out/iad', deployment), 'utf8')).kind).toBe(
      'Deployment',
    );
    write('out/README.md', 'mine');
    write('app.yaml', app.replace('maxClusters: 5', 'maxClusters: 2'));
    expect((await call(line)).code).toBe(0);
    expect(folders()).toHaveLength(3);
    expect(readFileSync(join(folder, 'out/README.md'), 'utf8')).toBe('mine');
  });

  it('writes what a lock decided, and nothing for another app', async () => {
    const { call, folder, write } = start();
    await call(`place ${inputs} -o lock`);
    expect((await call(`${line} --decision lock`)).code).toBe(0);
    expect(existsSync(join(folder, 'out/iad'))).toBe(true);
    write('app.yaml', app.replace('1.4.2', '1.4.3'));
    const { code, err } = await call(`synth -o other ${inputs} --decision lock`);
    expect(code).toBe(2);
    expect(err).toContain('the app shop has changed since it was decided');
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });

  it('writes nothing when no placement satisfies the policy', async () => {
    const impossible = app.replace('# budget: {usdPerHour: 5}', 'budget: {usdPerHour: 0.001}');
    const { call, folder } = start({ 'app.yaml': impossible });
    const { code, err } = await call(line);
    expect(code).toBe(3);
    expect(err).toContain('no placement satisfies the policy');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });
});

describe('demand', () => {
  it('prints what an app says, as YAML that parses to the same', async () => {
    const { call, folder } = start();
    const { code, out, err } = await call('demand --app app.yaml');
    expect(code).toBe(0);
    expect(parseDemand(out)).toEqual(readDemand(join(folder, 'demand.yaml')));
    expect(out).toContain('observedAt: "2026-11-21T05:30:00Z"\n');
    expect(err).toBe('11 origins, 535 requests/s\n');
    expect(parseDemand((await call('demand --app app.yaml --json')).out)).toEqual(parseDemand(out));
  });

  it('writes a file that place reads', async () => {
    const { call } = start();
    expect((await call('demand --app app.yaml -o now.yaml')).err).toMatch(
      /^wrote now.yaml: 11 origins/,
    );
    const own = await call(`place ${inputs} --json`);
    const given = await call(`place ${inputs} --json --demand now.yaml`);
    expect(given.out).toBe(own.out);
  });

  it.each([
    ['', '--app: is missing'],
    ['--app app.yaml --prometheus http://x', 'Leave out one of the two.'],
    ['--prometheus ftp://x --query q', 'error --prometheus: got an address of ftp:'],
    ['--prometheus http://x --query q --window 30m', 'error --window: got "30m" (text), expected'],
    ['--prometheus http://x', 'error --query: got url without query'],
    [
      '--prometheus http://u:hunter2@x --query q',
      'error --prometheus: got an address with credentials',
    ],
    ['--prometheus http://x --query q --window long', 'error --window: got'],
    [
      '--prometheus http://x --query q --origin-label site',
      'error --origins: got origin without origins',
    ],
    ['--prometheus http://x --query q --basic-user me', 'error --basic-user: got no password'],
    [
      '--prometheus http://x --query q --max-lost-share 2',
      'error --max-lost-share: got a number (not shown), expected a number from 0 to 1',
    ],
    ['--prometheus http://127.0.0.1:1 --query q --ca-file none.pem', 'error --ca-file: the file'],
  ])('refuses %j', async (flags, sentence) => {
    const { code, out, err } = await start().call(`demand ${flags}`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(sentence);
    expect(err).not.toContain('hunter2');
  });
});

describe('discover', () => {
  const kubeconfig = `apiVersion: v1
kind: Config
contexts: [{name: fra, context: {cluster: fra, user: me}}]
clusters: [{name: fra, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: me, user: {token: hunter2}}]
`;
  const overlay =
    'clusters: [{name: fra, latitude: 50, longitude: 8, region: europe, country: DE}]\n';

  it('lists a cluster that does not answer, without its credentials', async () => {
    const { call } = caller({ kubeconfig, 'overlay.yaml': overlay });
    const line = 'discover --overlay overlay.yaml --deadline 2';
    const { code, out, err } = await call(line, { env: { KUBECONFIG: 'kubeconfig' } });
    expect(code).toBe(1);
    expect(out).toMatch(
      /- \{name: fra, .*state: unreachable, since: .*access: \{kubeconfig: kubeconfig, context: fra\}\}/,
    );
    expect(err).toContain('1 cluster, 1 unreachable\n');
    expect(out + err).not.toContain('hunter2');
  });

  it('says what it does not know, and which contexts there are', async () => {
    const { call } = caller({ kubeconfig });
    const nowhere = await call('discover --kubeconfig kubeconfig --deadline 2');
    expect(nowhere.code).toBe(2);
    expect(nowhere.err).toContain('nobody knows where fra is');
    const unknown = await call('discover --kubeconfig kubeconfig --context frs');
    expect(unknown).toMatchObject({ code: 2, out: '' });
    expect(unknown.err).toContain('Write fra.');
    expect((await call('discover --deadline soon')).err).toContain(
      '--deadline: got "soon", expected seconds',
    );
  });
});

it('every file a document may come from can be a fleet of one cluster', async () => {
  const one = `${fleet.split('  - {name: ams')[0]}  - {name: only, latitude: 0, longitude: 0, region: europe, country: DE}\n`;
  const single = app.replace('minClusters: 2', 'minClusters: 1');
  const { code, out } = await start({ 'fleet.yaml': one, 'app.yaml': single }).call(
    `place ${inputs}`,
  );
  expect(code).toBe(0);
  expect(out).toMatch(/^shop {3}1 of 1 cluster {3}535 requests\/s/);
});
