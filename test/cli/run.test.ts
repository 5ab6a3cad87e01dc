/** One call of the CLI from its words to its exit code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeError, type EdgeErrorCode } from '../../constructs/parsing/errors';
import { commands } from '../../providers/cli/commands';
import { exitCodeOf } from '../../providers/cli/output/exit';
import { printBug, printErrors } from '../../providers/cli/output/print';
import { paintFor, plain, widthOf } from '../../providers/cli/output/terminal';
import { caller } from './calling';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8'));

describe('before a command', () => {
  it('says the version', async () => {
    expect(await caller().call('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('shows all commands without words, with help and with --help', async () => {
    const { call } = caller();
    const { code, out } = await call('');
    expect(code).toBe(0);
    const width = Math.max(...commands.map(({ name }) => name.length));
    for (const { name, summary } of commands) {
      expect(out).toContain(`  ${name.padEnd(width)}  ${summary}\n`);
    }
    expect((await call('help')).out).toBe(out);
    expect((await call('--help')).out).toBe(out);
  });

  it('names the nearest command', async () => {
    const { code, out, err } = await caller().call('plase --app x');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      'error plase: there is no such command\n  Write littoral place, or see littoral help for all commands.\n',
    );
  });
});

describe.each(commands.map(({ name, load }) => [name, load] as const))(
  'help of %s',
  (name, load) => {
    it('mentions every flag and gives an example that calls it', async () => {
      const { code, out } = await caller().call(`${name} --help`);
      const command = load();
      expect(code).toBe(0);
      for (const flag of Object.keys(command.flags)) expect(out).toContain(`--${flag}`);
      expect(command.examples.some(([line]) => line.startsWith(`littoral ${name}`))).toBe(true);
      expect((await caller().call(`help ${name}`)).out).toBe(out);
    });

    it('fits 80 columns where words allow', async () => {
      const { out } = await caller().call(`${name} --help`, { columns: 80 });
      const prose = out.slice(0, out.indexOf('Examples\n')).split('\n');
      expect(prose.filter((line) => line.length > 80)).toEqual([]);
    });

    it('refuses an unknown flag and writes nothing', async () => {
      const { call, folder } = caller();
      const { code, out } = await call(`${name} --no-such-flag`);
      expect({ code, out, files: readdirSync(folder) }).toEqual({ code: 2, out: '', files: [] });
    });
  },
);

describe('errors', () => {
  const error = (code: EdgeErrorCode, more: object = {}) =>
    new EdgeError({ code, path: '', summary: 's', remedy: 'r', ...more });

  it.each([
    ['a wrong document', [error('InvalidDocument')], 2],
    ['a missing file', [error('SourceFailed', { cause: { code: 'ENOENT' } })], 2],
    ['a dead server', [error('SourceFailed', { path: 'demand.prometheus' })], 1],
    ['an address nobody answers', [error('SourceFailed', { path: 'demand.prometheus.url' })], 1],
    ['an address that is none', [error('InvalidDocument', { path: 'demand.prometheus.url' })], 2],
    ['a wrong query', [error('SourceFailed', { path: 'demand.prometheus.query' })], 2],
    ['a full disk', [error('SourceFailed', { cause: { code: 'ENOSPC' } })], 1],
    ['a missing package', [error('MissingPackage')], 1],
    ['a guard', [error('GuardStopped')], 4],
    ['no demand', [error('NoDemand')], 2],
    ['a dead server and a mistake', [error('MissingPackage'), error('Duplicate')], 2],
  ])('%s ends with its own exit code', (_name, errors, code) => {
    expect(exitCodeOf(errors)).toBe(code);
  });

  it('are two lines each, with the file near, the line and the path', () => {
    const errors = [
      error('UnknownKey', { file: '/home/ada/app.yaml', line: 3, path: 'policy.x' }),
      error('SourceFailed', { summary: '/home/ada/f.yaml does not exist' }),
    ];
    expect(printErrors(errors, { cwd: '/home/ada' })).toBe(
      'error app.yaml:3 policy.x: s\n  r\nerror f.yaml does not exist\n  r\n',
    );
  });

  it('have nothing in them that a terminal would obey, whatever a file is called', () => {
    const path = 'red\u001b[31m\nline\u009b';
    const errors = [
      error('SourceFailed', { file: `/x/${path}`, path, summary: path, remedy: path }),
    ];
    const shown = 'red\\u001b[31m\\u000aline\\u009b';
    expect(printErrors(errors, { cwd: '/x' })).toBe(
      `error ${shown} ${shown}: ${shown}\n  ${shown}\n`,
    );
  });

  it('show a stack only when asked', () => {
    const wrong = error('Duplicate', { cause: new Error('inner') });
    expect(printErrors([wrong])).not.toContain('    at ');
    expect(printErrors([wrong], { debug: true })).toMatch(/ {4}at [\s\S]*caused by Error: inner/);
    expect(printBug(new TypeError('x is not a function\nmore'), plain, false)).toBe(
      'error littoral failed; this is a bug and not your mistake: TypeError: x is not a function\n' +
        '  Run it again with LITTORAL_DEBUG=1 and report what it prints, with the files it was given.\n',
    );
  });
});

describe('colours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: false }, {}, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: false }, { FORCE_COLOR: '1' }, true],
    [{ isTTY: true }, { FORCE_COLOR: '0' }, false],
    [{ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
  ])('%j with %j: %s', (stream, env, coloured) => {
    const paint = paintFor({ write: () => true, ...stream }, env);
    expect(paint('red', 'x') !== 'x').toBe(coloured);
  });

  it('reach help only on a terminal', async () => {
    const code = String.fromCharCode(27);
    expect((await caller().call('help')).out).not.toContain(code);
    expect((await caller().call('help', { isTTY: true })).out).toContain(code);
    expect(
      (await caller().call('help', { isTTY: true, env: { NO_COLOR: '1' } })).out,
    ).not.toContain(code);
  });
});

it('writes as wide as the terminal, as COLUMNS, or 100', () => {
  const stream = (columns?: number) => ({ write: () => true, ...(columns ? { columns } : {}) });
  expect(widthOf(stream(120), {})).toBe(120);
  expect(widthOf(stream(), { COLUMNS: '72' })).toBe(72);
  expect(widthOf(stream(), { COLUMNS: 'wide' })).toBe(100);
  expect(widthOf(stream(8), {})).toBe(40);
});

it('names of others cannot wipe, move or turn around what a terminal shows; a pipe gets every byte', async () => {
  const name = 'a\u001b[2Jb\u202ec\u009bd';
  const head = (kind: string) => `apiVersion: littoral.dev/v1alpha1\nkind: ${kind}\n`;
  const place = '{latitude: 50, longitude: 8';
  const origin = `${place}, requestsPerSecond: 9, name: ${JSON.stringify(name)}}`;
  const there = caller({
    'fleet.yaml': `${head('Fleet')}clusters: [${place}, name: fra, region: europe, country: DE}]`,
    'app.yaml': `${head('EdgeApp')}name: shop\nmanifests: [a.yaml]\npolicy: {constraints: {minClusters: 1}}`,
    'demand.yaml': `${head('Demand')}observedAt: 2026-11-21T05:30:00Z\norigins: [${origin}]`,
  });
  const line = 'place --app app.yaml --fleet fleet.yaml --demand demand.yaml';
  const shown = await there.call(line, { isTTY: true, columns: 160 });
  expect(shown.code).toBe(0);
  expect(shown.out).toContain('a\\u001b[2Jb\\u202ec\\u009bd');
  expect(shown.out).toContain('\u001b[1mshop\u001b[22m');
  expect((await there.call(line)).out).toContain(name);
});
