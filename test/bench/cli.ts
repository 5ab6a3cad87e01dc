/** Bench of the command: a whole process from start to exit, as a shell sees it. */
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
  return [
    { name: 'cli littoral --version', unit: 'ms', samples: version, peer: peer(version) },
    { name: 'cli littoral place (quickstart)', unit: 'ms', samples: place, peer: peer(place) },
  ];
}
