/** Generated configurations: what `terraform plan -generate-config-out` writes for an import has none of the long arguments, and cannot. */
import type { Diagnostic, Fields } from '../protocol/provider';

/**
 * What to say, once, about a configuration without a fleet. Nobody can leave that argument out; Terraform writes null for
 * whatever is hidden for its length, and would have us ask for each argument in turn. Undefined where there is a fleet.
 */
export function generatedMistake({ fleet }: Fields): readonly Diagnostic[] | undefined {
  if (fleet !== null) return undefined;
  return [
    {
      severity: 'error',
      summary: 'Got no fleet: Terraform cannot generate this configuration.',
      detail:
        'It writes null where an argument is long and hidden for that, and what is imported does not hold all of them. Write the resource block beside the import block, and plan without -generate-config-out.',
      path: ['fleet'],
    },
  ];
}
