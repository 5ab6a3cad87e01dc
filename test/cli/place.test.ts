/** littoral place: what it prints, what it writes, and with which exit code it ends. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDecision } from '../../constructs/model/decision-document';
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from './calling';

const documents = Object.fromEntries(starter.map(([name, text]) => [name, text]));
const { 'app.yaml': app = '', 'fleet.yaml': fleet = '', 'demand.yaml': demand = '' } = documents;
const inputs = '--app app.yaml --fleet fleet.yaml';
const start = (changes: Readonly<Record<string, string>> = {}) =>
  caller({ ...documents, ...changes });
const read = ({ folder }: Caller, name: string) => readFileSync(join(folder, name), 'utf8');
const clusters = (text: string) =>
  parseDecision(text).apps.map((one) => one.clusters.map(({ name }) => name));

/** Hardly a request outside Asia. */
const night = demand
  .replace(/(region: (?:europe|north-america), requestsPerSecond: )\d+/g, '$11')
  .replace(/(region: asia, requestsPerSecond: \d+)/g, '$10');

describe('the document', () => {
  it('is printed alone by --json, with two blanks and a final line break', async () => {
    const { code, out, err } = await start().call(`place ${inputs} --json`);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`${JSON.stringify(JSON.parse(out), null, 2)}\n`);
    expect(clusters(out)).toEqual([['ams', 'iad', 'lhr', 'sfo', 'sin']]);
  });

  it('has equal bytes for equal inputs, in any order of apps, and apps by name', async () => {
    const there = start({ 'cart.yaml': app.replace('name: shop', 'name: cart') });
    const first = await there.call(
      `place --app app.yaml --app cart.yaml --fleet fleet.yaml --json`,
    );
    const again = await there.call(
      `place --json --fleet fleet.yaml --app cart.yaml --app app.yaml`,
    );
    expect(again.out).toBe(first.out);
    expect(parseDecision(first.out).apps.map((one) => one.app)).toEqual(['cart', 'shop']);
  });

  it('is what -o writes, with --json as without', async () => {
    const there = start();
    const shown = await there.call(`place ${inputs} --json -o a.json`);
    const quiet = await there.call(`place ${inputs} --output=b.json`);
    expect(read(there, 'a.json')).toBe(shown.out);
    expect(read(there, 'b.json')).toBe(shown.out);
    expect(quiet.err).toBe('wrote b.json\n');
    expect(quiet.out).toContain('shop   5 of 8 clusters');
  });

  it('takes its clock from the demand, or from --now', async () => {
    const there = start();
    const at = async (flags: string) =>
      parseDecision((await there.call(`place ${inputs} --json ${flags}`)).out).now;
    expect(await at('')).toBe('2026-11-21T05:30:00Z');
    expect(await at('--now 2026-11-21T05:40:00Z')).toBe('2026-11-21T05:40:00Z');
  });

  it('comes as markdown and as json by --format too', async () => {
    const there = start();
    expect((await there.call(`place ${inputs} --format markdown`)).out).toMatch(
      /^### shop: 5 of 8/,
    );
    const { out } = await there.call(`place ${inputs} --format json`);
    expect(out).toBe((await there.call(`place ${inputs} --json`)).out);
  });
});

describe('a wrong input', () => {
  it.each([
    ['a missing flag', 'place', {}, '--app: is missing'],
    [
      'a file that is not there',
      'place --app ap.yaml --fleet fleet.yaml',
      {},
      'Write app.yaml, which lies beside it.',
    ],
    ['text that is no YAML', `place ${inputs}`, { 'app.yaml': 'a: [' }, 'error app.yaml:1'],
    [
      'an unknown key',
      `place ${inputs}`,
      { 'app.yaml': app.replace('maxClusters', 'maxCluster') },
      'Write maxClusters',
    ],
    [
      'a contradiction',
      `place ${inputs}`,
      { 'app.yaml': app.replace('minClusters: 2', 'minClusters: 9') },
      'app.yaml:16 policy.constraints',
    ],
    [
      'a region nobody has',
      `place ${inputs}`,
      {
        'app.yaml': app.replace(
          '{region: europe}, clusters: {region: europe}',
          '{region: europe}, clusters: {region: erope}',
        ),
      },
      'error app.yaml:20 policy.constraints.residency[0].clusters.region',
    ],
    [
      'another kind',
      'place --app fleet.yaml --fleet app.yaml',
      {},
      'got a Fleet, expected an EdgeApp',
    ],
    ['no demand', `place ${inputs}`, { 'app.yaml': app.replace(/^demand:.*$/m, '') }, 'error'],
    [
      'an instant without a zone',
      `place ${inputs} --now 2026-11-21T05:30`,
      {},
      '--now: got "2026-11-21T05:30"',
    ],
    ['an unknown format', `place ${inputs} --format yaml`, {}, 'Use one of: text, json, markdown.'],
    [
      'a folder that is not there',
      `place ${inputs} -o no/such/lock`,
      {},
      'its folder does not exist',
    ],
  ])('%s ends with 2 and writes nothing', async (_name, line, changes, sentence) => {
    const there = start(changes);
    const { code, err } = await there.call(
      `${line} -o lock`.replace(/ -o no\S+ -o lock/, ' -o no/such/lock'),
    );
    expect(err).toContain(sentence);
    expect(err).not.toContain(there.folder);
    expect(err).not.toMatch(/^ {4}at /m);
    expect({ code, files: readdirSync(there.folder).sort() }).toEqual({
      code: 2,
      files: ['app.yaml', 'demand.yaml', 'fleet.yaml'],
    });
  });

  it('is told whole: every mistake of every document', async () => {
    const there = start({
      'app.yaml': app.replace('name: shop', 'name: Shop').replace('port: 8080', 'port: x'),
      'fleet.yaml': fleet.replace('latitude: 52.37', 'latitude: 152.37'),
    });
    const { err } = await there.call(`place ${inputs} --now noon`);
    expect(err.match(/^error \S+/gm)).toEqual([
      'error app.yaml:4',
      'error app.yaml:7',
      'error fleet.yaml:5',
      'error --now:',
    ]);
  });
});

it('an unsatisfied policy ends with 3, says which rules clash, and keeps the old lock', async () => {
  const impossible = app
    .replace('minClusters: 2', 'minClusters: 4')
    .replace('# mustNotInclude: [{provider: acme}]', 'mustNotInclude: [{region: [europe, asia]}]');
  const there = start({
    'app.yaml': impossible.replace(/ {4}residency:[\s\S]*?\n {4}#/, '    #'),
    lock: 'old',
  });
  const shown = await there.call(`place ${inputs} -o lock`);
  expect(shown.code).toBe(3);
  expect(shown.out).toContain('shop   no placement satisfies the policy');
  expect(shown.out).toContain('would do:');
  const json = await there.call(`place ${inputs} --json -o lock`);
  expect(json.code).toBe(3);
  expect(parseDecision(json.out).apps[0]?.satisfied).toBe(false);
  expect(read(there, 'lock')).toBe('old');
});

describe('a guard', () => {
  const guarded = app.replace(
    'objective:',
    'guard: {maxDroppedShare: 0.1}\n  stability: {minDwellSeconds: 0}\n  objective:',
  );
  const line = `place ${inputs} --previous lock -o next`;

  it('ends with 4 and writes nothing, until it is lifted by name', async () => {
    const there = start({ 'app.yaml': guarded });
    await there.call(`place ${inputs} -o lock`);
    there.write('demand.yaml', night);
    const stopped = await there.call(line);
    expect(stopped.code).toBe(4);
    expect(stopped.err).toContain('error shop: policy.guard.maxDroppedShare: ');
    expect(stopped.err).toContain('--allow maxDroppedShare');
    expect(readdirSync(there.folder)).not.toContain('next');
    expect((await there.call(`${line} --allow maxDroppedShre`)).err).toContain(
      'Write maxDroppedShare.',
    );
    expect((await there.call(`${line} --allow maxDroppedShare`)).code).toBe(0);
    expect(readdirSync(there.folder)).toContain('next');
  });
});

describe('a lock', () => {
  const locked = async (changes: Readonly<Record<string, string>> = {}) => {
    const there = start(changes);
    const { out } = await there.call(`place ${inputs} --json -o lock`);
    return { there, out };
  };

  it('is replayed byte for byte, without demand', async () => {
    const { there, out } = await locked();
    there.write('demand.yaml', 'gone');
    const replayed = await there.call(`place ${inputs} --locked lock --json`);
    expect(replayed).toEqual({ code: 0, out, err: '' });
  });

  it.each([
    [
      'the app',
      'app.yaml',
      app.replace('maxClusters: 5', 'maxClusters: 4'),
      'the app shop has changed',
    ],
    [
      'the fleet',
      'fleet.yaml',
      fleet.replace('usdPerHour: 0.40', 'usdPerHour: 0.41'),
      'the fleet has changed',
    ],
    [
      'its name',
      'app.yaml',
      app.replace('name: shop', 'name: cart'),
      'was decided for shop, not for cart',
    ],
  ])('is refused when %s has changed', async (_what, name, text, sentence) => {
    const { there } = await locked();
    there.write(name, text);
    const { code, out, err } = await there.call(`place ${inputs} --locked lock`);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`: ${sentence}`);
  });

  it('is refused when somebody edited it', async () => {
    const { there, out } = await locked();
    there.write('lock', out.replace('"replicas": 4', '"replicas": 40'));
    const { code, err } = await there.call(`place ${inputs} --locked lock`);
    expect(code).toBe(2);
    expect(err).toContain('the digest is not that of the decision');
  });

  it('may be checked: 0 while the clusters stay, 10 when others would be chosen', async () => {
    const { there } = await locked({
      'app.yaml': app.replace('objective:', 'stability: {minDwellSeconds: 0}\n  objective:'),
    });
    const same = await there.call(`place ${inputs} --check lock`);
    expect(same.code).toBe(0);
    expect(same.out).toMatch(/^shop {3}the same clusters as in lock/);
    there.write('demand.yaml', demand.replace('requestsPerSecond: 14}', 'requestsPerSecond: 400}'));
    const other = await there.call(`place ${inputs} --check lock`);
    expect(other.code).toBe(10);
    expect(other.out).toMatch(
      /^shop {3}would choose otherwise than lock {3}\+gru -\w+ {3}objective \d+ % lower\n/,
    );
    const json = await there.call(`place ${inputs} --check lock --json`);
    expect(json.code).toBe(10);
    expect(parseDecision(json.out).inputs.previous).toMatch(/^sha256:/);
  });

  it('is not both replayed and checked', async () => {
    const { there } = await locked();
    const { code, err } = await there.call(
      `place ${inputs} --locked lock --check lock --previous lock`,
    );
    expect(code).toBe(2);
    expect(err.match(/^error --\w+/gm)).toEqual(['error --check', 'error --previous']);
  });
});

describe('metrics', () => {
  const asking = app.replace(
    'demand: demand.yaml',
    'demand: {prometheus: {url: "http://127.0.0.1:1", query: q, retries: 0, bearerTokenEnv: TOKEN}}',
  );
  const env = { TOKEN: 'hunter2-secret' };

  it('that cannot be reached end with 1, and no secret is printed', async () => {
    const there = start({ 'app.yaml': asking });
    const { code, out, err } = await there.call(`place ${inputs}`, { env });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error demand.prometheus.url: http:\/\/127.0.0.1:1 cannot be reached/);
    const debug = await there.call(`place ${inputs}`, { env: { ...env, LITTORAL_DEBUG: '1' } });
    expect(debug.err).toContain('    at ');
    expect(err + debug.err).not.toContain('hunter2');
  });

  it('leave the previous decision in force, with a warning', async () => {
    const there = start();
    await there.call(`place ${inputs} -o lock`);
    there.write('app.yaml', asking);
    const { code, out, err } = await there.call(`place ${inputs} --previous lock --json`, { env });
    expect(code).toBe(0);
    expect(err).toContain('warning shop: http://127.0.0.1:1 cannot be reached');
    expect(err).toContain('; the previous decision stands\n');
    expect(clusters(out)).toEqual([['ams', 'iad', 'lhr', 'sfo', 'sin']]);
  });

  it('that are asked wrongly end with 2 even then', async () => {
    const there = start();
    await there.call(`place ${inputs} -o lock`);
    there.write('app.yaml', asking.replace('query: q, ', ''));
    const { code, err } = await there.call(`place ${inputs} --previous lock`, { env });
    expect(code).toBe(2);
    expect(err).toContain('demand.prometheus.query');
  });

  it('may be a recorded answer, which needs no server', async () => {
    const answer = join(__dirname, '../../examples/quickstart/prometheus.json');
    const recorded = app.replace(
      'demand: demand.yaml',
      `demand: {prometheus: {answer: ${answer}}}`,
    );
    const { code, out } = await start({ 'app.yaml': recorded }).call(`place ${inputs}`);
    expect(code).toBe(0);
    expect(out).toMatch(/^shop {3}\d of 8 clusters {3}1,281 requests\/s/);
  });
});
