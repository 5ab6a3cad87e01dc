/** The typed resources of @cdktf/provider-kubernetes by kind. Deep imports only: the package's root takes a second and 264 MB. */

import { Manifest as ManifestResource } from '@cdktf/provider-kubernetes/lib/manifest';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import type { Construct } from 'constructs';
import { kindOf } from '../../kubernetes/kinds';
import type { Manifest } from '../../model/app/workload';
import { replaceExact } from '../../model/exact-integer';
import type { TerraformMetaArguments, TerraformResource } from '../cdktf';
import { converted } from './convert';
import { classes } from './generated/classes';

export { KubernetesProvider };

/** How an object is delivered, besides what it is. */
export interface ObjectOptions extends TerraformMetaArguments {
  /** Whether the apply waits until it is ready. */
  readonly wait: boolean;
}

/**
 * The resource for `manifest`, whose texts are already escaped: the typed one of its kind where that loses nothing,
 * else kubernetes_manifest, which asks the API server already in the plan.
 */
export function objectResource(
  scope: Construct,
  id: string,
  manifest: Manifest,
  { wait, ...options }: ObjectOptions,
): TerraformResource {
  const { apiVersion, kind } = manifest;
  // Numbers of JSON are doubles to cdktf, those of an expression are exact to Terraform.
  const exact = replaceExact(manifest, (digits) => `\${${digits}}`) as Manifest;
  const typed = converted(exact);
  const make = classes[kind];
  if ('reason' in typed || make === undefined) {
    const { status: _, ...desired } = exact;
    return new ManifestResource(scope, id, { ...options, manifest: desired });
  }
  const argument = kindOf(apiVersion, kind)?.cdktfWait;
  const waiting = argument === undefined ? {} : { [argument]: wait };
  return new make(scope, id, { ...options, ...typed.arguments, ...waiting } as never);
}
