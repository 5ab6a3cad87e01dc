/** littoral report: what it needs, what it refuses, and that --report of other commands writes the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from './calling';

const documents = Object.fromEntries(starter.map(([name, text]) => [name, text]));
const inputs = '--app app.yaml --fleet fleet.yaml';
const read = ({ folder }: Caller, name: string) => readFileSync(join(folder, name), 'utf8');

async function placed(): Promise<Caller> {
  const there = caller(documents);
  await there.call(`place ${inputs} -o lock.json`);
  return there;
}

it('writes the page that place writes too', async () => {
  const there = await placed();
  const { code, err } = await there.call(`report lock.json ${inputs} -o a.html`);
  expect({ code, err }).toEqual({ code: 0, err: 'wrote a.html\n' });
  await there.call(`place ${inputs} --report b.html`);
  expect(read(there, 'b.html')).toBe(read(there, 'a.html'));
});

it('writes a page for a lock that is replayed', async () => {
  const there = await placed();
  const { code } = await there.call(`place ${inputs} --locked lock.json --report c.html`);
  expect(code).toBe(0);
  expect(read(there, 'c.html')).toContain('There are no what-ifs: nothing says where');
});

it('writes a page also when no placement is legal, with the reason', async () => {
  const there = caller({
    ...documents,
    'app.yaml': (documents['app.yaml'] ?? '').replace(
      'minClusters: 2',
      'minClusters: 2\n    latency: {milliseconds: 1, share: 0.99}',
    ),
  });
  const { code } = await there.call(`place ${inputs} --report d.html`);
  expect(code).toBe(3);
  expect(read(there, 'd.html')).toContain('no placement satisfies the policy');
});

it.each([
  ['report', 'DECISION.json is missing', 'Name the decision to report.'],
  ['report lock.json', '--output is missing', 'Add -o FILE.html.'],
  ['report lock.json --app app.yaml -o x.html', '--fleet is missing', 'Add --fleet FLEET.yaml.'],
  ['report gone.json -o x.html', 'gone.json', ''],
  [`report lock.json ${inputs} -o none/there/x.html`, 'x.html', ''],
])('refuses %s with what is wrong and one remedy', async (line, summary, remedy) => {
  const { code, out, err } = await (await placed()).call(line);
  expect(out).toBe('');
  expect([1, 2]).toContain(code);
  expect(err.replace(/[:]/g, '')).toContain(summary);
  expect(err).toContain(remedy);
  expect(err).not.toMatch(/\n {4}at /);
});
