/** YAML texts as documents of the library, by code that the first text loads. */
import type { Document } from 'yaml';
import type { ComposeOptions } from './yaml-composing';

/** As parseDocument of the library, whose errors have offsets and no lines. Throws NestedTooDeep. */
export function composeYaml(text: string, options: ComposeOptions = {}): Document.Parsed {
  const { composeShallow } = require('./yaml-composing') as typeof import('./yaml-composing');
  return composeShallow(text, options);
}
