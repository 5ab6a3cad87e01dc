/** The command as a process of its own: the one thing that tests in this process cannot see. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../constructs/model/version';

const main = join(__dirname, '../../dist/providers/cli/main.js');
const built = existsSync(main) ? describe : describe.skip;

built('the built command', () => {
  it('starts, and hands its exit code to the shell', () => {
    const answer = spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' });
    expect(answer).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(spawnSync(process.execPath, [main, 'nothing']).status).toBe(2);
  });

  it('is not bothered by a reader that leaves early', () => {
    const line = `"${process.execPath}" "${main}" help | head -c 1`;
    const answer = execFileSync('bash', ['-o', 'pipefail', '-c', line], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(answer).toBe('l');
  });
});
