/** Import block: takes what is there already into the state at the next apply. */
import type { Construct } from 'constructs';
import { ImportableResource, type TerraformProvider } from './cdktf';

/** Writes an import block for a resource of this type. */
export function importBlock(
  terraformResourceType: string,
  scope: Construct,
  importToId: string,
  importId: string,
  provider: TerraformProvider | undefined,
): ImportableResource {
  const of = provider === undefined ? {} : { provider };
  return new ImportableResource(scope, importToId, { terraformResourceType, importId, ...of });
}
