/** A key that nothing reads is refused with the nearest spelling, wherever a person can write one: in HCL at every depth, and in programs that no compiler checked. */

import { littoral } from '../../providers/terraform/littoral';
import { printableSchemas } from '../../providers/terraform/protocol/description';
import { unknown, type Value } from '../../providers/terraform/protocol/provider';
import { fieldsOf } from '../../providers/terraform/resources/attributes';
import { demand } from '../../providers/terraform/resources/demand';
import { placement } from '../../providers/terraform/resources/placement/placement';
import { appShape } from '../../providers/terraform/resources/placement/schema';
import { releaseIn } from '../../providers/terraform/resources/release/release';
import { rolloutShape } from '../../providers/terraform/resources/release/schema';
import type { Shape } from '../../providers/terraform/schema/shape';
import shapes from '../../providers/terraform/shapes.json';
import { Clusters } from '../resources/cluster-double';
import { worldIn } from '../resources/fixtures';
import { placing, releasing } from '../terraform/configurations';

type Step = string | number;
interface Place {
  readonly steps: readonly Step[];
  readonly names: readonly string[];
}

/** Every object that a value of this shape can hold, and the names it may have. */
function objectsIn(shape: Shape, steps: readonly Step[] = []): readonly Place[] {
  if (shape.kind === 'list') return objectsIn(shape.of, [...steps, 0]);
  if (shape.kind === 'map') return objectsIn(shape.of, [...steps, 'any']);
  if (shape.kind !== 'object') return [];
  const inside = shape.members.flatMap((one) => objectsIn(one.shape, [...steps, one.name]));
  return [{ steps, names: shape.members.map(({ name }) => name) }, ...inside];
}

const nest = ([step, ...rest]: readonly Step[], value: Value): Value => {
  if (step === undefined) return value;
  const inner = nest(rest, value);
  return typeof step === 'number' ? [inner] : { [step]: inner };
};

/** Two letters swapped; one more when they are equal. */
const misspelt = (name: string): string => {
  const swapped = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`;
  return swapped === name ? `${name}x` : swapped;
};
const camel = (name: string) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const release = releaseIn(() => worldIn(new Clusters()));
const demandFields = (prometheus: Value) => fieldsOf(demand.schema.attributes, { prometheus });
const kinds: readonly (readonly [string, Shape, (value: Value) => unknown])[] = [
  ['apps', appShape, (app) => placement.validate(placing({ apps: [app] }))],
  ['prometheus', shapes.prometheus as Shape, (value) => demand.validate(demandFields(value))],
  ['rollout', rolloutShape, (rollout) => release.validate(releasing(['a'], { rollout }))],
];

describe.each(kinds)('in %s a key that does not exist', (_, shape, validate) => {
  const places = objectsIn(shape);
  const refused = async (value: Value, key: string) =>
    ((await validate(value)) as readonly { summary: string; detail: string }[]).filter(
      ({ summary }) => summary === `Got the key "${key}", which does not exist here.`,
    );

  it.each(places.map((place) => [place.steps.join('.') || 'itself', place] as const))(
    'is refused in %s',
    async (_at, { steps, names }) => {
      const [name = ''] = names.filter((one) => one.length > 3).concat(names);
      const key = misspelt(name);
      for (const given of [1, null, unknown, { a: [unknown] }] as Value[]) {
        const [error, ...more] = await refused(nest(steps, { [key]: given }), key);
        expect(more).toEqual([]);
        expect(error?.detail).toContain(key);
        expect(error?.detail).toMatch(/Write |Use one of/);
      }
    },
  );

  it('is refused as a document would spell it, and HCL spelling is the remedy', async () => {
    for (const { steps, names } of places) {
      for (const name of names.filter((one) => camel(one) !== one)) {
        const [error] = await refused(nest(steps, { [camel(name)]: 1 }), camel(name));
        expect(error?.detail).toContain(`Write ${name}.`);
      }
    }
  });
});

it('Terraform gets no nested type of an argument, because it drops what such a type does not have', () => {
  const [schemas] = Object.values(printableSchemas('x', littoral).provider_schemas);
  const { provider, resource_schemas: resources, data_source_schemas: sources } = schemas!;
  const blocks = [provider, ...Object.values(resources), ...Object.values(sources)];
  for (const { block } of blocks) {
    for (const attribute of Object.values(block.attributes)) {
      const { computed, type, nested_type: nested } = attribute as Record<string, unknown>;
      if (computed) continue;
      expect(nested).toBeUndefined();
      expect(JSON.stringify(type)).not.toContain('object');
    }
  }
});

describe('an attribute that may be anything', () => {
  const errorsFor = async (apps: Value) => {
    const found = await placement.validate(placing({ apps }));
    return found.map(({ summary, detail }) => `${summary} ${detail}`);
  };

  it.each<[string, Value, RegExp]>([
    ['one app instead of a list', { name: 'shop' }, /no list, expected a list of apps/],
    ['a text', 'shop', /no list, expected a list of apps/],
    ['texts in a list', ['name: shop'], /a text, expected an object.*documents/],
    ['a null in a list', [null], /null, expected an object/],
    ['a list where an object is', [{ name: 'shop', policy: [] }], /expected an object/],
    ['an object where JSON is', [{ name: 'shop', demand: { file: 'x' } }], /jsonencode/],
  ])('refuses %s', async (_, apps, words) => {
    expect((await errorsFor(apps)).join('\n')).toMatch(words);
  });

  it('takes numbers for texts and texts for numbers, as Terraform does', async () => {
    const workload = {
      image: 'r.example/shop:1',
      port: '8080',
      env: { A: 1, B: true, C: 1.5, D: 1e21, E: 0.0000001 },
      resources: { cpu_millicores: '250', memory_mebibytes: 256 },
      requests_per_second_per_replica: '90.5',
    };
    expect(await errorsFor([{ name: 'shop', workload }])).toEqual([]);
  });
});
