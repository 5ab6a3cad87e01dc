/** Escaping, judged by Terraform and OpenTofu themselves: what they evaluate is what was written. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import fc from 'fast-check';
import { escaped } from '../../constructs/terraform';
import { cdktfProject } from './cdktf-cli';
import { terraforms } from './terraforming';

const piece = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '$',
      '%',
      '{',
      '}',
      '$${',
      '%%{',
      '${',
      '%{',
      '~}',
      '"',
      '\\',
      '\n',
      '\t',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'if x',
      'endif',
      'for a in b',
      'path.module',
      '<<EOT',
      '/*',
      '#',
      '\u2028',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 4 }) },
);
// Terraform keeps texts in Unicode's normal form C, as API servers and files need not.
const text = fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('').normalize('NFC'));
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(
    text.filter((key) => key !== '__proto__'),
    tie('any'),
    { maxKeys: 4 },
  ),
})).any;
const wellKnown = [
  '${HOME}',
  '%{if',
  '$${a}',
  '$$${b}',
  '%%%{c}',
  '$(date)',
  '100%',
  '${"${x}"}',
  '$',
  '${',
];

for (const [name, noTool, binary] of terraforms) {
  const whenPossible = noTool === undefined || process.env.CI ? describe : describe.skip;
  whenPossible(`${name}${noTool === undefined ? '' : `: ${noTool}`}`, () => {
    it('evaluates what was escaped to what it was: texts and keys, at any depth', async () => {
      const seed = Date.now() % 2 ** 31;
      const random = fc.sample(fc.array(value, { minLength: 3, maxLength: 5 }), {
        numRuns: 150,
        seed,
      });
      const values = [wellKnown, Object.fromEntries(wellKnown.map((one) => [one, one])), ...random];
      const here = cdktfProject('true');
      try {
        const app = new App({ outdir: `${here.folder}/cdktf.out`, skipBackendValidation: true });
        const stack = new TerraformStack(app, 'edge');
        values.forEach((one, index) => {
          new TerraformOutput(stack, `v${index}`, { value: escaped(one) as never, staticId: true });
        });
        app.synth();
        const run = async (...words: string[]) => {
          const ended = await here.run(binary(), words, 'edge');
          expect({ seed, ...ended }).toMatchObject({ code: 0 });
          return ended.out;
        };
        await run('init');
        await run('apply', '-auto-approve');
        const outputs = JSON.parse(await run('output', '-json'));
        values.forEach((one, index) => {
          expect({ seed, index, value: outputs[`v${index}`].value }).toEqual({
            seed,
            index,
            value: one,
          });
        });
      } finally {
        here.remove();
      }
    });
  });
}
