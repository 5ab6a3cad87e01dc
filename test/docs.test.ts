/** The pages of the project: links lead somewhere, and the files and rooms that a page names are there. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => existsSync(join(root, path)));
const pages = tracked.filter((path) => /^(docs\/.*|[A-Z]+)\.md$/.test(path) && path !== 'API.md');
const folders = new Set(tracked.flatMap((path) => ancestors(dirname(path))));

function ancestors(folder: string): string[] {
  return folder === '.' ? [] : [folder, ...ancestors(dirname(folder))];
}

const textOf = (page: string) => readFileSync(join(root, page), 'utf8');

it('has pages to read', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'DESIGN.md', 'docs/glossary.md']));
});

it.each(pages)('%s links only to what is there', (page) => {
  const links = [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const own = links.filter((link) => !/^([a-z]+:|#)/.test(link));
  const broken = own.filter(
    (link) => !existsSync(join(root, dirname(page), link.replace(/#.*/, ''))),
  );
  expect(broken).toEqual([]);
});

const design = pages.filter((page) =>
  /^(DESIGN\.md|docs\/(design|engine|contributing|glossary))/.test(page),
);

it.each(design)('%s names only files and rooms that exist', (page) => {
  const named = [...textOf(page).matchAll(/`([\w@./-]+(?:\.(?:ts|js)|\/))`/g)].map(
    ([, path = '']) => path,
  );
  const isThere = (path: string) =>
    path.endsWith('/')
      ? [...folders].some((folder) => `/${folder}/`.endsWith(`/${path}`))
      : tracked.some((file) => `/${file}`.endsWith(`/${path}`));
  expect(named.filter((path) => !isThere(path))).toEqual([]);
});
