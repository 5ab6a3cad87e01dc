/** The pages of the Pulumi examples, line by line in a shell: from the repository, and with the packed package elsewhere. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMetricsServer, steady } from '../sources/metrics-server';
import { pulumiEnvironment } from '../testbed/infrastructure';
import { onThreeClusters } from './pulumi-site';

const root = join(__dirname, '../..');
/** What `npm pack` takes, and the examples. */
const packed = ['dist', 'data', 'schemas', 'package.json', 'README.md', 'LICENSE', 'NOTICE'];

onThreeClusters('a page of a Pulumi example', (site) => {
  let folder: string;
  let server: Awaited<ReturnType<typeof startMetricsServer>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-pages-'));
    // A provider that was killed leaves its socket there, which cannot be copied.
    const isSocket = (path: string) => lstatSync(path).isSocket();
    for (const name of packed)
      cpSync(join(root, name), join(folder, name), {
        recursive: true,
        filter: (path) => !isSocket(path),
      });
    for (const name of ['pulumi', 'pulumi-automation', 'quickstart']) {
      const filter = (path: string) => !/node_modules|\/out$/.test(path.slice(root.length));
      cpSync(join(root, 'examples', name), join(folder, 'examples', name), {
        recursive: true,
        filter,
      });
    }
    server = await startMetricsServer(steady({ u33d: 120, dr5r: 100 }));
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs lines of a shell; gives how they ended and what they said. */
  function shell(lines: string, cwd: string, more: NodeJS.ProcessEnv = {}) {
    const env = { ...pulumiEnvironment(folder), ...more };
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', lines], { cwd, env });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    }
    return new Promise<{ code: number | null; said: string }>((resolve) => {
      child.on('close', (code) => resolve({ code, said: said.join('') }));
    });
  }

  /** The lines of a page's shell blocks, with what the testbed is called here. */
  function linesOf(example: string): string {
    const page = readFileSync(join(root, 'examples', example, 'README.md'), 'utf8');
    const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block);
    return blocks
      .join('\n')
      .replace(/^npm run build.*$/m, '')
      .replaceAll('/tmp/littoral-testbed-.../fleet.yaml', join(folder, 'fleet.json'))
      .replaceAll('http://127.0.0.1:...', server.url)
      .replaceAll('pulumi up', 'pulumi up --yes')
      .replaceAll('pulumi refresh', 'pulumi refresh --yes')
      .replaceAll('pulumi destroy', 'pulumi destroy --yes');
  }

  it('places again on a schedule, from the repository', async () => {
    writeFileSync(join(folder, 'fleet.json'), JSON.stringify(site.testbed().fleetDocument()));
    const { code, said } = await shell(linesOf('pulumi-automation'), folder, { TIMES: '1' });
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/runs on fra, iad\n$/) });
    expect(said).toContain('  + fra ');
  });

  it('says what is wrong and ends with 1, where Pulumi would wait for ever', async () => {
    const example = join(folder, 'examples/pulumi-automation');
    const { code, said } = await shell('node out/main.js', example, {
      TIMES: '1',
      FLEET: 'missing.yaml',
    });
    expect(code).toBe(1);
    expect(said).toMatch(/missing\.yaml does not exist\. Correct the path/);
    expect(said).not.toMatch(/\n\s+at .*\.js:\d+/);
  });

  it('previews, applies, refreshes and destroys the shop, from the repository', async () => {
    const { code, said } = await shell(linesOf('pulumi'), folder);
    expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('have been deleted') });
  });

  it('runs with the packed package and one SDK, in a folder of its own', async () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    cpSync(join(root, 'examples/pulumi-automation/main.ts'), join(own, 'main.ts'));
    cpSync(join(root, 'examples/pulumi-automation/tsconfig.json'), join(own, 'tsconfig.json'));
    const pack = await shell('npm pack --ignore-scripts', folder);
    const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    expect({ ...pack, tarball }).toMatchObject({ code: 0, tarball: expect.any(String) });
    const page = readFileSync(join(root, 'examples/pulumi-automation/README.md'), 'utf8');
    const line = /`(npm install littoral [^`]*)`/.exec(page.replace(/\n/g, ' '))?.[1] ?? '';
    const install = line.replace('littoral', join(folder, String(tarball)));
    const { code, said } = await shell(
      `npm init -y >&2\n${install}\nnpx tsc -p .\nnode out/main.js`,
      own,
      { TIMES: '1', FLEET: '../fleet.json', PROMETHEUS: server.url },
    );
    expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/nothing moves\n$/) });
  });
});
