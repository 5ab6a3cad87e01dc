/** Policy documents: parses a policy alone, or as the part of another document. */
import { builtDemand } from '../model/demand-document';
import type { Path, Report } from '../parsing';
import { type DocumentOptions, type DocumentSource, parseDocument } from '../parsing';
import { reportContradictions } from './contradictions';
import { type PlacementPolicy, policySchema, type WrittenPolicy } from './policy';

/** Parses a policy that stands alone: the value of the key `policy`, without apiVersion and kind. Throws EdgeErrors. */
export function parsePolicy(
  source: DocumentSource,
  options: DocumentOptions = {},
): PlacementPolicy {
  return parseDocument(
    { schema: policySchema, build: (value, report) => builtPolicy(value, [], report) },
    source,
    options,
  );
}

/** Checks a policy found at `path` of a document, and makes its assumed demand ready. */
export function builtPolicy(
  { assume, ...policy }: WrittenPolicy,
  path: Path,
  report: Report,
  app?: string,
): PlacementPolicy {
  reportContradictions(policy, path, report, app);
  if (assume === undefined) return policy;
  const demand =
    typeof assume === 'string' ? assume : builtDemand(assume, [...path, 'assume'], report);
  return { ...policy, assume: demand };
}
