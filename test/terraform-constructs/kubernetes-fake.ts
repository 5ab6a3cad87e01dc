/** Stands in for hashicorp/kubernetes in plans and applies: it has the attributes of the typed resources, and remembers what it is told. */
import { positions, shapes } from '../../constructs/terraform/kubernetes/generated/shapes';
import type { Entry, Shape } from '../../constructs/terraform/kubernetes/shape';
import type {
  Attribute,
  CtyType,
  ManagedResource,
  Provider,
  Value,
} from '../../providers/terraform/protocol/provider';
import { unknown } from '../../providers/terraform/protocol/provider';

const leaves: Readonly<Record<string, CtyType>> = {
  s: 'string',
  n: 'number',
  b: 'bool',
  's[]': ['list', 'string'],
  'n[]': ['list', 'number'],
  's{}': ['map', 'string'],
  'a{}': 'dynamic',
};

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const plain = (name: string, type: CtyType, use: Attribute['use'] = 'optional'): Attribute => ({
  name,
  type,
  description: '',
  use,
});

function attributesOf(shape: Shape): readonly Attribute[] {
  return Object.entries(shape).map(([property, entry]) => attributeOf(snakeCase(property), entry));
}

function attributeOf(name: string, entry: Entry): Attribute {
  if (typeof entry === 'object' && 'required' in entry) {
    return { ...attributeOf(name, entry.required), use: 'required' };
  }
  if (typeof entry === 'string') return plain(name, leaves[entry] ?? 'dynamic');
  const nesting = typeof entry === 'number' ? 'single' : 'list';
  const position = typeof entry === 'number' ? entry : entry[0];
  const attributes = attributesOf(shapes[position] ?? {});
  return { name, nested: { nesting, attributes }, description: '', use: 'optional' };
}

/** An object whose id says through which context of a kubeconfig it was made. */
function remembered(attributes: readonly Attribute[]): ManagedResource {
  return {
    schema: {
      version: 0,
      description: '',
      attributes: [plain('id', 'string', 'computed'), ...attributes],
    },
    validate: () => [],
    upgrade: (_version, state) => state as Readonly<Record<string, Value>>,
    read: async (prior) => ({ state: prior }),
    plan: async ({ prior, proposed }) => ({
      planned: proposed && { ...proposed, id: prior?.id ?? unknown },
    }),
    apply: async ({ prior, planned }, { settings }) => ({
      state: planned && {
        ...planned,
        id: prior?.id ?? `${settings.config_path}#${settings.config_context}`,
      },
    }),
    import: async (id) => ({ state: { id } }),
  };
}

/** `Deployment` is kubernetes_deployment_v1; the autoscaler is of its second version. */
const typeName = (kind: string) =>
  `kubernetes${snakeCase(kind)}_${kind === 'HorizontalPodAutoscaler' ? 'v2' : 'v1'}`;

/** The stand-in. */
export const kubernetesFake: Provider = {
  schema: {
    version: 0,
    description: '',
    attributes: [plain('config_path', 'string'), plain('config_context', 'string')],
  },
  resources: {
    ...Object.fromEntries(
      Object.entries(positions).map(([kind, position]) => [
        typeName(kind),
        remembered(attributesOf(shapes[position] ?? {})),
      ]),
    ),
    kubernetes_manifest: remembered([plain('manifest', 'dynamic', 'required')]),
  },
  dataSources: {},
  validate: () => [],
};
