/** YAML: writes manifests as text that is stable to the byte and that YAML 1.1 and 1.2 readers understand alike. */

import type { Manifest } from '../model/app/workload';
import { exactDigits } from '../model/exact-integer';

const first = ['apiVersion', 'kind', 'metadata'];
/** Plain text without quotes: nothing that could be a number, a date, a mark or a comment. */
const plain = /^[A-Za-z/_](?:[\w ./@=+,()-]|:(?=[\w/]))*$/;
const quantity = /^[1-9][0-9]*(?:m|Ki|Mi|Gi|Ti)$/;
/** Words that some reader takes for a truth, for nothing, or for an exponent that lost its number. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf|e[-+]?[0-9]+)$/i;
/** Characters that one of the two versions takes for a line break or does not allow. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;
/** What a literal block cannot hold. */
const unblockable =
  /[^\t\n -~\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** One document: apiVersion, kind and metadata first, all other keys sorted. Ends with a line break. */
export function manifestYaml(manifest: Manifest): string {
  const keys = [
    ...first.filter((key) => key in manifest),
    ...Object.keys(manifest)
      .filter((key) => !first.includes(key))
      .sort(),
  ];
  return `${mapping(manifest, keys, '').slice(1)}\n`;
}

/** Several documents with --- between them. No manifests: an empty text. */
export function manifestsYaml(manifests: readonly Manifest[]): string {
  return manifests.map(manifestYaml).join('---\n');
}

/** What follows a key and its colon, or a dash; `indent` is that of members. */
function node(value: unknown, indent: string): string {
  if (typeof value === 'string') return ` ${exactDigits(value) ?? text(value, indent)}`;
  if (typeof value === 'number') return ` ${number(value)}`;
  if (typeof value !== 'object' || value === null) return ` ${String(value ?? null)}`;
  if (Array.isArray(value)) return value.length === 0 ? ' []' : sequence(value, indent);
  const keys = Object.keys(value).filter((key) => (value as never)[key] !== undefined);
  return keys.length === 0 ? ' {}' : mapping(value, keys.sort(), indent);
}

function mapping(value: object, keys: readonly string[], indent: string): string {
  let out = '';
  for (const key of keys) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    // A list sits at the indent of its key: its dashes set it off, and text stays left.
    const below = Array.isArray(member) ? indent : `${indent}  `;
    out += `\n${indent}${scalar(key)}:${node(member, below)}`;
  }
  return out;
}

function sequence(items: readonly unknown[], indent: string): string {
  let out = '';
  for (const item of items) {
    const inner = node(item ?? null, `${indent}  `);
    // A mapping, or a list in a list, starts on the line of its dash.
    const isNested = inner.startsWith('\n');
    out += `\n${indent}-${isNested ? ` ${inner.slice(indent.length + 3)}` : inner}`;
  }
  return out;
}

function number(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const written = Object.is(value, -0) ? '0' : String(value);
  // YAML 1.1 knows an exponent only after a point.
  return written.includes('e') && !written.includes('.') ? written.replace('e', '.0e') : written;
}

function text(value: string, indent: string): string {
  const isBlock = value.includes('\n') && !/^[\s]/.test(value) && !unblockable.test(value);
  return isBlock ? block(value, indent) : scalar(value);
}

function scalar(value: string): string {
  const isPlain = plain.test(value) && !value.endsWith(' ') && !reserved.test(value);
  return isPlain || quantity.test(value) ? value : quotedText(value);
}

function quotedText(value: string): string {
  return JSON.stringify(value).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function block(value: string, indent: string): string {
  const body = value.replace(/\n+$/, '');
  const breaks = value.length - body.length;
  const chomp = breaks === 0 ? '-' : breaks === 1 ? '' : '+';
  // A block at the top level would not be set off from its key.
  const margin = indent === '' ? '  ' : indent;
  const lines = body.split('\n').map((line) => (line === '' ? '' : margin + line));
  return `|${chomp}\n${lines.join('\n')}${'\n'.repeat(Math.max(0, breaks - 1))}`;
}
