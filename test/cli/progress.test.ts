/** Progress: what a terminal and a log show while few and many clusters are gone through. */
import { progressOn } from '../../providers/cli/output/progress';
import type { Session } from '../../providers/cli/output/terminal';
import type { ReleaseEvent } from '../../providers/resources/release';

function shown(env: Readonly<Record<string, string>> = {}, columns?: number) {
  const texts: string[] = [];
  const write = (text: string) => void texts.push(text);
  const stderr = { write, isTTY: columns !== undefined, ...(columns ? { columns } : {}) };
  const session = { stderr, env, remark: write } as unknown as Session;
  let milliseconds = 0;
  const clock = () => {
    milliseconds += 20;
    return milliseconds;
  };
  return { progress: progressOn(session, clock), texts };
}
const phases = ['observing', 'observed', 'applying', 'waiting', 'ready'] as const;
/** Sixteen clusters at a time, as a release does. */
function run(count: number, tell: (event: ReleaseEvent) => void, failing: readonly number[] = []) {
  for (let from = 0; from < count; from += 16) {
    const group = Array.from({ length: Math.min(16, count - from) }, (_, index) => from + index);
    for (const phase of phases) {
      for (const index of group) {
        const cluster = `edge-${index}`;
        if (phase === 'ready' && failing.includes(index)) {
          tell({ cluster, phase: 'failed', reason: 'Deployment shop/web is not ready' });
        } else tell({ cluster, phase });
      }
    }
  }
}

it('a log has a line for each phase of a few clusters', () => {
  const { progress, texts } = shown();
  progress.expect(2);
  run(2, progress.of('shop'));
  expect(texts).toEqual([
    '  edge-0  applying\n',
    '  edge-1  applying\n',
    '  edge-0  waiting\n',
    '  edge-1  waiting\n',
    '  edge-0  ready\n',
    '  edge-1  ready\n',
  ]);
});

it('a log of a thousand clusters has each that failed, and a count for every tenth', () => {
  const { progress, texts } = shown();
  progress.expect(1000);
  run(1000, progress.of('shop'), [7, 500]);
  expect(texts.filter((text) => text.includes('failed        Deployment'))).toEqual([
    '  edge-7  failed        Deployment shop/web is not ready\n',
    '  edge-500  failed        Deployment shop/web is not ready\n',
  ]);
  expect(texts.length).toBe(12);
  expect(texts.at(-1)).toBe(
    '  1,000 of 1,000 done: 0 applying\n'.replace('0 applying', '998 ready, 2 failed'),
  );
});

it('events of several apps say which', () => {
  const { progress, texts } = shown();
  const [shop, blog] = [progress.of('shop'), progress.of('blog')];
  shop({ cluster: 'fra', phase: 'applying' });
  blog({ cluster: 'fra', phase: 'applying' });
  shop({ cluster: 'fra', phase: 'ready' });
  expect(texts).toEqual([
    '  shop on fra  applying\n',
    '  blog on fra  applying\n',
    '  shop on fra  ready\n',
  ]);
});

describe.each([80, 120])('on a terminal of %d columns', (columns) => {
  const esc = String.fromCharCode(27);
  it.each([5, 1000])('%d clusters never take more than 17 rows, and no row is wider', (count) => {
    const { progress, texts } = shown({ NO_COLOR: '1' }, columns);
    progress.expect(count);
    run(count, progress.of('shop'), [3]);
    const frames = texts.map((text) =>
      text
        .replace(/^.*\[J/, '')
        .split('\n')
        .slice(0, -1),
    );
    const most = Math.max(...frames.map((rows) => rows.length));
    expect(most).toBe(count === 5 ? 5 : 17);
    expect(Math.max(...frames.flat().map((row) => row.length))).toBeLessThanOrEqual(columns);
    // Each frame takes back exactly the one before.
    for (const [index, text] of texts.entries()) {
      const up = new RegExp(`^${esc}\\[(\\d+)A`).exec(text)?.[1] ?? '0';
      expect(Number(up)).toBe(frames[index - 1]?.length ?? 0);
    }
    if (count === 1000) {
      expect(frames.at(-1)).toEqual([
        expect.stringMatching(/^ {2}edge-3 +failed +Deployment shop\/web is not ready$/),
        '  1,000 of 1,000 done: 999 ready, 1 failed',
      ]);
    }
  });
});
