/** A provider with every shape of attribute, for tests of the wire: it keeps nothing, and fails in the ways it is told to. */
import type {
  Attribute,
  Context,
  Diagnostic,
  Fields,
  ManagedResource,
  Provider,
  Value,
} from '../../providers/terraform/protocol/provider';
import { isKnown, unknown } from '../../providers/terraform/protocol/provider';

const text = (name: string, use: Attribute['use'] = 'optional'): Attribute => ({
  name,
  type: 'string',
  description: `The ${name}.`,
  use,
});
const number = (name: string): Attribute => ({ ...text(name), type: 'number' });

/** The attributes of `fixture_thing`. */
export const attributes: readonly Attribute[] = [
  text('id', 'computed'),
  text('name', 'required'),
  number('amount'),
  { ...text('enabled'), type: 'bool' },
  { ...text('tags'), type: ['map', 'string'] },
  { ...text('names'), type: ['list', 'string'] },
  { ...text('zones'), type: ['set', 'string'] },
  { ...text('anything'), type: 'dynamic' },
  { ...text('point'), type: ['object', { x: 'number', y: 'number' }] },
  { ...text('token'), sensitive: true },
  {
    name: 'rules',
    nested: {
      nesting: 'list',
      attributes: [
        text('match', 'required'),
        {
          name: 'limits',
          nested: { nesting: 'map', attributes: [number('least'), number('most')] },
          description: 'The limits.',
          use: 'optional',
        },
      ],
    },
    description: 'The rules.',
    use: 'optional',
  },
  {
    name: 'origin',
    nested: { nesting: 'single', attributes: [number('latitude'), number('longitude')] },
    description: 'The origin.',
    use: 'optional',
  },
  {
    name: 'members',
    nested: { nesting: 'set', attributes: [text('name', 'required'), number('weight')] },
    description: 'The members.',
    use: 'optional',
  },
  /** `validate`, `plan`, `read`, `apply`: a mistake; `crash`: a defect; `hang`: until told to stop; `wait`: for a moment. */
  text('fail'),
  { ...text('clusters', 'computed'), type: ['list', 'string'] },
  text('summary', 'computed'),
];

/** Set by the provider block of a test. */
const fixtureSchema = { version: 2, description: 'A thing.', attributes };

const late = () => require('./fixture-late') as typeof import('./fixture-late');
const none: Fields = Object.fromEntries(attributes.map(({ name }) => [name, null]));

const thing: ManagedResource = {
  schema: fixtureSchema,
  async validate(config): Promise<readonly Diagnostic[]> {
    await failIf(config, 'validate');
    return config.name === 'frowned' ? [warning] : [];
  },
  upgrade(version, state) {
    const { title } = state as { readonly title?: string };
    return { ...none, name: title ?? null, id: `upgraded-from-${version}` };
  },
  async read(prior) {
    await failIf(prior, 'read');
    return { state: prior.name === 'vanished' ? null : prior };
  },
  async plan({ prior, proposed, config, hidden, reviewed }, context) {
    if (!proposed) return { planned: null };
    await failIf(config ?? none, 'plan');
    const said = Buffer.from(reviewed ?? hidden).toString('utf8');
    context.log('debug', 'planned', { name: proposed.name, hidden: said.length });
    return {
      planned: { ...proposed, id: prior?.id ?? unknown, ...derived(proposed, context) },
      hidden: Buffer.from(JSON.stringify({ plannedFor: proposed.name ?? null })),
      requiresReplace: prior && prior.name !== proposed.name ? [['name']] : [],
    };
  },
  async apply({ prior, planned }, context) {
    if (!planned) return { state: null };
    const state = { ...planned, id: prior?.id ?? `thing-${String(planned.name)}` };
    if (planned.fail === 'hang') return hang(state, context);
    if (planned.fail === 'wait') await new Promise((done) => setTimeout(done, 300));
    await failIf(planned, 'apply');
    const filled = Object.entries({ ...state, ...derived(state, context) });
    return { state: Object.fromEntries(filled.map(([key, value]) => [key, known(value)])) };
  },
  async import(id, context) {
    if (id === 'nothing') await late().refuse('id', 'nothing is called nothing');
    const fields = { ...none, name: id.replace(/^thing-/, ''), id };
    return { state: { ...fields, ...derived(fields, context) } };
  },
};

const warning: Diagnostic = {
  severity: 'warning',
  summary: 'This name is frowned upon',
  detail: 'Use another.',
  path: ['name'],
};

/** Known as soon as what they depend on is. */
function derived({ zones, name }: Fields, context: Context): Fields {
  const prefix = typeof context.settings.prefix === 'string' ? context.settings.prefix : '';
  const sorted = Array.isArray(zones) && isKnown(zones) ? [...(zones as string[])].sort() : [];
  return {
    clusters: zones !== undefined && isKnown(zones ?? null) ? sorted : unknown,
    summary: typeof name === 'string' ? `${prefix}${name}: ${sorted.length} zones` : unknown,
  };
}

/** What was unknown in the plan and has no better value. */
const known = (value: Value): Value => (isKnown(value) ? value : null);

async function failIf({ fail }: Fields, when: string): Promise<void> {
  if (fail === when) await late().refuse('rules[0].limits["cpu"].least', 'told to fail');
  if (fail === 'crash' && when === 'plan') throw new TypeError('undefined is not a function');
}

/** Half of the work is done and recorded when Terraform says stop. */
async function hang(state: Fields, { signal, log }: Context) {
  log('info', 'hanging');
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  const diagnostics: readonly Diagnostic[] = [
    { severity: 'error', summary: 'Stopped half way', detail: 'Apply again to go on.' },
  ];
  return { state: { ...state, summary: 'half' }, diagnostics };
}

/** The provider `fixture`. */
export const fixture: Provider = {
  schema: {
    version: 0,
    description: 'For tests.',
    attributes: [text('prefix'), { ...text('password'), sensitive: true }],
  },
  resources: { fixture_thing: thing },
  dataSources: {
    fixture_echo: {
      schema: {
        version: 0,
        description: 'Says it again.',
        attributes: [{ ...text('said'), type: 'dynamic' }, text('echo', 'computed')],
      },
      validate: () => [],
      async read({ said = null }) {
        return { state: { said, echo: JSON.stringify(said) } };
      },
    },
  },
  validate: ({ prefix }) => (prefix === 'bad' ? [{ ...warning, path: ['prefix'] }] : []),
};
