/** Escaping, against a reader of Terraform's templates that was written from its specification. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of Terraform
import { Token } from 'cdktf';
import fc from 'fast-check';
import { escaped, tokenIn } from '../../constructs/terraform/escape';

/** What Terraform makes of a template without an interpolation; throws where it would evaluate something. */
function evaluated(template: string): string {
  let text = '';
  for (let at = 0; at < template.length; at += 1) {
    const rest = template.slice(at);
    if (rest.startsWith('$${') || rest.startsWith('%%{')) {
      text += rest.slice(1, 3);
      at += 2;
    } else if (rest.startsWith('${') || rest.startsWith('%{')) {
      throw new Error(`evaluates ${JSON.stringify(rest)}`);
    } else text += template[at];
  }
  return text;
}

const text = fc
  .array(fc.constantFrom('$', '%', '{', '}', '$${', '%%{', 'if', '~', 'a', '"', '\\', '\n', 'é'))
  .map((parts) => parts.join(''));

describe('escaped', () => {
  it('is evaluated to what it was, whatever it says', () => {
    fc.assert(
      fc.property(text, (one) => expect(evaluated(escaped(one))).toBe(one)),
      {
        numRuns: 2000,
        examples: [['${HOME}'], ['%{if x}'], ['$${a}'], ['$$${'], ['%%%{'], ['$(date) 100%']],
      },
    );
  });

  it('reaches every text and every key of a document, and nothing else', () => {
    const text = '{"key ${a}":["%{ if }",1,true,null,{"%{":"${b}"}],"__proto__":"own"}';
    expect(JSON.stringify(escaped(JSON.parse(text)))).toBe(
      '{"key $${a}":["%%{ if }",1,true,null,{"%%{":"$${b}"}],"__proto__":"own"}',
    );
  });

  it('leaves tokens to Terraform', () => {
    const token = Token.asString({
      resolve: () => '${var.x}',
      creationStack: [],
      toString: () => '',
    });
    expect(escaped({ image: token, name: `shop-${token}` })).toEqual({
      image: token,
      name: `shop-${token}`,
    });
    const list = Token.asList({ resolve: () => '${var.l}', creationStack: [], toString: () => '' });
    expect(escaped({ list })).toEqual({ list });
  });
});

describe('tokenIn', () => {
  it('says where the first token is', () => {
    const token = Token.asString({
      resolve: () => '${var.x}',
      creationStack: [],
      toString: () => '',
    });
    const number = Token.asNumber({
      resolve: () => '${var.n}',
      creationStack: [],
      toString: () => '',
    });
    expect(tokenIn({ workload: { components: [{ name: 'a' }, { image: token }] } })).toBe(
      'workload.components[1].image',
    );
    expect(tokenIn({ policy: { constraints: { maxClusters: number } } })).toBe(
      'policy.constraints.maxClusters',
    );
    expect(tokenIn({ labels: { [token]: 'x' } })).toContain('labels.');
    expect(tokenIn({ name: 'shop', env: { A: '${HOME}' }, chart: () => token })).toBeUndefined();
  });
});
