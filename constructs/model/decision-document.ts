/** PlacementDecision documents, also called locks: parses their shape; whether the numbers are right is for verify. */

import { type DocumentOptions, type DocumentSource, parseDocument } from '../parsing';
import { decisionSchema, type PlacementDecision } from './decision';

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
