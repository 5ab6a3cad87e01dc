/** Issues: turns what zod found into mistakes that name what was received, what was expected and one remedy. */

import {
  branchesOf,
  child,
  describeNode,
  meantBranch,
  nodeAt,
  resolved,
  type SchemaNode,
  schemaNodeOf,
} from './expectation';
import { type DocumentMistake, isSecret, keyText, type Path, quoted, received } from './mistake';
import { useOneOf } from './spelling';
import type { z } from './zod';

type Issue = z.Issue;

/** All mistakes in `value`, in the order zod found them. */
export function mistakesOf(
  schema: z.ZodType,
  value: unknown,
  issues: readonly Issue[],
): readonly DocumentMistake[] {
  const root = schemaNodeOf(schema);
  return issues.flatMap((issue) => mistakesOfIssue(root, value, issue, []));
}

function mistakesOfIssue(
  root: SchemaNode,
  value: unknown,
  issue: Issue,
  prefix: Path,
): readonly DocumentMistake[] {
  const path: Path = [...prefix, ...(issue.path as (string | number)[])];
  const node = nodeAt(root, path, value);
  const here = valueAt(value, path);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const formats = expectedFormats(issue.errors);
    if (formats !== undefined) return [wrongValue(path, here, node, formats)];
    const index = meantBranch(branchesOf(node ?? {}) ?? [], here);
    const branch = index === undefined ? undefined : issue.errors[index];
    if (branch !== undefined && branch.length > 0) {
      return branch.flatMap((inner) => mistakesOfIssue(root, value, inner, path));
    }
    return [wrongValue(path, here, node, describeNode(node ?? {}, here))];
  }
  if (issue.code === 'invalid_union' && 'options' in issue && issue.options !== undefined) {
    return [wrongValue(path, here, { enum: issue.options }, `one of ${issue.options.join(', ')}`)];
  }
  if (issue.code === 'unrecognized_keys') {
    const keys = Object.keys(resolved(node ?? {}, here).properties ?? {});
    return issue.keys.map((key) => unknownKey([...path, key], key, keys));
  }
  if (issue.code === 'invalid_key') return [wrongKey(path, issue.issues[0]?.message)];
  return [wrongValue(path, here, node, expectedBy(issue, resolved(node ?? {}, here), here))];
}

/** Of a text that may have one of several formats: all of them in our own words; undefined for other unions. */
function expectedFormats(errors: readonly (readonly Issue[])[]): string | undefined {
  const messages = errors.flatMap(([first, ...more]) => {
    const isFormat = first?.code === 'invalid_format' && worded.includes(first.format ?? '');
    return isFormat && more.length === 0 && first.path.length === 0 ? [first.message] : [];
  });
  return messages.length === errors.length ? [...new Set(messages)].join(' or ') : undefined;
}

/** The mistake of a key that its object does not have. */
function unknownKey(path: Path, key: string, keys: readonly string[]): DocumentMistake {
  return {
    code: 'UnknownKey',
    path,
    summary: `got the key ${keyText(key)}, which does not exist here`,
    remedy: useOneOf(key, keys, 24),
  };
}

/** The value at `path`, through own members only. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce(child, value);
}

function wrongKey(path: Path, message: string | undefined): DocumentMistake {
  const key = String(path.at(-1));
  return {
    code: 'InvalidDocument',
    path,
    summary: `got the key ${quoted(key)}${message === undefined ? '' : `, expected ${message}`}`,
    remedy: 'Rename the key.',
  };
}

/** Formats of which every schema here says in its own words what is expected. */
const worded = ['regex', 'ipv6', 'cidrv6'];

/** zod's own words are used only where we wrote them: the message of a pattern or an address. */
function expectedBy(issue: Issue, node: SchemaNode, value: unknown): string {
  if (issue.code === 'invalid_format' && worded.includes(issue.format ?? '')) return issue.message;
  if (issue.code === 'invalid_format' && issue.format === 'starts_with') {
    return `a text that starts with "${String(issue['prefix' as keyof Issue])}"`;
  }
  if (issue.code === 'custom') return issue.message;
  return describeNode(node, value);
}

function wrongValue(
  path: Path,
  value: unknown,
  node: SchemaNode | undefined,
  expected: string,
): DocumentMistake {
  const choices = choicesOf(node ?? {}, value);
  const known = choices !== undefined && typeof value === 'string' && !isSecret(path);
  return {
    code: known ? 'UnknownName' : 'InvalidDocument',
    path,
    summary: `got ${received(value, path)}, expected ${expected}`,
    remedy: known ? useOneOf(value, choices, 24) : remedyFor(path, value, node ?? {}, expected),
  };
}

/** The texts to choose from, when the value is a text and the node is an enum or a constant. */
function choicesOf(node: SchemaNode, value: unknown): readonly string[] | undefined {
  const meant = resolved(node, value);
  const all = meant.enum ?? (meant.const === undefined ? undefined : [meant.const]);
  const texts = all?.filter((one) => typeof one === 'string');
  return texts !== undefined && texts.length > 0 ? texts : undefined;
}

function remedyFor(path: Path, value: unknown, node: SchemaNode, expected: string): string {
  const last = path.at(-1);
  if (value === undefined && typeof last === 'string') return `Add the key ${keyText(last)}.`;
  const wantsText = allows(node, 'string');
  if (wantsText && (typeof value === 'number' || typeof value === 'boolean')) {
    return 'Put the value in quotes to make it a text.';
  }
  const wantsNumber = allows(node, 'number') || allows(node, 'integer');
  if (
    wantsNumber &&
    typeof value === 'string' &&
    value.trim() !== '' &&
    Number.isFinite(Number(value))
  ) {
    return 'Remove the quotes to make it a number.';
  }
  return `Write ${expected}.`;
}

function allows(node: SchemaNode, type: string): boolean {
  return node.type === type || (branchesOf(node)?.some((branch) => allows(branch, type)) ?? false);
}
