/** The error for a word that names no kind of a cluster. */
import { nearest } from '../../constructs/parsing';
import type { NamedResource } from '../clusters/api/resource-names';
import { ClusterError } from '../clusters/errors';

/** Names the nearest kind that the cluster serves; status 404. */
export function unknownKindName(
  cluster: string,
  word: string,
  served: readonly NamedResource[],
): ClusterError {
  const near = nearest(
    word.toLowerCase(),
    served.flatMap(({ plural }) => plural),
  );
  return new ClusterError({
    cluster,
    status: 404,
    reason: 'NotFound',
    summary: `${cluster} has no kind that is called ${JSON.stringify(word)}`,
    remedy:
      near === undefined
        ? 'kubectl api-resources lists the kinds of a cluster.'
        : `Write ${near}, or see kubectl api-resources for all kinds.`,
  });
}
