/** PlacementDecision documents, also called locks: parses their shape; whether the numbers are right is for verify. */
import { decisionSchema, type PlacementDecision } from './decision';
import { type DocumentOptions, type DocumentSource, parseDocument } from './document';

/** Parses a PlacementDecision. Order and digest stay as written. Throws EdgeErrors. */
export function parseDecision(
  source: DocumentSource,
  options: DocumentOptions = {},
): PlacementDecision {
  return parseDocument(
    { kind: 'PlacementDecision', schema: decisionSchema, build: (value) => value },
    source,
    options,
  );
}
