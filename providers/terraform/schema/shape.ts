/** Shapes: how a document looks as a Terraform value, and the attributes that follow from it. */
import type { Attribute, CtyType, Use } from '../protocol/provider';

/** How one value of a document is written in HCL. */
export type Shape =
  | { readonly kind: 'text' | 'number' | 'bool' }
  /** A text, or JSON of an object or a list. */
  | { readonly kind: 'textOrJson' }
  /** In the document a text, or several; in HCL always a list. A list of one is the text itself. */
  | { readonly kind: 'oneOrMore' }
  | { readonly kind: 'list' | 'map'; readonly of: Shape }
  | {
      readonly kind: 'object';
      readonly members: readonly Member[];
      /** The document may say `false` instead; in HCL `enabled = false`. */
      readonly orFalse?: true;
    };

/** One key of an object. */
export interface Member {
  /** As the document writes it. */
  readonly key: string;
  /** As HCL writes it. */
  readonly name: string;
  readonly required: boolean;
  /** Markdown. */
  readonly description: string;
  readonly shape: Shape;
}

/** The attribute that stands for `false` where an object may be switched off. */
export const ENABLED = 'enabled';

/** The attributes of an object. Other shapes have none. */
export function attributesOf(shape: Shape): readonly Attribute[] {
  if (shape.kind !== 'object') return [];
  const own = shape.members.map(({ name, required, description, shape: inner }) =>
    attributeOf(name, description, required ? 'required' : 'optional', inner),
  );
  return shape.orFalse === true ? [...own, enabled] : own;
}

/**
 * One attribute of this shape. What holds objects is dynamic, because Terraform drops keys that a nested type does not
 * have without a word; the nested attributes are for the documentation.
 */
export function attributeOf(name: string, description: string, use: Use, shape: Shape): Attribute {
  const base = { name, description, use };
  if (shape.kind === 'object') {
    return { ...base, type: 'dynamic', nested: nestedIn('single', shape) };
  }
  if ((shape.kind === 'list' || shape.kind === 'map') && shape.of.kind === 'object') {
    return { ...base, type: 'dynamic', nested: nestedIn(shape.kind, shape.of) };
  }
  return { ...base, type: typeOf(shape) };
}

/** Made when it is first asked for: what is dynamic on the wire has them for its pages alone. */
function nestedIn(nesting: 'single' | 'list' | 'map', shape: Shape) {
  let made: readonly Attribute[] | undefined;
  return {
    nesting,
    get attributes(): readonly Attribute[] {
      made ??= attributesOf(shape);
      return made;
    },
  };
}

const enabled: Attribute = {
  name: ENABLED,
  type: 'bool',
  description: 'Whether this holds at all; `false` lifts it. Default `true`.',
  use: 'optional',
};

function typeOf(shape: Shape): CtyType {
  switch (shape.kind) {
    case 'number':
    case 'bool':
      return shape.kind;
    case 'oneOrMore':
      return ['list', 'string'];
    case 'list':
    case 'map':
      return [shape.kind, typeOf(shape.of)];
    case 'object':
      return [
        'object',
        Object.fromEntries(shape.members.map((one) => [one.name, typeOf(one.shape)])),
      ];
    default:
      return 'string';
  }
}
