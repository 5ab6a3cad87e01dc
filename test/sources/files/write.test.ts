/** Writing: a reader finds the old text or the new one, and nothing that others wrote is touched. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { writeFileAtomically } from '../../../providers/sources/files/write';
import { treeList, writeTree } from '../../../providers/sources/files/write-tree';

/** The module object itself: what the code under test calls through. */
const fs = jest.requireActual<typeof import('node:fs')>('node:fs');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function filesIn(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files
      .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')] as const)
      .filter(([path]) => path !== treeList),
  );
}
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};

describe('a file', () => {
  it('is created or replaced, keeps its mode and leaves nothing beside it', () => {
    const path = join(folder, 'lock.json');
    writeFileAtomically(path, 'one');
    chmodSync(path, 0o640);
    writeFileAtomically(path, 'two');
    expect(filesIn(folder)).toEqual({ 'lock.json': 'two' });
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('behind a link is replaced, the link stays', () => {
    put('real/lock.json', 'one');
    symlinkSync(join(folder, 'real/lock.json'), join(folder, 'lock.json'));
    writeFileAtomically(join(folder, 'lock.json'), 'two');
    expect(filesIn(folder)).toEqual({ 'real/lock.json': 'two' });
  });

  it.each([
    ['no/lock.json', /no\/lock\.json cannot be written: its folder does not exist/],
    ['file/lock.json', /a part of its path is a file/],
    ['dir', /dir cannot be written: it is a folder/],
  ])('cannot be written at %s', (path, why) => {
    put('file', '');
    mkdirSync(join(folder, 'dir'));
    expect(() => writeFileAtomically(join(folder, path), 'x')).toThrow(why);
    expect(filesIn(folder)).toEqual({ file: '' });
  });
});

describe('a tree', () => {
  const tree = () => join(folder, 'out');

  it('is written, and says what it did', () => {
    const files = { 'fra/app.yaml': 'a', 'ams/app.yaml': 'b', readme: 'c' };
    expect(writeTree(tree(), files)).toEqual({
      written: ['ams/app.yaml', 'fra/app.yaml', 'readme'],
      removed: [],
      unchanged: [],
    });
    expect(filesIn(tree())).toEqual(files);
    expect(writeTree(tree(), new Map(Object.entries(files))).unchanged).toHaveLength(3);
  });

  it('loses what is stale, with the folders that become empty, and keeps what others wrote', () => {
    writeTree(tree(), { 'fra/app.yaml': 'a', 'ams/app.yaml': 'b', 'ams/more/x': '1' });
    put('out/ams/notes.md', 'mine');
    put('out/.git/config', 'mine');
    const { removed } = writeTree(tree(), { 'sin/app.yaml': 'c' });
    expect(removed).toEqual(['ams/app.yaml', 'ams/more/x', 'fra/app.yaml']);
    expect(filesIn(tree())).toEqual({
      'sin/app.yaml': 'c',
      'ams/notes.md': 'mine',
      '.git/config': 'mine',
    });
    expect(existsSync(join(tree(), 'fra'))).toBe(false);
    expect(existsSync(join(tree(), 'ams/more'))).toBe(false);
  });

  it('does not touch files that stay the same', () => {
    writeTree(tree(), { a: '1', b: '1' });
    const before = statSync(join(tree(), 'a')).ino;
    writeTree(tree(), { a: '1', b: '2' });
    expect(statSync(join(tree(), 'a')).ino).toBe(before);
  });

  it('never overwrites a file that somebody else wrote', () => {
    put('out/app.yaml', 'mine');
    expect(() => writeTree(tree(), { 'app.yaml': 'ours', other: 'x' })).toThrow(
      /"app\.yaml" cannot be written in .*: somebody else wrote a file of that name/,
    );
    expect(filesIn(tree())).toEqual({ 'app.yaml': 'mine' });
  });

  it.each(['../x', '/etc/x', 'a/../../x', 'a//b', './a', 'a/..', 'a\\b', 'C:x', treeList, ''])(
    'never leaves its folder: %j',
    (path) => {
      expect(() => writeTree(tree(), { [path]: 'x' })).toThrow(/not a plain path below it/);
      expect(existsSync(tree())).toBe(false);
    },
  );

  it('does not follow a link out of its folder, neither to write nor to remove', () => {
    put('outside/app.yaml', 'mine');
    mkdirSync(tree());
    symlinkSync(join(folder, 'outside'), join(tree(), 'fra'));
    expect(() => writeTree(tree(), { 'fra/app.yaml': 'ours' })).toThrow(
      /a link, or a file or folder/,
    );
    writeFileSync(
      join(tree(), treeList),
      JSON.stringify({ files: ['fra/app.yaml', '../outside/app.yaml'] }),
    );
    expect(writeTree(tree(), { a: '1' }).removed).toEqual([]);
    expect(readFileSync(join(folder, 'outside/app.yaml'), 'utf8')).toBe('mine');
  });

  it('is not written where a file is, or below one', () => {
    put('taken', 'mine');
    for (const root of ['taken', 'taken/below']) {
      expect(() => writeTree(join(folder, root), { 'fra/app.yaml': 'ours' })).toThrow(
        /taken(\/below)? cannot be written: a part of its path is a file/,
      );
    }
    expect(filesIn(folder)).toEqual({ taken: 'mine' });
  });

  it('is not written where nobody may look', () => {
    const look = jest.spyOn(fs, 'lstatSync').mockImplementation(() => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    });
    try {
      expect(() => writeTree(tree(), { 'fra/app.yaml': 'ours' })).toThrow(
        /cannot be written: not permitted \(EACCES\)/,
      );
    } finally {
      look.mockRestore();
    }
  });

  it('cannot hold a file under a file', () => {
    expect(() => writeTree(tree(), { a: '1', 'a/b': '2' })).toThrow(/"a" is a file/);
  });

  it('puts the old files back, whichever step fails', () => {
    const old = { 'a/x': 'old', 'b/x': 'old', 'b/y': 'same' };
    const real = fs.renameSync;
    let steps = 0;
    for (let failing = 1; ; failing++) {
      const root = mkdtempSync(join(folder, 'f-'));
      writeTree(root, old);
      steps = 0;
      const rename = jest.spyOn(fs, 'renameSync').mockImplementation((from, to) => {
        steps++;
        if (steps === failing) throw Object.assign(new Error('disk'), { code: 'EIO' });
        real(from, to);
      });
      try {
        writeTree(root, { 'a/x': 'new', 'b/y': 'same', c: 'new' });
        break;
      } catch (error) {
        expect(String(error)).toMatch(/cannot be written: \(EIO\)/);
        expect(filesIn(root)).toEqual(old);
        expect(readdirSync(root).sort()).toEqual([treeList, 'a', 'b']);
      } finally {
        rename.mockRestore();
      }
    }
    // Two staged, the list, two aside, two in, the list: every one of them has failed once.
    expect(steps).toBe(8);
  });

  it('knows its own files again after a crash in the middle', () => {
    writeTree(tree(), { old: '1' });
    const list = JSON.parse(readFileSync(join(tree(), treeList), 'utf8'));
    writeFileSync(join(tree(), treeList), JSON.stringify({ ...list, files: ['old', 'new'] }));
    put('out/new', '2');
    expect(writeTree(tree(), { new: '3' })).toMatchObject({ written: ['new'], removed: ['old'] });
  });

  it('with a list that is damaged changes nothing', () => {
    writeTree(tree(), { a: '1' });
    writeFileSync(join(tree(), treeList), '<<<<<<< HEAD');
    expect(() => writeTree(tree(), { b: '1' })).toThrow(/is not the list that was written there/);
    expect(filesIn(tree())).toEqual({ a: '1' });
  });

  it('holds exactly the files of the last time, whatever came before', () => {
    const step = fc.dictionary(
      fc.constantFrom('a', 'b/x', 'b/y', 'c/d/e'),
      fc.constantFrom('1', '2'),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), (steps) => {
        const root = mkdtempSync(join(folder, 'p-'));
        for (const files of steps) {
          writeTree(root, files);
          expect(filesIn(root)).toEqual(files);
        }
      }),
      { numRuns: 40 },
    );
  });
});
