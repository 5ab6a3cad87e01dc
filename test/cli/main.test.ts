/** The command as a process of its own: the one thing that tests in this process cannot see. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
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

  const full = existsSync('/dev/full') ? it : it.skip;
  full('says so when what it prints cannot be written', () => {
    const stdout = openSync('/dev/full', 'w');
    const answer = spawnSync(process.execPath, [main, 'help'], {
      encoding: 'utf8',
      stdio: ['ignore', stdout, 'pipe'],
    });
    closeSync(stdout);
    expect(answer).toMatchObject({
      status: 1,
      stderr:
        'error standard output cannot be written: the disk is full\n  Free some space, then try again.\n',
    });
  });
});
