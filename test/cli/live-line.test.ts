/** The live line: only on a terminal, only after a second, never wider than it, and gone in the end. */
import { liveLine } from '../../providers/cli/output/live-line';
import type { Session } from '../../providers/cli/output/terminal';

function lineOn(stream: { isTTY: boolean; columns?: number }, env: Session['env'] = {}) {
  const written: string[] = [];
  let time = 0;
  const session = {
    stderr: { write: () => true, ...stream },
    env,
    remark: (text: string) => void written.push(text),
  } as unknown as Session;
  const line = liveLine(session, () => time);
  const after = (milliseconds: number) => {
    time += milliseconds;
  };
  return { line, written, after };
}

it('says nothing in the first second, then a frame at most every tenth of one, and clears', () => {
  const { line, written, after } = lineOn({ isTTY: true });
  line.show(() => 'too soon');
  after(1000);
  line.show(() => 'one');
  line.show(() => 'at the same time');
  after(100);
  line.show(() => 'two');
  line.end();
  line.end();
  expect(written).toEqual(['\r\u001b[Kone', '\r\u001b[Ktwo', '\r\u001b[K']);
});

it.each([
  ['a pipe', { isTTY: false }, {}],
  ['CI', { isTTY: true }, { CI: 'true' }],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
])('is silent on %s', (_name, stream, env) => {
  const { line, written, after } = lineOn(stream, env);
  after(5000);
  line.show(() => 'anything');
  line.end();
  expect(written).toEqual([]);
});

it('is cut to the width, and no name in it moves the cursor', () => {
  const { line, written, after } = lineOn({ isTTY: true, columns: 40 });
  after(2000);
  line.show(() => `\u001b[2J${'x'.repeat(80)}`);
  expect(written[0]).toBe(`\r\u001b[K\\u001b[2J${'x'.repeat(27)}...`);
});
