/** Pages are read as steps, run, compared and written anew. */
import { agrees, replay, rewritten, stepsOf, wordsOf } from './consoles';

const page = [
  'Before.',
  '```console',
  '$ littoral place \\',
  '    --app shop.yaml',
  'shop   5 of 34',
  '',
  '  fra',
  '$ echo $?',
  '0',
  '```',
  'Between.',
  '```sh',
  '$ not read',
  '```',
  '```console',
  '$ npm ci',
  '```',
  '',
].join('\n');

describe('a page', () => {
  it('has the steps of its console blocks, and of no other', () => {
    expect(stepsOf(page)).toEqual([
      { command: 'littoral place \\\n    --app shop.yaml', output: 'shop   5 of 34\n\n  fra' },
      { command: 'echo $?', output: '0' },
      { command: 'npm ci', output: '' },
    ]);
  });

  it('stays the same when rewritten with what it already says', () => {
    expect(rewritten(page, [])).toBe(page);
    expect(
      rewritten(
        page,
        stepsOf(page).map(({ output }) => output),
      ),
    ).toBe(page);
  });

  it('takes new output without losing the rest', () => {
    const changed = rewritten(page, ['one\ntwo', '3', undefined]);
    expect(changed).toContain('--app shop.yaml\none\ntwo\n$ echo $?\n3\n```\nBetween.');
    expect(rewritten(changed, ['shop   5 of 34\n\n  fra', '0'])).toBe(page);
  });

  it('is replayed: what is declined stays undefined, and echo $? prints the last exit code', async () => {
    const seen: (readonly string[])[] = [];
    const outputs = await replay(stepsOf(page), (words) => {
      if (words[0] !== 'littoral') return undefined;
      seen.push(words);
      return Promise.resolve({ output: 'printed \n\n', exitCode: 3 });
    });
    expect(seen).toEqual([['littoral', 'place', '--app', 'shop.yaml']]);
    expect(outputs).toEqual(['printed', '3', undefined]);
  });
});

describe('words', () => {
  it('are separated by spaces that no quotes protect', () => {
    expect(wordsOf(`littoral demand --query 'sum by (geohash) (x)' "a b"  c`)).toEqual([
      'littoral',
      'demand',
      '--query',
      'sum by (geohash) (x)',
      'a b',
      'c',
    ]);
  });
});

describe('output', () => {
  it('agrees when it is equal, or when ... stands for what is left out', () => {
    expect(agrees('a\nb', 'a\nb')).toBe(true);
    expect(agrees('a\nb', 'a\nc')).toBe(false);
    expect(agrees('a (1)\n...\nz', 'a (1)\nb\nc\nz')).toBe(true);
    expect(agrees('a\n...\nz', 'b\nz')).toBe(false);
  });
});
