/** The Pulumi examples as a reader runs them: in TypeScript, with the real `pulumi`, and against real clusters. */
import { spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startMetricsServer, steady } from '../sources/metrics-server';
import { pulumiEnvironment } from '../testbed/infrastructure';
import { program, stepsIn } from './pulumi-program';
import { onThreeClusters } from './pulumi-site';

const examples = join(__dirname, '../../examples');

onThreeClusters('the Pulumi examples', (site) => {
  /** A program folder with the files of an example. */
  const copied = async (name: string, main: string) => {
    const source = readFileSync(join(examples, name, main), 'utf8');
    const made = await site.keep(program(source, { typescript: true }));
    cpSync(join(examples, name, 'tsconfig.json'), join(made.path, 'tsconfig.json'));
    const types = dirname(dirname(require.resolve('@types/node/package.json')));
    symlinkSync(types, join(made.path, 'node_modules/@types'), 'dir');
    made.write('fleet.json', site.testbed().fleetDocument());
    return made;
  };

  it("previews and runs the shop under Pulumi's TypeScript runner", async () => {
    const shop = await copied('pulumi', 'index.ts');
    await shop.pulumi('config set fleet fleet.json');
    await shop.pulumi(`config set answer ${join(examples, 'quickstart/prometheus.json')}`);
    expect(stepsIn(await shop.pulumi('preview --diff'))).toEqual([
      '+ EdgeApp create',
      '+ Placement create',
      '+ Release create',
    ]);
    await shop.pulumi('up --yes --skip-preview');
    expect((await shop.outputs()).clusters).toEqual(['fra', 'iad', 'sin']);
    await shop.pulumi('destroy --yes --skip-preview');
  });

  it('places again on a schedule, within its budget of changes', async () => {
    const calm = steady({ u33d: 120, dr5r: 100 });
    const grown = steady({ u33d: 120, dr5r: 100, w21z: 900 });
    const server = await startMetricsServer(calm, grown);
    const shop = await copied('pulumi-automation', 'main.ts');
    const compiler = require.resolve('typescript/bin/tsc');
    try {
      shop.write('main.ts', readFileSync(join(examples, 'pulumi-automation/main.ts'), 'utf8'));
      expect(await node(compiler, ['-p', '.'], shop.path)).toBe('');
      const settings = { FLEET: 'fleet.json', PROMETHEUS: server.url, EVERY_SECONDS: '0' };
      const rounds = (times: number, budget: number) =>
        node('out/main.js', [], shop.path, {
          ...settings,
          TIMES: String(times),
          MAX_CLUSTER_CHANGES: String(budget),
        });
      const first = await rounds(1, 1);
      expect(first).toMatch(/^ {2}\+ fra .*\n {2}\+ iad .*\nruns on fra, iad\n$/);
      expect(await rounds(1, 0)).toMatch(
        /1 clusters would change, 0 may: left for a person to run/,
      );
      expect(await rounds(2, 1)).toMatch(
        /^ {2}\+ sin .*\n(?: {2}= .*\n){2}runs on fra, iad, sin\nnothing moves\n$/,
      );
    } finally {
      await shop.run('destroy --yes --skip-preview', 'organization/littoral-shop/edge');
      await server.close();
    }
  });

  /** Runs a program of Node; gives what it said, throws unless it ends well. */
  function node(file: string, words: readonly string[], folder: string, settings = {}) {
    const env = {
      ...pulumiEnvironment(folder),
      XDG_CACHE_HOME: join(folder, 'cache'),
      ...settings,
    };
    const child = spawn(process.execPath, [file, ...words], { cwd: folder, env });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    }
    return new Promise<string>((resolve, reject) => {
      child.on('close', (code) => {
        if (code === 0) resolve(said.join(''));
        else reject(new Error(`${file} ended with ${code}:\n${said.join('')}`));
      });
    });
  }
});
