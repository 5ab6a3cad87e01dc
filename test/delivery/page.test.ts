/** The page on delivery: its document can be read, its commands do what it says, and its lists are those of the engines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { engineNames, engineOf, parseDelivery } from '../../constructs/delivery';
import { starter } from '../../providers/cli/commands/starter';
import { caller } from '../cli/calling';
import { settingsOf } from './world';

const page = readFileSync(join(__dirname, '../../docs/delivery.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text = '']) => text,
  );

it('shows documents that can be read, one of them fit for a release', () => {
  const [, whole] = blocks('yaml').map((text) => parseDelivery(text));
  expect(whole === undefined ? 'none' : engineOf(whole).missing).toBeUndefined();
});

it('shows commands that work in the order given', async () => {
  const documents = Object.fromEntries(starter.map(([name, text]) => [name, text]));
  const { call } = caller({ ...documents, 'delivery.yaml': blocks('yaml')[0] ?? '' });
  const lines = blocks('sh').join('').trim().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(3);
  for (const line of lines.filter((one) => one.startsWith('littoral synth'))) {
    const { code, err } = await call(line.replace(/^littoral /, ''));
    expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  }
});

it.each(engineNames)('says of %s what it does not promise, and has its row', (name) => {
  for (const one of engineOf(settingsOf[name]).cannot) expect(page).toContain(`  - ${one}\n`);
  expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
});
