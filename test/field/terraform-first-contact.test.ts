/** The first contact with the provider: it installs itself, says what hides it, and says in one line what the machine lacks. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { hidesProvider, PROVIDER_ADDRESS } from '../../constructs/model/provider-address';
import { VERSION } from '../../constructs/model/version';

const executable = join(__dirname, '../../dist/terraform/terraform-provider-littoral');
const handshake = {
  TF_PLUGIN_MAGIC_COOKIE: 'd602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2',
  PLUGIN_PROTOCOL_VERSIONS: '6',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-contact-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const started = (words: readonly string[], env: NodeJS.ProcessEnv) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: folder, env };
    execFile(executable, [...words], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
const withNode = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: '/nowhere' };

/** A folder of programs with a shell, and with a node that answers `says` when it is given. */
function programs(says?: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync('/bin/sh', join(bin, 'sh'));
  if (says !== undefined) {
    writeFileSync(join(bin, 'node'), says);
    chmodSync(join(bin, 'node'), 0o755);
  }
  return bin;
}

it('the host of its address is one that nobody can own', () => {
  expect(PROVIDER_ADDRESS.split('/')[0]).toMatch(/\.invalid$/);
});

describe('--install', () => {
  it('puts the provider where the tools look first, and prints the block that asks for it', async () => {
    const { code, stdout } = await started(['--install'], withNode);
    expect(code).toBe(0);
    const [, place = ''] = /^Installed (.*)$/m.exec(stdout) ?? [];
    expect(place).toContain(`/terraform.d/plugins/${PROVIDER_ADDRESS}/${VERSION}/`);
    expect(statSync(place).mode & 0o111).toBe(0o111);
    expect(stdout).toContain(`source = "${PROVIDER_ADDRESS}"`);
    expect(stdout).not.toContain('provider_installation');
  });

  it('prints what to add where a configuration of the command line hides it', async () => {
    const file = join(folder, 'terraform.rc');
    writeFileSync(file, 'provider_installation {\n  network_mirror { url = "https://m/" }\n}\n');
    const { stdout } = await started(['--install', '.'], { ...withNode, TF_CLI_CONFIG_FILE: file });
    expect(stdout).toContain(`${file} has provider_installation`);
    expect(stdout).toMatch(/filesystem_mirror \{\n {4}path {4}= ".*terraform\.d\/plugins"\n/);
    expect(stdout).toContain('include = ["littoral.invalid/*/*"]');
    expect(stdout).toContain('-plugin-dir=');
  });
});

describe('a configuration of the command line', () => {
  it.each([
    ['hides it with a mirror of its own', 'provider_installation {\n direct {}\n}', true],
    ['does not with a cache', 'plugin_cache_dir = "x"', false],
    ['does not in a comment', '# provider_installation {\n', false],
    [
      'does not when it names the host',
      'provider_installation {\n filesystem_mirror {\n include = ["littoral.invalid/*/*"]\n }\n}',
      false,
    ],
  ])('%s', (_, text, hides) => {
    expect(hidesProvider(text)).toBe(hides);
  });
});

describe('started by Terraform, which shows the first line of what it gets', () => {
  it('says that there is no node on PATH', async () => {
    const { code, stdout } = await started([], { ...handshake, PATH: programs() });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^The littoral provider needs Node\.js 20\.19 or newer, and there is no node on PATH\..*\n$/,
    );
  });

  it('says that the node on PATH is too old', async () => {
    const old = `#!/bin/sh\nexec ${process.execPath} -r ${join(folder, 'old.js')} "$@"\n`;
    writeFileSync(
      join(folder, 'old.js'),
      "Object.defineProperty(process.versions, 'node', { value: '18.20.1' }); Object.defineProperty(process, 'version', { value: 'v18.20.1' });",
    );
    const { code, stdout } = await started([], { ...handshake, PATH: programs(old) });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^The littoral provider needs Node\.js 20\.19 or newer; the node on PATH is v18\.20\.1 .*\n$/,
    );
  });

  it('was built', () => expect(existsSync(executable)).toBe(true));
});
