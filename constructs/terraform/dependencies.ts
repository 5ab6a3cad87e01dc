/** Misuse of the bindings that shows when a stack is synthesized. */
import { type KnownKeys, type Path, unknownKeys } from '../parsing';
import type { TerraformMetaArguments } from './cdktf';

/** What every resource takes besides its own arguments. */
export const metaKeys: KnownKeys<TerraformMetaArguments> = {
  dependsOn: true,
  count: true,
  forEach: true,
  provider: true,
  lifecycle: true,
  provisioners: true,
  connection: true,
};

/** The sentences about keys that a construct does not have: a program in JavaScript is not told by a compiler. */
export function strayProps(
  path: string,
  props: unknown,
  known: Readonly<Record<string, true>>,
  below: Path = [],
): string[] {
  return unknownKeys(props, known, below).map(
    ({ path: key, summary, remedy }) =>
      `${path}: ${summary}${key.includes('.') ? ` (${key})` : ''}. ${remedy}`,
  );
}

/** A data source that waits for something is read in the apply, and everything that follows from it is unknown in the plan. */
export function noDependencies(source: {
  readonly node: { readonly path: string };
  readonly dependsOn?: readonly string[];
}): string[] {
  const [first] = source.dependsOn ?? [];
  if (first === undefined) return [];
  return [
    `${source.node.path}: got dependsOn ${first}, but a data source that waits is read in the apply and leaves the plan without a decision. Remove the dependency.`,
  ];
}

/** The sentence about arguments of which exactly one is expected; none when that is so. */
export function exactlyOne(path: string, given: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(given);
  const got = names.filter((name) => given[name] !== undefined);
  if (got.length === 1) return [];
  const what = got.length === 0 ? 'none' : got.join(' and ');
  const remedy = got.length === 0 ? `Add one of them.` : `Remove ${got.slice(1).join(', ')}.`;
  return [`${path}: got ${what} of ${names.join(', ')}, expected exactly one. ${remedy}`];
}
