/** littoral check: its exit codes, its formats, and what it refuses. */
import { starter } from '../../providers/cli/commands/starter';
import { type Caller, caller } from './calling';

const inputs = '--app app.yaml --fleet fleet.yaml';
const header = 'apiVersion: littoral.dev/v1alpha1\nkind: Promises\npromises:\n';
const withPromises = (list: string): Caller =>
  caller({ ...Object.fromEntries(starter), 'promises.yaml': `${header}${list}` });
const checked = (list: string, more = '') =>
  withPromises(list).call(`check promises.yaml ${inputs} ${more}`);

it('ends with 0 where all are kept, and says the number received', async () => {
  const { code, out, err } = await checked('  - usdPerHour: 12\n');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/kept {2}at most 12\.00 USD\/h \(4\.88 USD\/h\)\n\n {2}1 promise kept\n$/);
});

it('ends with 6 where one is broken, and says received, limit and where', async () => {
  const { code, out } = await checked('  - usdPerHour: 12\n  - latency: {milliseconds: 50}\n');
  expect(code).toBe(6);
  expect(out).toMatch(/app shop {2}83 ms {2}\(at most 50 ms\) {2}farthest: sao-paulo to iad/);
  expect(out).toContain('1 of 2 promises broken');
});

it('judges a committed decision, and refuses one of other documents', async () => {
  const there = withPromises('  - changes: 4\n');
  await there.call(`place ${inputs} -o lock.json`);
  const line = `check promises.yaml ${inputs} --decision lock.json`;
  expect((await there.call(line)).out).toContain('5 changes');
  there.write('app.yaml', (starter[0]?.[1] ?? '').replace('maxClusters: 5', 'maxClusters: 4'));
  const { code, err } = await there.call(line);
  expect(code).toBe(2);
  expect(err).toContain('lock.json');
});

it('writes JSON with every number, and Markdown that no name can break', async () => {
  const list = '  - {name: "a | b\\n<b>`c`", usdPerHour: 1}\n';
  const json = JSON.parse((await checked(list, '--json')).out);
  expect(json).toMatchObject([
    { path: 'promises[0].usdPerHour', holds: false, worst: { limit: 1, unit: 'USD/h' } },
  ]);
  const { out } = await checked(list, '--format markdown');
  expect(out.split('\n')[2]).toBe(
    '| **broken** | a \\| b \\<b\\>\\`c\\` | app shop | 4.88 USD/h | at most 1.00 USD/h |  |',
  );
});

it.each([
  ['  - {}\n', 'got no kind of promise', 'Add one of: survives'],
  ['  - {usdPerHour: 1, gap: 0}\n', 'got usdPerHour and gap', 'Write one entry'],
  ['  - survives: {}\n', 'neither lose nor each nor scale', 'survives: {each: provider}'],
  ['  - clusters: {}\n', 'neither atLeast nor atMost', 'Add atLeast: 2'],
  ['  - survives: {lose: {provider: acmee}}\n', 'provider acmee', 'Did you mean acme?'],
  ['  - {apps: [shp], usdPerHour: 1}\n', 'app shp', 'Did you mean shop?'],
  ['  - clustersPerRegion: {atLeast: 1, regions: [europ]}\n', 'region europ', 'europe?'],
  ['  - utilisation: 0.8\n', 'utilisation', 'utilization'],
  ['  - utilization: 80\n', '80', ''],
])('refuses %j with its line, what is wrong and one remedy', async (list, summary, remedy) => {
  const { code, out, err } = await checked(list);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^error promises\.yaml:4 /);
  expect(err).toContain(summary);
  expect(err).toContain(remedy);
  expect(err).not.toMatch(/\n {4}at /);
});

it('needs a file of promises', async () => {
  expect(await withPromises('').call(`check ${inputs}`)).toMatchObject({ code: 2, out: '' });
  expect((await withPromises('').call(`check none.yaml ${inputs}`)).err).toContain('none.yaml');
  expect((await withPromises('').call(`check fleet.yaml ${inputs}`)).err).toContain(
    'got a Fleet, expected a Promises',
  );
});
