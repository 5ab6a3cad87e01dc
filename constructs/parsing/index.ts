/** Public interface of parsing: what other folders may import. */
export { API_VERSION, type DocumentOptions, type DocumentSource, parseDocument } from './document';
export { duplicateNames } from './duplicates';
export {
  EdgeError,
  type EdgeErrorCode,
  type EdgeErrorProps,
  EdgeErrors,
  edgeErrorsOf,
  throwAll,
} from './errors';
export { schemaNodeAt } from './expectation';
export { type KnownKeys, unknownKeys } from './known-keys';
export { atLineOf, linesOf } from './lines';
export {
  type DocumentMistake,
  edgeErrorOf,
  type Path,
  pathText,
  quoted,
  type Report,
  received,
} from './mistake';
export { isContent } from './path-or-content';
export { missingPackage, withPeers } from './peers';
export { NestedTooDeep, walkPlain } from './plain-value';
export { sampleOf } from './samples';
export { mistakesOf } from './schema-issues';
export { readText } from './source-text';
export { nearest, useOneOf } from './spelling';
export { composeYaml } from './yaml';
export { z } from './zod';
