/** littoral access: the least role, one folder per cluster, and the page that shows it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { caller } from './calling';

const page = readFileSync(join(__dirname, '../../docs/access.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );
const [init = '', , access = ''] = blocks('sh').join('').trim().split('\n');
const words = (line: string) => line.split(' ').slice(1).join(' ');

describe('littoral access', () => {
  it('runs as its page shows it, and writes the same files again', async () => {
    const there = caller();
    expect((await there.call(words(init))).code).toBe(0);
    const inside = words(access).replaceAll(/\b(app|fleet)\.yaml/g, 'shop/$1.yaml');
    const first = await there.call(inside);
    expect(first).toMatchObject({ code: 0, err: '' });
    const clusters = readdirSync(join(there.folder, 'rights')).filter(
      (name) => !name.startsWith('.'),
    );
    const { clusters: all } = parse(readFileSync(join(there.folder, 'shop/fleet.yaml'), 'utf8'));
    expect(clusters).toEqual(all.map(({ name }: { readonly name: string }) => name).sort());
    expect(readdirSync(join(there.folder, 'rights', clusters[0]!))).toEqual([
      '00-namespace-littoral.yaml',
      '00-namespace-shop.yaml',
      '15-serviceaccount-littoral.yaml',
      '16-clusterrole-littoral.yaml',
      '16-role-littoral.yaml',
      '17-clusterrolebinding-littoral.yaml',
      '17-rolebinding-littoral.yaml',
    ]);
    expect((await there.call(inside)).out).toMatch(/0 files written, \d+ unchanged, 0 removed/);
    expect(existsSync(join(there.folder, 'shop/shop.lock.json'))).toBe(false);
  });

  it('gives rights only where a decision runs the app, to the user that is named', async () => {
    const there = caller();
    await there.call(words(init));
    const documents = '--app shop/app.yaml --fleet shop/fleet.yaml';
    expect((await there.call(`place ${documents} -o lock.json`)).code).toBe(0);
    const line = `access -o rights ${documents} --decision lock.json --user littoral@example.com`;
    expect((await there.call(line)).code).toBe(0);
    const { apps } = JSON.parse(readFileSync(join(there.folder, 'lock.json'), 'utf8'));
    const chosen = apps[0].clusters.map(({ name }: { readonly name: string }) => name).sort();
    const written = readdirSync(join(there.folder, 'rights')).filter(
      (name) => !name.startsWith('.'),
    );
    expect(written).toEqual(chosen);
    const file = join(there.folder, 'rights', chosen[0], '17-rolebinding-littoral.yaml');
    expect(parse(readFileSync(file, 'utf8')).subjects).toEqual([
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'littoral@example.com' },
    ]);
  });

  it.each([
    ['', /-o: is missing/],
    ['-o rights --user ana --service-account a/b', /--user: is given beside --service-account/],
    ['-o rights --service-account littoral', /got "littoral", expected NAMESPACE\/NAME/],
    ['-o rights', /--app: is missing/],
  ])('refuses %j', async (line, says) => {
    const { code, err } = await caller().call(`access ${line}`);
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });

  it('shows documents that parse', async () => {
    const there = caller();
    await there.call(words(init));
    const [app = '', fleet = ''] = blocks('yaml');
    const add = (file: string, text: string) =>
      there.write(file, `${readFileSync(join(there.folder, file), 'utf8')}\n${text}`);
    add('shop/app.yaml', `${app}team: data\n`);
    add('shop/fleet.yaml', fleet.replace('kind: Fleet\n', ''));
    const { code, err } = await there.call(
      'access -o rights --app shop/app.yaml --fleet shop/fleet.yaml',
    );
    expect([code, err]).toEqual([0, '']);
    expect(readdirSync(join(there.folder, 'rights/fra'))).toContain('16-role-littoral.yaml');
    const role = readFileSync(join(there.folder, 'rights/fra/16-role-littoral.yaml'), 'utf8');
    expect(role).toContain('shop-operator');
    expect(role).not.toContain('escalate');
  });
});
