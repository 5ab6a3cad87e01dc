/** Flags: every mistake in how a command was called, at once and with the way out. */
import { edgeErrorsOf } from '../../constructs/parsing/errors';
import { parseFlags } from '../../providers/cli/input/flags';

const flags = {
  app: { value: 'APP', multiple: true, doc: 'An app.' },
  fleet: { value: 'FLEET', doc: 'A fleet.' },
  format: { value: 'FORMAT', choices: ['text', 'json'], doc: 'How.' },
  json: { doc: 'Switch.' },
  output: { value: 'FILE', short: 'o', doc: 'Where.' },
} as const;

function mistakes(...argv: string[]): readonly string[] {
  try {
    parseFlags('place', flags, argv);
  } catch (thrown) {
    return (edgeErrorsOf(thrown) ?? []).map(
      ({ path, summary, remedy }) => `${path} ${summary} | ${remedy}`,
    );
  }
  return [];
}

it('reads lists, values, switches, short flags and words', () => {
  const argv = ['--app', 'a', 'word', '--app=b', '--json', '-o', 'x', '--', '--fleet'];
  expect(parseFlags('place', flags, argv)).toEqual({
    values: { app: ['a', 'b'], fleet: undefined, format: undefined, json: true, output: 'x' },
    words: ['word', '--fleet'],
  });
});

it('names the nearest flag, and every wrong one', () => {
  expect(mistakes('--aap', 'x', '--flet=y', '--qqqqq')).toEqual([
    '--aap there is no such flag | Write --app; littoral place --help lists all flags.',
    '--flet there is no such flag | Write --fleet; littoral place --help lists all flags.',
    '--qqqqq there is no such flag | Leave it out; littoral place --help lists all flags.',
  ]);
});

it('does not take a flag for a value', () => {
  expect(mistakes('--fleet', '--json')[0]).toContain('--fleet needs a value (FLEET)');
  expect(mistakes('--fleet')[0]).toContain('--fleet needs a value (FLEET)');
});

it('refuses a value on a switch, a value twice, and a choice that is none', () => {
  expect(mistakes('--json=yes')[0]).toContain('is a switch and takes no value');
  expect(mistakes('--fleet', 'a', '--fleet', 'b')[0]).toContain('was given twice');
  expect(mistakes('--format', 'jsn')).toEqual([
    '--format cannot be "jsn" | Write json. Use one of: text, json.',
  ]);
});

it('is not fooled by names that every object has', () => {
  expect(mistakes('--constructor')[0]).toContain('there is no such flag');
});
