/** Pages of the provider in the layout of the Terraform registry, written from the schemas; runs when building. */
import type {
  Attribute,
  CtyType,
  Provider,
  ProviderFunction,
  Schema,
  Use,
} from '../protocol/provider';

/** What a page says beside its schema. */
interface PageWords {
  /** HCL. */
  readonly example: string;
  /** Markdown, after the schema. */
  readonly more?: string;
}

/** The pages by path below `docs/`. `words` gives what a schema does not say, by the name of a resource, a data source, a function or `provider`. */
export function pagesOf(
  provider: Provider,
  words: (name: string) => PageWords,
): ReadonlyMap<string, string> {
  const pages = new Map<string, string>();
  const add = (path: string, title: string, name: string, schema: Schema, kind: string) =>
    pages.set(path, page(title, kind, schema, words(name)));
  add('index.md', 'littoral Provider', 'provider', provider.schema, '');
  for (const [name, { schema }] of Object.entries(provider.dataSources)) {
    const path = `data-sources/${name.replace('littoral_', '')}.md`;
    add(path, `${name} Data Source`, name, schema, ' (Data Source)');
  }
  for (const [name, { schema }] of Object.entries(provider.resources)) {
    const path = `resources/${name.replace('littoral_', '')}.md`;
    add(path, `${name} Resource`, name, schema, ' (Resource)');
  }
  for (const [name, one] of Object.entries(provider.functions ?? {})) {
    pages.set(`functions/${name}.md`, functionPage(name, one, words(name)));
  }
  return pages;
}

function functionPage(
  name: string,
  { summary, description, parameters, returns }: ProviderFunction,
  { example, more }: PageWords,
): string {
  const names = parameters.map((one) => `${one.name} ${typeText(one.type).toLowerCase()}`);
  const parts = [
    `---\npage_title: "${name} Function - littoral"\nsubcategory: ""\ndescription: |-\n  ${summary}\n---`,
    `# function: ${name}`,
    description,
    '## Example Usage',
    `\`\`\`terraform\n${example.trim()}\n\`\`\``,
    '## Signature',
    `\`\`\`text\n${name}(${names.join(', ')}) ${typeText(returns).toLowerCase()}\n\`\`\``,
    '## Arguments',
    parameters
      .map(
        (one, index) => `${index + 1}. \`${one.name}\` (${typeText(one.type)}) ${one.description}`,
      )
      .join('\n'),
    ...(more === undefined ? [] : [more.trim()]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function page(title: string, kind: string, schema: Schema, { example, more }: PageWords): string {
  const [name = ''] = title.split(' ');
  const [first = ''] = schema.description.split(/(?<=\.)\s/);
  const parts = [
    `---\npage_title: "${title} - littoral"\nsubcategory: ""\ndescription: |-\n  ${first}\n---`,
    `# ${kind === '' ? title : `${name}${kind}`}`,
    schema.description,
    '## Example Usage',
    `\`\`\`terraform\n${example.trim()}\n\`\`\``,
    '## Schema',
    ...listed(schema.attributes, ''),
    ...nestedIn(schema.attributes, ''),
    ...(more === undefined ? [] : [more.trim()]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const headings: readonly (readonly [string, readonly Use[]])[] = [
  ['Required', ['required']],
  ['Optional', ['optional', 'optional-computed']],
  ['Read-Only', ['computed']],
];

function listed(attributes: readonly Attribute[], prefix: string): readonly string[] {
  const level = prefix === '' ? '###' : '';
  return headings.flatMap(([heading, uses]) => {
    const those = attributes.filter(({ use }) => uses.includes(use));
    if (those.length === 0) return [];
    const lines = [...those]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((one) => line(one, prefix));
    return [level === '' ? `${heading}:` : `${level} ${heading}`, lines.join('\n')];
  });
}

function line({ name, type, nested, description, sensitive }: Attribute, prefix: string): string {
  const words = [
    nested === undefined ? typeText(type ?? 'dynamic') : nestedText[nested.nesting],
    ...(sensitive === true ? ['Sensitive'] : []),
  ];
  const below = nested === undefined ? '' : ` (see [below](#${anchor(prefix, name)}))`;
  return `- \`${name}\` (${words.join(', ')}) ${description}${below}`;
}

const nestedText = {
  single: 'Attributes',
  list: 'Attributes List',
  set: 'Attributes Set',
  map: 'Attributes Map',
} as const;

function typeText(type: CtyType): string {
  if (type === 'bool') return 'Boolean';
  if (typeof type === 'string') return `${type[0]?.toUpperCase()}${type.slice(1)}`;
  const [kind, of] = type;
  const name = `${kind[0]?.toUpperCase()}${kind.slice(1)}`;
  return kind === 'object' ? name : `${name} of ${typeText(of)}`;
}

function nestedIn(attributes: readonly Attribute[], prefix: string): readonly string[] {
  return attributes.flatMap(({ name, nested }) => {
    if (nested === undefined) return [];
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [
      `<a id="${anchor(prefix, name)}"></a>\n### Nested Schema for \`${path}\``,
      ...listed(nested.attributes, path),
      ...nestedIn(nested.attributes, path),
    ];
  });
}

function anchor(prefix: string, name: string): string {
  return `nestedatt--${[...prefix.split('.'), name].filter((part) => part !== '').join('--')}`;
}

/** The block of a configuration that begins with these words; throws when there is none. */
export function blockIn(configuration: string, start: string): string {
  const lines = configuration.split('\n');
  const first = lines.findIndex((one) => one.startsWith(start));
  const last = lines.findIndex((one, index) => index >= first && /^[^\s].*\{\}$|^\}$/.test(one));
  if (first < 0 || last < 0) throw new RangeError(`the configuration has no ${start}`);
  return lines.slice(first, last + 1).join('\n');
}
