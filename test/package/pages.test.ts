/** The package's pages: guides, reference and examples come with it, and no link in them leads to what it does not have. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { files } from '../../package.json';

const root = join(__dirname, '../..');

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((one) => {
    const path = `${folder}/${one.name}`;
    if (one.isDirectory()) return one.name === 'node_modules' ? [] : pagesBelow(path);
    return one.name.endsWith('.md') ? [path] : [];
  });
}

const pages = ['README.md', ...pagesBelow('docs'), ...pagesBelow('examples')];
const isPacked = (path: string) =>
  path === 'package.json' || files.some((one) => path === one || path.startsWith(`${one}/`));
/** Parts of the repository that its pages for contributors speak of. */
const forContributors = /^(API|DESIGN)\.md$|^(test|scripts|constructs|providers|browser)(\/|$)/;

it('are all packed', () => {
  expect(pages.filter((page) => !isPacked(page))).toEqual([]);
  expect(pages.length).toBeGreaterThan(30);
});

it('link to what is packed', () => {
  const broken = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    const links = [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, link]) => link as string);
    return links.flatMap((link) => {
      const path = relative(root, join(root, dirname(page), link))
        .split(sep)
        .join('/');
      if (!existsSync(join(root, path))) return [`${page}: ${link} is not there`];
      return isPacked(path) || forContributors.test(path) ? [] : [`${page}: ${link} is not packed`];
    });
  });
  expect(broken).toEqual([]);
});
