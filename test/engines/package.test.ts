/** The package as users install it: small, and every entry loads in every supported version of Node, by import and by require. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, whyNoInstall } from './installed';

const root = join(__dirname, '../..');
const reason = whyNoInstall();
const nodePackage = `node-${process.platform}-${process.arch}`;

/** What each entry is known by, and the peer without which it says which package to install. */
const entries = [
  ['littoral', 'place'],
  ['littoral/placement', 'verify'],
  ['littoral/testing', 'manifestsOf'],
  ['littoral/pulumi/runtime', 'ownWorld'],
  ['littoral/kubernetes', 'npm install cdk8s constructs'],
  ['littoral/terraform', 'npm install cdktf@0.21 constructs cdk8s'],
  ['littoral/pulumi', 'npm install @pulumi/pulumi'],
] as const;
const importing = `const said = {};
for (const entry of ${JSON.stringify(entries.map(([entry]) => entry))}) {
  try {
    said[entry] = Object.keys(LOAD).join(' ');
  } catch (error) {
    said[entry] = error.message;
  }
}
console.log(JSON.stringify(said));`;

if (reason !== undefined) {
  it.skip(`the installed package: ${reason}`, () => {});
} else {
  describe('the installed package', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'littoral-installed-'));
      const npm = (cwd: string, ...words: readonly string[]) =>
        execFileSync('npm', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder);
      const [archive = ''] = readdirSync(folder);
      writeFileSync(join(folder, 'package.json'), '{"private":true}');
      npm(folder, 'install', '--no-audit', '--no-fund', `./${archive}`);
      writeFileSync(join(folder, 'main.mjs'), importing.replace('LOAD', 'await import(entry)'));
      writeFileSync(join(folder, 'main.cjs'), importing.replace('LOAD', 'require(entry)'));
    }, 300_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('takes 25 MB at most, with everything it depends on', () => {
      const bytes = readdirSync(join(folder, 'node_modules'), { recursive: true })
        .map((name) => statSync(join(folder, 'node_modules', String(name))))
        .reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
      expect(bytes).toBeGreaterThan(1e6);
      expect(bytes).toBeLessThan(25e6);
    });

    it.each(['20', '22.23.3', '24.21.0'])(
      'loads in Node %s, and names the peers that are missing',
      async (version) => {
        const node =
          version === '20'
            ? process.execPath
            : join(await installed(`node-${version}`, nodePackage, version), 'bin/node');
        for (const program of ['main.mjs', 'main.cjs']) {
          const said = JSON.parse(execFileSync(node, [program], { cwd: folder, encoding: 'utf8' }));
          for (const [entry, words] of entries) {
            expect({ entry, program, said: said[entry] }).toEqual({
              entry,
              program,
              said: expect.stringContaining(words),
            });
          }
        }
      },
      300_000,
    );
  });
}
