/** plan, apply, status, drift and destroy where no cluster can be reached, and where they were called wrongly. */
import { parse } from 'yaml';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from './calling';

const documents = Object.fromEntries(starter.map(([name, text]) => [name, text]));
const fleet = parse(documents['fleet.yaml'] ?? '') as { clusters: { name: string }[] };
const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'gone', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'me', user: { token: 'planted-token' } }],
  contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'me' } }],
});
const clusters = fleet.clusters.map((one) => ({
  ...one,
  access: { kubeconfig: 'gone.kubeconfig', context: 'gone' },
}));
const start = () =>
  caller({
    ...documents,
    'fleet.yaml': JSON.stringify({ ...fleet, clusters }),
    'gone.kubeconfig': kubeconfig,
  });
const inputs = '--app app.yaml --fleet fleet.yaml --answer 2';

describe('clusters that do not answer', () => {
  it('are part of the plan, which says nothing can be said about them', async () => {
    const { code, out, err } = await start().call(`plan ${inputs}`);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^shop {3}5 unreachable$/m);
    expect(out).not.toContain('planted-token');
  });

  it('fail an apply, each with its reason', async () => {
    const { code, out, err } = await start().call(`apply ${inputs} --yes`);
    expect(code).toBe(1);
    expect(out).toMatch(/^shop {3}5 unreachable$/m);
    expect(out + err).not.toContain('planted-token');
  });

  it('are shown by status, and nothing is drifted or destroyed there', async () => {
    const there = start();
    const status = await there.call(`status ${inputs}`);
    expect(status.code).toBe(5);
    expect(status.out.match(/unreachable/g)?.length).toBe(clusters.length);
    expect((await there.call(`drift ${inputs}`)).code).toBe(5);
    const destroyed = await there.call(`destroy ${inputs} --yes`);
    expect(destroyed.code).toBe(5);
    expect(destroyed.out).toContain('did not answer and may hold nothing');
  });
});

it('clusters that may not be asked are not taken for empty ones', async () => {
  const there = caller({ ...documents });
  const { code, out } = await there.call(`destroy --app app.yaml --fleet fleet.yaml --yes`);
  expect(out).toMatch(/^shop {3}8 refuses$/m);
  expect(code).toBe(5);
});

describe('mistakes', () => {
  it.each([
    ['plan --waves 0,x', '--waves: got the wave "0"'],
    ['plan --parallelism 0', '--parallelism: got "0", expected a whole number from 1'],
    ['apply --soak -1', '--soak'],
    ['status --answer soon', '--answer: got "soon", expected a number from 0.1'],
    ['destroy', '--app: is missing'],
    ['apply missing.json', 'missing.json'],
  ])('%s', async (line, says) => {
    const [name = '', ...rest] = line.split(' ');
    const given =
      name === 'destroy' || line.includes('missing') ? '' : inputs.replace(' --answer 2', '');
    const { code, err } = await start().call(`${name} ${given} ${rest.join(' ')}`);
    expect(code).toBe(2);
    expect(err).toContain(says);
  });

  it('a plan changed by hand is no plan', async () => {
    const there = start();
    await there.call(`plan ${inputs} -o plan.json`);
    const { readFileSync } = require('node:fs') as typeof import('node:fs');
    const text = readFileSync(`${there.folder}/plan.json`, 'utf8');
    there.write('plan.json', text.replace('"answerSeconds": 2', '"answerSeconds": 3'));
    const { code, err } = await there.call('apply plan.json');
    expect(code).toBe(2);
    expect(err).toContain('changed by hand');
  });
});
