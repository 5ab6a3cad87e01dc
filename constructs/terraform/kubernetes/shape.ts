/** Shape: which properties a typed resource has, and what may stand there. */

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
