/** Completion, as bash itself completes; the scripts of other shells name every command and flag. */
import { execFileSync } from 'node:child_process';
import { commands } from '../../providers/cli/commands';
import { caller } from './calling';

const shells = ['bash', 'zsh', 'fish'] as const;

describe('completion', () => {
  it.each(shells)('for %s has every command and every flag', async (shell) => {
    const { code, out } = await caller().call(`completion ${shell}`);
    expect(code).toBe(0);
    for (const { name, load } of commands) {
      expect(out).toContain(name);
      if (name === 'completion') continue;
      for (const flag of Object.keys(load().flags)) {
        expect(out).toContain(shell === 'fish' ? `-l ${flag}` : `--${flag}`);
      }
    }
  });

  it('completes commands, flags of a command, values of a flag, and files in bash', async () => {
    const there = caller({ 'fleet.yaml': '' });
    const { out } = await there.call('completion bash');
    const complete = (...words: readonly string[]): readonly string[] => {
      const list = words.map((word) => `'${word}'`).join(' ');
      const program = `${out}\nCOMP_WORDS=(littoral ${list}); COMP_CWORD=${words.length}; _littoral; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const said = execFileSync('bash', ['-c', program], { cwd: there.folder, encoding: 'utf8' });
      return said.split('\n').filter((word) => word !== '');
    };
    expect(complete('pl')).toEqual(['place', 'plan']);
    expect(complete('place', '--fl')).toEqual(['--fleet']);
    expect(complete('place', '--format', 'm')).toEqual(['markdown']);
    expect(complete('place', '--fleet', 'fl')).toEqual(['fleet.yaml']);
    expect(complete('get', 'pods', '-')).toContain('-A');
    expect(complete('nonsense', '--x')).toEqual([]);
  });

  it('quotes what texts contain', async () => {
    for (const shell of shells) {
      const { out } = await caller().call(`completion ${shell}`);
      const program = out.replace(/^#.*$/gm, '');
      // An even number of quotes that no backslash precedes: none is left open.
      expect((program.match(/(?<!\\)'/g) ?? []).length % 2).toBe(0);
    }
  });

  it('names the shells where another is asked for', async () => {
    const { code, err } = await caller().call('completion tcsh');
    expect(code).toBe(2);
    expect(err).toContain('Write bash, zsh or fish.');
  });
});
