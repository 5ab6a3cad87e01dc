/** Duplicates: the same name twice in one list. */
import { type Path, quoted, type Report } from './mistake';

/** Reports every element of `list` whose name an earlier element has. */
export function duplicateNames(
  list: readonly { readonly name: string }[],
  path: Path,
  noun: string,
  report: Report,
): void {
  const first = new Map<string, number>();
  list.forEach(({ name }, index) => {
    const before = first.get(name);
    if (before === undefined) {
      first.set(name, index);
      return;
    }
    report({
      code: 'Duplicate',
      path: [...path, index, 'name'],
      summary: `got a second ${noun} named ${quoted(name)}, expected every name once`,
      remedy: `Rename this ${noun} or remove it.`,
      dependsOn: [[...path, before, 'name']],
    });
  });
}
