/** The lines of the cdktf example that need no command line of cdktf, as its page has them, and what helps where a mirror is configured. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { terraformEnvironment } from '../testbed/infrastructure';
import { terraforms } from './terraforming';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'examples/cdktf/README.md'), 'utf8');
const [line = ''] = page.split('\n').filter((one) => one.startsWith('node dist/examples/cdktf'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-cdktf-page-'));
  cpSync(join(root, 'examples/quickstart'), join(folder, 'examples/quickstart'), {
    recursive: true,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const shell = (command: string, settings: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; out: string }>((resolve) => {
    const env = { ...terraformEnvironment(folder), ...settings };
    execFile('sh', ['-c', command], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), out: `${stdout}${stderr}` }),
    );
  });

for (const [name, noTool, binary] of terraforms) {
  const whenPossible = noTool === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${noTool === undefined ? '' : `: ${noTool}`}`, () => {
    const asWritten = () =>
      line.replaceAll('terraform -chdir', `${binary()} -chdir`).replace('dist/', `${root}/dist/`);

    it('plans with the line of the page, from the project, with no registry', async () => {
      expect(line).toContain('-chdir=cdktf.out/stacks/edge init');
      const { code, out } = await shell(asWritten());
      expect([code, code === 0 ? '' : out]).toEqual([0, '']);
      expect(stripVTControlCharacters(out)).toContain('Plan: 2 to add, 0 to change, 0 to destroy.');
    });

    it('inits beside the mirror of a company, by what the warning says', async () => {
      const file = join(folder, 'terraform.rc');
      const mirror = `provider_installation {\n  network_mirror {\n    url = "https://127.0.0.1:9/"\n  }\n}\n`;
      writeFileSync(file, mirror);
      const settings = { TF_CLI_CONFIG_FILE: file };
      const [synthesis = ''] = asWritten().split(' && ');
      expect(await shell(synthesis, settings)).toMatchObject({ code: 0 });
      const manifest = readFileSync(join(folder, 'cdktf.out/manifest.json'), 'utf8');
      const [{ message }] = JSON.parse(manifest).stacks.edge.annotations;
      const chdir = `${binary()} -chdir=cdktf.out/stacks/edge`;
      expect((await shell(`${chdir} init`, settings)).code).not.toBe(0);

      const [flag = ''] = /-plugin-dir=\S+/.exec(message) ?? [];
      expect(await shell(`${chdir} init ${flag}`, settings)).toMatchObject({ code: 0 });
      const block = /filesystem_mirror \{[^}]*\}/.exec(message)?.[0];
      const exclude = 'exclude = ["littoral.invalid/*/*"]';
      writeFileSync(
        file,
        mirror.replace('network_mirror {', `${block}\n  network_mirror {\n    ${exclude}`),
      );
      rmSync(join(folder, 'cdktf.out/stacks/edge/.terraform'), { recursive: true });
      expect(await shell(`${chdir} init`, settings)).toMatchObject({ code: 0 });
    });
  });
}
