/** littoral backtest: a folder of demands, a metrics server, and what it refuses. */
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from './calling';

const documents = Object.fromEntries(starter);
const inputs = '--app app.yaml --fleet fleet.yaml';
const demandAt = (at: string) =>
  (documents['demand.yaml'] ?? '').replace('2026-11-21T05:30:00Z', at);
const recorded = (): Caller =>
  caller({
    ...documents,
    'past/b.yaml': demandAt('2026-11-21T07:00:00Z'),
    'past/a.yaml': demandAt('2026-11-21T06:00:00Z'),
    'past/notes.txt': 'no demand',
  });

it('replays a folder in order of time', async () => {
  const { code, out, err } = await recorded().call(`backtest ${inputs} --demands past --json`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    instants: ['2026-11-21T06:00:00Z', '2026-11-21T07:00:00Z'],
    policy: { moves: 0, unsatisfiedShare: 0 },
    never: { moves: 0 },
  });
});

it('takes a part of a folder, and writes JSON beside the table', async () => {
  const there = recorded();
  const line = `backtest ${inputs} --demands past --from 2026-11-21T06:30:00Z -o out.json`;
  const { code, out, err } = await there.call(line);
  expect([code, err]).toEqual([0, 'wrote out.json\n']);
  expect(out).toContain('1 step from 2026-11-21T07:00:00Z');
  expect(out).toMatch(/always the best {2}/);
});

describe('with a metrics server', () => {
  let server: Server;
  let url = '';
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const asked = new URLSearchParams(body);
        const values: [number, string][] = [];
        for (let at = Number(asked.get('start')); at <= Number(asked.get('end')); at += 120) {
          values.push([at, '80']);
        }
        const result = [{ metric: { country: 'DE' }, values }];
        response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('reads every step, records it, and replays the record to the same', async () => {
    const there = caller(documents);
    const span = '--from 2026-11-21T06:00:00Z --to 2026-11-21T07:00:00Z --every 30m';
    const line = `backtest ${inputs} --prometheus ${url} --query q ${span} --record past --json`;
    const { code, out, err } = await there.call(line);
    expect([code, err]).toEqual([0, 'wrote 3 demands to past\n']);
    expect(readdirSync(join(there.folder, 'past'))).toHaveLength(3);
    const again = await there.call(`backtest ${inputs} --demands past --json`);
    expect(JSON.parse(again.out)).toEqual(JSON.parse(out));
  });
});

it.each([
  ['', 'is missing, and so is --demands', 'Add --from INSTANT'],
  ['--demands none', 'none is not there', 'Name a folder'],
  ['--demands app.yaml', 'app.yaml is no folder', 'Name a folder'],
  ['--demands past --query q', 'is for a server, and --demands is a folder', 'Leave out one'],
  ['--demands past --from 2026-12-01T00:00:00Z', 'got no Demand of that time', 'Record some'],
  [
    '--demands past --from yesterday',
    'got "yesterday", expected an instant',
    '2026-11-21T05:30:00Z',
  ],
  ['--from 2026-11-21T06:00:00Z', 'the app does not say what to ask', '--prometheus URL'],
  ['--from 2026-11-21T06:00:00Z --every 10', 'expected a duration', '10m'],
  ['--from 2026-11-21T06:00:00Z --to 2026-11-20T06:00:00Z', 'before --from', 'Swap'],
  [
    '--from 1990-01-01T00:00:00Z --every 1s --to 2026-11-20T06:00:00Z',
    'expected at most',
    'longer',
  ],
  ['--demands past --min-gain 2', 'expected numbers from 0 to 1', '0,0.05'],
])('refuses %s with what is wrong and one remedy', async (words, summary, remedy) => {
  const { code, out, err } = await recorded().call(`backtest ${inputs} ${words}`);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(summary);
  expect(err).toContain(remedy);
  expect(err).not.toMatch(/\n {4}at /);
});
