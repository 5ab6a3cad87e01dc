/** The question before clusters change: only yes is yes, and leaving is no. */
import { PassThrough } from 'node:stream';
import { saysYes } from '../../providers/cli/input/approval';

const answer = async (keys: string, isTerminal = true) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asked = saysYes(input, output, 'Destroy this?', isTerminal);
  if (keys === '') input.end();
  else input.write(keys);
  const yes = await asked;
  return { yes, said: String(output.read()) };
};

it.each([
  ['yes', 'yes\r', true],
  ['yes with blanks', ' yes \r', true],
  ['y', 'y\r', false],
  ['Yes', 'Yes\r', false],
  ['no', 'no\r', false],
  ['nothing', '\r', false],
  ['Ctrl-C', '\u0003', false],
  ['Ctrl-D', '\u0004', false],
  ['Ctrl-C after yes', 'yes\u0003', false],
])('takes %s for what it is', async (_name, keys, yes) => {
  const said = await answer(keys);
  expect(said.yes).toBe(yes);
  expect(said.said).toContain('Destroy this? Only yes is taken for yes: ');
});

it('takes the end of what is typed for no', async () => {
  expect((await answer('', false)).yes).toBe(false);
});
