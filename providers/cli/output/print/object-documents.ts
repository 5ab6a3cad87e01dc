/** Whole objects of many clusters as documents: each says which cluster it is of, and no Secret shows its values. */
import type { LiveObject } from '../../../clusters/cluster';

const clusterAnnotation = 'littoral.dev/cluster';

/** The object with its cluster, without who owns its fields and without the values of a Secret. */
export function documentOf(object: LiveObject, cluster: string): object {
  const { managedFields: _, ...metadata } = object.metadata;
  const annotations = {
    ...(metadata.annotations as Readonly<Record<string, string>> | undefined),
    [clusterAnnotation]: cluster,
  };
  const { apiVersion, kind, metadata: __, data, stringData: ___, ...rest } = object;
  const isSecret = kind === 'Secret' && apiVersion === 'v1';
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, annotations: isSecret ? withoutValues(annotations) : annotations },
    ...(data === undefined ? {} : { data: isSecret ? withoutValues(data as object) : data }),
    ...rest,
  };
}

/** The keys alone. Of annotations the cluster stays: kubectl keeps whole objects in one. */
function withoutValues(values: object): object {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      key === clusterAnnotation ? value : '(left out)',
    ]),
  );
}
