/** Bench of the command and of imports: a whole process from start to exit, as a shell sees it, and the processor time of what is loaded. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchRow, milliseconds } from './row';

const root = join(__dirname, '../../..');
const command = join(root, 'dist/providers/cli/main.js');
const runs = 7;

/** Start of the command, against a Node process that does nothing; then the quickstart's placement. */
export async function benchCli(): Promise<readonly BenchRow[]> {
  if (!existsSync(command)) throw new Error('The command is not built; run `npm run build` first.');
  const node = (args: readonly string[]) => () =>
    execFileSync(process.execPath, args, { cwd: join(root, 'examples/quickstart') });
  const empty = await milliseconds(runs, node(['-e', '']));
  const version = await milliseconds(runs, node([command, '--version']));
  const documents = ['--app', 'shop.yaml', '--fleet', 'fleet.yaml'];
  const place = await milliseconds(runs, node([command, 'place', ...documents]));
  const peer = (samples: readonly number[]) => ({
    name: 'node -e ""',
    of: 'time',
    ratio: Math.min(...samples) / Math.min(...empty),
  });
  const help = await milliseconds(runs, node([command, '--help']));
  return [
    ...imports(),
    { name: 'cli littoral --help', unit: 'ms', samples: help, peer: peer(help) },
    { name: 'cli littoral --version', unit: 'ms', samples: version, peer: peer(version) },
    { name: 'cli littoral place (quickstart)', unit: 'ms', samples: place, peer: peer(place) },
  ];
}

/** Processor time of an import alone: what a program pays that places nothing. */
function imports(): readonly BenchRow[] {
  const script = `const begin = process.cpuUsage();
    require(process.argv[1]);
    const { user, system } = process.cpuUsage(begin);
    console.log((user + system) / 1000);`;
  const entries = { littoral: 'index', 'littoral/placement': 'placement-api' };
  return Object.entries(entries).map(([name, file]) => {
    const words = ['-e', script, join(root, `dist/constructs/${file}.js`)];
    const samples = Array.from({ length: runs }, () =>
      Number(execFileSync(process.execPath, words, { encoding: 'utf8' })),
    );
    return { name: `import '${name}'`, unit: 'ms', samples, note: 'of processor time' };
  });
}
