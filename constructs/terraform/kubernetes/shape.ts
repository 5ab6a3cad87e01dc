/** Shape: which properties a typed resource has, and what may stand there. */
import type { Construct } from 'constructs';
import type { TerraformResource } from '../cdktf';

/** The class of a typed resource, made from arguments that its shape has checked. */
export type TypedResource = new (
  scope: Construct,
  id: string,
  config: never,
) => TerraformResource & { readonly terraformResourceType: string };

/** Text, number, yes or no, anything; `[]` several of them, `{}` several by the user's own keys. */
export type Leaf = 's' | 'n' | 'b' | 's[]' | 'n[]' | 's{}' | 'a{}';
/** A leaf, the position of a shape in the table, or a list of that shape; `required` where the block may not be left out. */
export type Entry =
  | Leaf
  | number
  | readonly [number]
  | { readonly required: number | readonly [number] };
/** Entries by property. */
export type Shape = Readonly<Record<string, Entry>>;
