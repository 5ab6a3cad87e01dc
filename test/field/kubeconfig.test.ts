/** Kubeconfigs: several files are read as kubectl reads them, and what is wrong with one entry is said of that entry. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readTrust } from '../../providers/clusters/auth/credentials';
import { readContext } from '../../providers/clusters/auth/kubeconfig';
import { loadKubeconfig } from '../../providers/clusters/auth/kubeconfig-files';
import { contextsIn } from '../../providers/sources/fleet/contexts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-kubeconfigs-'));
  const file = (name: string, text: string) => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  file(
    'a',
    `current-context: two
contexts:
- {name: one, context: {cluster: c1, user: u1}}
- {name: two, context: {cluster: c2, user: u2}}
clusters:
- {name: c1, cluster: {server: https://a.example, certificate-authority: ca.pem}}
`,
  );
  file(
    'sub/b',
    `current-context: three
contexts:
- {name: two, context: {cluster: other, user: other}}
- {name: three, context: {cluster: c2, user: u2}}
clusters:
- {name: c1, cluster: {server: https://b.example, insecure-skip-tls-verify: true}}
- {name: c2, cluster: {server: https://b2.example, certificate-authority: ca.pem}}
users:
- {name: u1, user: {tokenFile: token}}
- {name: u2, user: {token: t}}
`,
  );
  file('empty', '');
  file('nulls', 'contexts: null\nclusters: null\nusers: null\n');
  file(
    'unnamed',
    'contexts:\n- {context: {cluster: c1}}\n- {name: "", context: {cluster: c1}}\n- {name: four, context: {cluster: c1}}\n',
  );
  file('ca.pem', 'of a');
  file('sub/ca.pem', 'of b');
});
afterEach(() => rmSync(folder, { recursive: true }));

const list = (...files: readonly string[]) => files.join(delimiter);
const contextsOf = (kubeconfig: string) => [
  ...loadKubeconfig(kubeconfig, folder).entries.context.keys(),
];

describe('a list of files', () => {
  it.each<[string, readonly string[], readonly string[], string | undefined]>([
    ['has the contexts of all', ['a', 'sub/b'], ['one', 'two', 'three'], 'two'],
    [
      'takes the current context of the first that has one',
      ['sub/b', 'a'],
      ['two', 'three', 'one'],
      'three',
    ],
    ['passes over files that are missing', ['missing', 'sub/b'], ['two', 'three'], 'three'],
    ['passes over parts that are empty', ['', 'sub/b', ''], ['two', 'three'], 'three'],
    ['passes over files that are empty', ['empty', 'nulls', 'a'], ['one', 'two'], 'two'],
    ['reads a file once that it has twice', ['a', 'a'], ['one', 'two'], 'two'],
    ['passes over contexts without a name', ['unnamed', 'a'], ['four', 'one', 'two'], 'two'],
  ])('%s', (_, files, contexts, current) => {
    expect(contextsOf(list(...files))).toEqual(contexts);
    expect(loadKubeconfig(list(...files), folder).currentContext).toBe(current);
  });

  const read = (context: string, ...files: readonly string[]) =>
    readContext({ name: 'fra', access: { kubeconfig: list(...files), context } }, folder);

  it('lets the first file win whole entries', () => {
    expect(read('one', 'a', 'sub/b').cluster).toMatchObject({ server: 'https://a.example' });
    expect(read('one', 'a', 'sub/b').cluster['insecure-skip-tls-verify']).toBeUndefined();
    expect(read('one', 'sub/b', 'a').cluster).toMatchObject({ server: 'https://b.example' });
    expect(read('two', 'a', 'sub/b').cluster.server).toBe('https://b2.example');
  });

  it('resolves a path against the file that it is written in', () => {
    expect(String(readTrust(read('one', 'a', 'sub/b')).ca)).toBe('of a');
    expect(String(readTrust(read('three', 'a', 'sub/b')).ca)).toBe('of b');
    expect(read('one', 'a', 'sub/b').userFile).toBe(join(folder, 'sub/b'));
  });

  it('says of which entry what is wrong, and the others can be used', () => {
    expect(() => read('two', 'sub/b')).toThrow('has no cluster "other"');
    expect(read('three', 'sub/b').cluster.server).toBe('https://b2.example');
  });
});

it('one file whose name has the separator in it is that file', () => {
  const name = `with${delimiter}out`;
  writeFileSync(join(folder, name), 'contexts: [{name: x, context: {cluster: c}}]');
  expect(contextsOf(name)).toEqual(['x']);
});

describe('files that cannot be used are said', () => {
  it.each([
    ['none', /none does not exist\n {2}Correct the path/],
    [list('none', 'nothing'), /names no file that exists\n {2}Correct KUBECONFIG/],
    [delimiter, /names no file that exists/],
    ['nulls', /got no contexts, expected at least one/],
    [list('a', 'broken'), /broken is not YAML in line 3/],
    [list('a', 'list'), /list is not a kubeconfig/],
    [list('a', 'twice'), /twice has two users named "u", which kubectl refuses/],
  ])('%s', (kubeconfig, words) => {
    writeFileSync(join(folder, 'broken'), 'contexts:\n- {name: x\n');
    writeFileSync(join(folder, 'list'), '- contexts\n');
    writeFileSync(join(folder, 'twice'), 'users: [{name: u}, {name: v}, {name: u}]');
    expect(() => contextsIn(kubeconfig, folder)).toThrow(words);
  });

  it('contexts without a name are counted', () => {
    expect(contextsIn('unnamed', folder).warnings).toEqual([
      `2 of the contexts in ${join(folder, 'unnamed')} have no name and are passed over`,
    ]);
  });
});
