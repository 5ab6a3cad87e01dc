/** Pod template: where an object that runs pods describes them. */
import type { Manifest } from '../../model/app/workload';
import { valueAt } from '../json-pointer';

/** Where the template is. */
export const template = ['spec', 'template'] as const;
/** Where its containers are. */
export const containers = [...template, 'spec', 'containers'] as const;

/** True when the object has pods with containers to change. */
export function hasTemplate(manifest: Manifest): boolean {
  const list = valueAt(manifest, containers);
  return Array.isArray(list) && list.length > 0;
}
