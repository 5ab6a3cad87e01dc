/** Diagnostics: what went wrong in the words of documents, said about the attributes that a configuration has. */
import { EdgeError, edgeErrorsOf, pathText } from '../../../constructs/parsing';
import type { Diagnostic, Path } from '../protocol/provider';
import { hclWordsAt } from './hcl-words';

/** Diagnostics that are listed one by one; the rest are counted. */
const most = 20;

/** The attribute that a path of an error is about; the whole block when it is about none. */
export type Locate = (path: string) => Path;

/**
 * Errors as diagnostics. Terraform marks lines for the attributes of a block alone and gives up on what is nested in
 * them, so a diagnostic is at the outermost attribute and its text says which part of it is meant.
 */
export function diagnosticsOf(
  errors: readonly EdgeError[],
  locate: Locate,
  severity: Diagnostic['severity'] = 'error',
): readonly Diagnostic[] {
  const listed = errors.slice(0, most).map((error) => {
    const path = locate(error.path);
    const words = (text: string) => hclWordsAt(path, error.file, text);
    return {
      severity,
      summary: sentence(words(error.summary)),
      detail: `${words(placeOf(error, path))}${words(error.remedy)}`,
      ...(path.length === 0 ? {} : { path: path.slice(0, 1) }),
    };
  });
  return [...listed, ...moreThan(errors.length, severity)];
}

/** What was not done, of a resource that says in each sentence where. */
export function problemsOf(
  problems: readonly { readonly summary: string; readonly remedy: string }[],
): readonly Diagnostic[] {
  const errors = problems.map(
    ({ summary, remedy }) => new EdgeError({ code: 'GuardStopped', path: '', summary, remedy }),
  );
  return diagnosticsOf(errors, () => []);
}

/** Runs `work`; the errors it throws become diagnostics. What is no mistake of the user is thrown on. */
export async function gathering<T>(
  locate: Locate,
  work: () => Promise<T> | T,
): Promise<{ readonly value?: T; readonly diagnostics: readonly Diagnostic[] }> {
  try {
    return { value: await work(), diagnostics: [] };
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    return { diagnostics: diagnosticsOf(errors, locate) };
  }
}

/** Warnings, a bounded number of them. */
export function warningsOf(texts: readonly string[], path?: Path): readonly Diagnostic[] {
  const listed = texts.slice(0, most).map((text): Diagnostic => {
    const [first = text, ...rest] = text.split('; ');
    const at = path === undefined ? {} : { path };
    return {
      severity: 'warning',
      summary: sentence(first),
      detail: rest.map(sentence).join(' '),
      ...at,
    };
  });
  return [...listed, ...moreThan(texts.length, 'warning')];
}

function moreThan(count: number, severity: Diagnostic['severity']): readonly Diagnostic[] {
  if (count <= most) return [];
  return [{ severity, summary: `... and ${count - most} more.`, detail: '' }];
}

/** Where in the attribute, or where in the text that it holds. */
function placeOf({ path, file, line }: EdgeError, attribute: Path): string {
  const isText = attribute.length < 2 || ['documents', 'demands'].includes(String(attribute[0]));
  const inside = isText ? path.replace(/^apps\[\d+\]\.?/, '') : '';
  const parts = [
    attribute.length > 1 ? pathText(attribute) : '',
    file ?? '',
    line === undefined ? '' : `line ${line}`,
    hclWordsAt(attribute, file, inside) === pathText(attribute) ? '' : inside,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `At ${parts.join(', ')}. `;
}

/** Texts that begin with a name, a key or a path. */
const named =
  /^([\w-]+[.[]\w|[\w.-]+(, [\w.-]+)*: |[a-z]+[_A-Z]|[a-z]+:\/\/|[\w.-]+ (is (unreachable|forbidden|misconfigured)|cannot be reached|gave no answer) ?)/;

/** With a capital, unless it begins with a name or a key, and a full stop. */
function sentence(text: string): string {
  const isName = named.test(text);
  const start = isName ? text : text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
}
