/** Escaping: what users wrote reaches a provider as they wrote it, although Terraform reads every string and key as a template. */
import type { Path } from '../parsing';
import { Token, Tokenization } from './cdktf';

/**
 * `value` with `${` and `%{` escaped in every string and every key, at any depth. Tokens stay as they are: they are
 * meant to be evaluated. A text that holds a token is left alone as a whole.
 */
export function escaped<T>(value: T): T {
  return deepEscaped(value) as T;
}

function deepEscaped(value: unknown): unknown {
  if (typeof value === 'string') return escapedText(value);
  if (typeof value !== 'object' || value === null || Tokenization.isResolvable(value)) return value;
  if (Array.isArray(value)) return value.map(deepEscaped);
  // Object.fromEntries, unlike assignment, keeps a key called __proto__.
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [escapedText(key), deepEscaped(inner)]),
  );
}

function escapedText(text: string): string {
  if (Token.isUnresolved(text)) return text;
  return text.replace(/[$%](?=\{)/g, '$&$&');
}

/** Where in `value` a token is, such as `workload.image`; undefined without one. */
export function tokenIn(value: unknown, path = ''): string | undefined {
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null || Tokenization.isResolvable(value)) {
    return Token.isUnresolved(value) ? path : undefined;
  }
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`.replace(/^\./, '');
    if (Token.isUnresolved(key)) return step;
    const found = tokenIn(inner, step);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The place of an object that has a token for a key; undefined without one. */
export function tokenKeyIn(value: unknown, path: Path = []): Path | undefined {
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (Token.isUnresolved(key)) return path;
    const found = tokenKeyIn(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
