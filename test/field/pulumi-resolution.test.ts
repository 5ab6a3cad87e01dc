/** Where Pulumi's server of dynamic providers finds this package: from the program, or through the packages that it depends on. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startDynamicServer } from '../pulumi/dynamic-server';
import { app, demandOf, fleetOf } from '../pulumi/inputs';
import { programFolder } from '../pulumi/program-folder';

/** Paths of links to what they point at; files by content. */
type Layout = Readonly<Record<string, object | 'littoral' | `-> ${string}`>>;

const store = 'node_modules/.pnpm/littoral@0.1.0_@pulumi+pulumi@3.248.0/node_modules/littoral';
const named = (name: string, ...dependencies: readonly string[]) => ({
  name,
  dependencies: Object.fromEntries(dependencies.map((one) => [one, '*'])),
});
const layouts: readonly (readonly [string, string, Layout])[] = [
  ['in the program itself', 'program', { 'program/node_modules/littoral': 'littoral' }],
  ['above the program', 'apps/program', { 'node_modules/littoral': 'littoral' }],
  [
    'in a workspace package that it depends on, as pnpm links it',
    'apps/program',
    {
      'apps/program/package.json': named('program', '@acme/edge'),
      'apps/program/node_modules/@acme/edge': '-> packages/edge',
      'packages/edge/package.json': named('@acme/edge', 'littoral'),
      [store]: 'littoral',
      'packages/edge/node_modules/littoral': `-> ${store}`,
    },
  ],
  [
    'two packages away',
    'program',
    {
      'program/package.json': named('program', 'platform'),
      'program/node_modules/platform': '-> packages/platform',
      'packages/platform/package.json': named('platform', 'edge'),
      'packages/platform/node_modules/edge': '-> packages/edge',
      'packages/edge/package.json': named('edge'),
      'packages/edge/node_modules/littoral': 'littoral',
    },
  ],
  [
    'nowhere but in the folder to which pnpm hoists',
    'apps/program',
    { 'node_modules/.pnpm/node_modules/littoral': 'littoral' },
  ],
];

describe('the dynamic provider finds littoral', () => {
  const source = programFolder();
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'littoral-resolution-')));
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
    source.remove();
  });

  function laidOut(layout: Layout, program: string): string {
    const base = mkdtempSync(join(root, 'case-'));
    mkdirSync(join(base, program), { recursive: true });
    for (const [path, content] of Object.entries(layout)) {
      const place = join(base, path);
      mkdirSync(dirname(place), { recursive: true });
      if (content === 'littoral') {
        symlinkSync(realpathSync(join(source.path, 'node_modules/littoral')), place, 'dir');
      } else if (typeof content === 'string') {
        const target = join(base, content.slice(3));
        mkdirSync(target, { recursive: true });
        symlinkSync(target, place, 'dir');
      } else writeFileSync(place, JSON.stringify(content));
    }
    return join(base, program);
  }
  const inputs = () => ({
    apps: [app],
    fleet: JSON.stringify(fleetOf()),
    demands: { shop: JSON.stringify(demandOf(120, 100, 20)) },
  });

  it.each(layouts)('%s', async (_title, program, layout) => {
    const server = await startDynamicServer(laidOut(layout, program), 'placement');
    try {
      expect((await server.check({}, inputs())).inputs.clusters).toEqual(['fra', 'iad']);
    } finally {
      await server.stop();
    }
  });

  it('and says in one sentence what to do where it is gone', async () => {
    const server = await startDynamicServer(laidOut({}, 'program'), 'placement');
    try {
      const failed = server.delete('shop', {});
      await expect(failed).rejects.toThrow(/littoral is not installed where this program/);
      await expect(failed).rejects.toThrow(/npm install littoral.*pulumi state delete/);
      expect(server.said()).not.toMatch(/\n\s+at /);
    } finally {
      await server.stop();
    }
  });
});
