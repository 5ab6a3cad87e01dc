/** Misuse of the bindings that shows when a stack is synthesized. */

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
