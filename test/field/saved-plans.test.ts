/** A saved plan does what was reviewed and nothing else, also where what changed since is never shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from '../cli/calling';

const documents = Object.fromEntries(starter);
const { clusters } = parse(documents['fleet.yaml'] ?? '') as { clusters: object[] };
const fleet = {
  apiVersion: 'littoral.dev/v1alpha1',
  kind: 'Fleet',
  clusters: clusters.map((one) => ({ ...one, access: { kubeconfig: 'gone', context: 'gone' } })),
};
const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'gone', cluster: { server: 'http://127.0.0.1:9' } }],
  users: [{ name: 'me', user: { token: 'planted-token' } }],
  contexts: [{ name: 'gone', context: { cluster: 'gone', user: 'me' } }],
  'current-context': 'gone',
};
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (name: string, content: object) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'shop' },
  ...content,
});
const {
  workload: _,
  network: __,
  ...rest
} = parse(documents['app.yaml'] ?? '') as Record<string, unknown>;
const app = {
  ...rest,
  manifests: ['objects.yaml'],
  scaling: [
    {
      component: 'web',
      requestsPerSecondPerReplica: 50,
      resources: { cpuMillicores: 100, memoryMebibytes: 64 },
    },
  ],
};
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'web:1' }],
      },
    },
  },
};
const settings = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop' },
  data: { color: 'blue' },
};
const written = (...objects: readonly object[]) =>
  [web, ...objects].map((one) => JSON.stringify(one)).join('\n---\n');
const plan = 'plan --app app.yaml --fleet fleet.yaml --answer 2';

function start(...objects: readonly object[]) {
  const there = caller({
    ...documents,
    'app.yaml': JSON.stringify(app),
    'fleet.yaml': JSON.stringify(fleet),
    gone: JSON.stringify(kubeconfig),
    'objects.yaml': written(...objects),
  });
  const read = (name: string) => readFileSync(join(there.folder, name), 'utf8');
  return { ...there, read };
}

describe('a saved plan', () => {
  it.each([
    [
      'of one key',
      [secret('keys', { data: { pin: base64('1234') } })],
      [secret('keys', { data: { pin: base64('4321') } })],
    ],
    [
      'as plain text',
      [secret('keys', { stringData: { pin: '1234' } })],
      [secret('keys', { stringData: { pin: '4321' } })],
    ],
    [
      'of the last of several',
      [secret('keys', { stringData: { pin: '1' } }), secret('more', { stringData: { pin: '2' } })],
      [secret('keys', { stringData: { pin: '1' } }), secret('more', { stringData: { pin: '3' } })],
    ],
    [
      'between two keys',
      [secret('keys', { stringData: { user: 'a', word: 'b' } })],
      [secret('keys', { stringData: { user: 'b', word: 'a' } })],
    ],
    [
      'between two Secrets',
      [secret('keys', { stringData: { pin: '1' } }), secret('more', { stringData: { pin: '2' } })],
      [secret('keys', { stringData: { pin: '2' } }), secret('more', { stringData: { pin: '1' } })],
    ],
    [
      'to nothing',
      [secret('keys', { stringData: { pin: '1234' } })],
      [secret('keys', { stringData: { pin: '' } })],
    ],
  ])('is refused when values of Secrets changed: %s', async (_, before, after) => {
    const there = start(settings, ...before);
    const made = await there.call(`${plan} -o plan.json`);
    expect(made.err).toBe('wrote plan.json\n');
    there.write('objects.yaml', written(settings, ...after));
    const { code, out, err } = await there.call('apply plan.json');
    expect(err).toContain('shop: values of its Secrets changed since it was planned');
    expect(err).toContain('Plan again, and review what is different.');
    expect(code).toBe(4);
    expect(out + err).not.toMatch(/1234|4321/);
  });

  it('holds while the values are the same, however they are written', async () => {
    const there = start(secret('keys', { stringData: { user: 'me', pin: '1234' } }));
    await there.call(`${plan} -o plan.json`);
    const encoded = { pin: base64('1234'), user: base64('me') };
    there.write('objects.yaml', written(secret('keys', { data: encoded })));
    const { out, err } = await there.call('apply plan.json');
    expect(err).not.toContain('changed since');
    expect(out).toMatch(/^shop {3}\d unreachable$/m);
  });

  it('keeps one digest for all values of a release, by another salt each time', async () => {
    const there = start(
      secret('keys', { stringData: { pin: '1234' } }),
      secret('more', { stringData: { pin: '9876' } }),
    );
    const shown = await there.call(`${plan} -o first.json`);
    const again = await there.call(`${plan} -o second.json`);
    const [first, second] = ['first.json', 'second.json'].map((name) =>
      JSON.parse(there.read(name)),
    );
    expect(again.out).toBe(shown.out);
    expect(Object.keys(first.secrets)).toEqual(['shop']);
    expect(first.secrets.shop.salt).not.toBe(second.secrets.shop.salt);
    expect(first.secrets.shop.digest).not.toBe(second.secrets.shop.digest);
    expect({ ...first, secrets: null }).toEqual({ ...second, secrets: null });
    const text = there.read('first.json');
    for (const value of ['1234', '9876']) {
      expect(text).not.toContain(`"${value}"`);
      expect(text).not.toContain(base64(value));
    }
  });

  it.each([
    ['no Secret', [settings]],
    ['only a Secret without values', [settings, secret('keys', { type: 'Opaque' })]],
  ])('keeps no such digest where there is %s', async (_, objects) => {
    const there = start(...objects);
    await there.call(`${plan} -o plan.json`);
    expect(JSON.parse(there.read('plan.json'))).not.toHaveProperty('secrets');
    expect((await there.call('apply plan.json')).err).not.toContain('changed since');
  });

  it('is refused when its digest of the values was taken out or altered', async () => {
    const there = start(secret('keys', { stringData: { pin: '1234' } }));
    await there.call(`${plan} -o plan.json`);
    const { secrets, ...others } = JSON.parse(there.read('plan.json'));
    const other = { shop: { ...secrets.shop, salt: base64('of somebody else') } };
    for (const altered of [others, { ...others, secrets: other }]) {
      there.write('plan.json', JSON.stringify(altered));
      expect((await there.call('apply plan.json')).code).toBe(4);
    }
  });
});
