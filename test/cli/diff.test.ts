/** littoral diff, as people call it. */
import { starter } from '../../providers/cli/commands/starter';
import { caller } from './calling';

const files = Object.fromEntries(starter);
const inputs = '--app app.yaml --fleet fleet.yaml';

describe('diff', () => {
  it('says which clusters come and go, and ends with 10; with 0 where nothing differs', async () => {
    const there = caller(files);
    expect((await there.call(`place ${inputs} -o a.json`)).code).toBe(0);
    there.write('app.yaml', (files['app.yaml'] ?? '').replace('maxClusters: 5', 'maxClusters: 3'));
    expect((await there.call(`place ${inputs} -o b.json`)).code).toBe(0);

    const { code, out, err } = await there.call('diff a.json b.json');
    expect({ code, err }).toEqual({ code: 10, err: '' });
    expect(out).toMatch(
      /^shop {3}5 -> 3 clusters {3}mean \d+ -> \d+ ms, p95 \d+(?: -> \d+)? ms {3}\S+ -> \S+ USD\/h {3}objective \+/,
    );
    expect(out.match(/^ {2}- /gm)).toHaveLength(2);
    expect(out).toMatch(/^ {2}\d+ of 11 origins served otherwise: /m);

    expect(await there.call('diff a.json a.json')).toEqual({
      code: 0,
      out: '1 app the same in both\n',
      err: '',
    });
    const json = await there.call('diff a.json b.json --json');
    expect(JSON.parse(json.out)).toMatchObject([{ app: 'shop', before: { clusters: 5 } }]);
  });

  it('does not praise the latency of an app that has lost its place', async () => {
    const there = caller(files);
    expect((await there.call(`place ${inputs} -o a.json`)).code).toBe(0);
    const app = files['app.yaml'] ?? '';
    there.write('app.yaml', app.replace('# budget: {usdPerHour: 5}', 'budget: {usdPerHour: 0.01}'));
    const { code, out } = await there.call(`place ${inputs} --json`);
    expect(code).toBe(3);
    there.write('b.json', out);
    const lost = await there.call('diff a.json b.json');
    expect(lost.code).toBe(10);
    expect(lost.out).toMatch(
      /^shop {3}no placement satisfies its policy any more; it had 5 clusters\n {2}- /,
    );
    const found = await there.call('diff b.json a.json');
    expect(found.out).toMatch(/^shop {3}5 clusters; before, no placement satisfied its policy\n/);
    expect((await there.call('diff b.json b.json')).code).toBe(0);
  });

  it('says what is missing or wrong', async () => {
    const there = caller({ ...files, 'no.json': '{"kind": "Fleet"}' });
    const one = await there.call('diff a.json');
    expect(one.code).toBe(2);
    expect(one.err).toContain('AFTER: is missing');
    const wrong = await there.call('diff no.json no.json');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('expected a PlacementDecision');
  });
});
