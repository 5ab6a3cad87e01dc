/** What a decision looks like in a terminal and in a pull request. */

import { driftOf } from '../../../constructs/policy/lock';
import { cells } from '../../../providers/cli/output/layout';
import { decisionText } from '../../../providers/cli/output/print/decision';
import { driftText } from '../../../providers/cli/output/print/drift';
import { decisionMarkdown } from '../../../providers/cli/output/print/markdown';
import { paintFor, plain } from '../../../providers/cli/output/terminal';
import { app, cluster, decision, moving, stuck } from '../decisions';

const text = (width: number, ...apps: readonly Parameters<typeof app>[1][]) =>
  decisionText(decision(apps.map((one) => ({ ...app('shop'), ...one }))), {
    paint: plain,
    width,
    fleetSize: 34,
  });

it('shows a move as a headline, a row per cluster, the rest by rule, and the warning', () => {
  expect(text(120, moving)).toBe(`\
shop   3 of 34 clusters   833 requests/s   mean 61 -> 38 ms, p95 150 -> 81 ms   4.10 USD/h (+0.62)
  within 0.4 % of the proven bound

  fra  ▇▇▇▇▇▇▇▇▇▇▇▇  412/s  9 replicas  kept     serves 23 origins, berlin first; residency europe needs it
  iad  ▇▇▇▇▇▇▇▇▇     301/s  7 replicas  kept     serves 18 origins, new-york first
  sin  ▇▇▇           120/s  3 replicas  added    mean latency of its origins 188 -> 41 ms
  ams                                   dropped  would serve 12.2 requests/s, policy asks for 20

  not chosen: 7   (littoral explain eze says more)
  spread     1  eze: provider aws already has 2
  objective  6  arn: the objective would be 12 higher with it; also ath, bog, bom, cgk, cpt

  warning the demand is 2 hours old and was valid for 30 minutes
`);
});

it('fits 80 columns by wrapping reasons', () => {
  const lines = text(80, moving).split('\n');
  expect(lines.filter((line) => cells(line) > 80)).toEqual([]);
  expect(lines).toContain(
    '  fra  ▇▇▇▇▇▇▇▇  412/s  9 replicas  kept     serves 23 origins, berlin first;',
  );
});

it('shows a conflict with the nearest relaxation of each rule', () => {
  expect(text(100, stuck)).toBe(`\
cart   no placement satisfies the policy

  minClusters 4 and mustNotInclude region asia cannot both hold: 3 clusters remain

  policy.constraints.minClusters  at least 4 clusters
    would do: minClusters 3

  policy.constraints.mustNotInclude[0]  no cluster in region asia
    would do: remove it
`);
});

it('leaves out what nobody measured or priced', () => {
  const fixed = app('static', { clusters: [cluster('fra', 0, 1, 'added', 'named by the policy')] });
  expect(text(100, fixed)).toBe(`\
static   1 of 34 clusters   proved optimal

  fra  1 replica  added  named by the policy
`);
});

it('sums up several apps', () => {
  const both = text(100, moving, stuck);
  expect(both).toContain('all 2 apps   1 not satisfied   4.10 USD/h\n');
});

it('names the limits that cost most', () => {
  const prices = ['a', 'b', 'c', 'd'].map((name, index) => {
    return { cluster: name, resource: 'pods', saves: index + 1 };
  });
  const lines = decisionText(decision([moving], { prices }), { paint: plain, width: 100 });
  expect(lines.match(/at its limit (\w)/g)).toEqual([
    'at its limit d',
    'at its limit c',
    'at its limit b',
  ]);
});

it.each([1, 60])('lines up with %d clusters', (count) => {
  const names = Array.from({ length: count }, (_, index) => `c${index}`);
  const clusters = names.map((name, index) => cluster(name, 10 ** (index % 5), 1, 'kept', 'r'));
  const rows = text(100, app('x', { clusters }))
    .split('\n')
    .filter((line) => line.includes('replica'));
  expect(rows).toHaveLength(count);
  expect(new Set(rows.map((row) => row.indexOf('kept'))).size).toBe(1);
});

it('is as wide in colour as without', () => {
  const view = { width: 80, fleetSize: 34 };
  const coloured = decisionText(decision([moving]), {
    ...view,
    paint: paintFor({ write: () => true, isTTY: true }, {}),
  });
  const bare = decisionText(decision([moving]), { ...view, paint: plain });
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  expect(coloured).not.toBe(bare);
  expect(coloured.replace(escapes, '')).toBe(bare);
});

describe('markdown', () => {
  it('has a table of clusters, folds the rest away and escapes what users wrote', () => {
    const markdown = decisionMarkdown(
      decision([{ ...moving, clusters: [cluster('a|b', 5, 1, 'added', 'serves <b>*x*</b>')] }]),
      34,
    );
    expect(markdown).toContain('### shop: 1 of 34 clusters, +a\\|b −ams\n');
    expect(markdown).toContain(
      '| **a\\|b** | added | 5.00 | 100 % | 1 | serves \\<b\\>\\*x\\*\\</b\\> |',
    );
    expect(markdown).toContain('| ~~ams~~ | dropped |');
    expect(markdown).toContain('<details><summary>7 not chosen</summary>\n\n| cluster |');
    expect(markdown).toContain('> [!WARNING]\n> - the demand is 2 hours old');
    expect(markdown).toContain('<sub>decision `sha256:0123456789ab`');
  });

  it('shows a conflict as a table', () => {
    expect(decisionMarkdown(decision([stuck]))).toContain(
      '| `policy.constraints.minClusters` | at least 4 clusters | minClusters 3 |',
    );
  });
});

describe('drift', () => {
  const before = decision([
    { ...moving, clusters: [cluster('fra', 1, 1, 'kept', ''), cluster('ams', 1, 1, 'kept', '')] },
  ]);

  it('names clusters that would come and go, and the gain', () => {
    const drift = driftOf(before, decision([moving]));
    expect(drift).toEqual([
      { app: 'shop', added: ['iad', 'sin'], dropped: ['ams'], satisfied: true, gain: 0.2 },
    ]);
    expect(driftText(drift, before, decision([moving]), 'l.json', { paint: plain })).toContain(
      'shop   would choose otherwise than l.json   +iad +sin -ams   objective 20 % lower\n',
    );
  });

  it('is silent about equal clusters', () => {
    const same = driftOf(decision([moving]), decision([moving]));
    expect(driftText(same, before, decision([moving]), 'l.json', { paint: plain })).toBe(
      'shop   the same clusters as in l.json   mean 61 -> 38 ms, p95 150 -> 81 ms\n',
    );
  });
});
