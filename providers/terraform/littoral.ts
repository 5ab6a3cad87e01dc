/** The provider: everything littoral offers to Terraform, light enough to start three times for each plan. */
import { functions } from './functions';
import type { Provider, ReadSource } from './protocol/provider';
import { demand } from './resources/demand';
import { fleet } from './resources/fleet';
import { dataFolder } from './resources/placement/kept-placements';
import { keptValidation } from './resources/placement/kept-validations';
import { placement } from './resources/placement/placement';
import { release } from './resources/release/release';
import { retirement } from './resources/retirement';
import { settingsMistakes, settingsSchema } from './resources/settings';
import { traffic } from './resources/traffic';

/** The provider littoral. */
export const littoral: Provider = {
  schema: settingsSchema,
  resources: validatedOnce({
    littoral_placement: placement,
    littoral_release: release,
    littoral_retirement: retirement,
    littoral_traffic: traffic,
  }),
  dataSources: validatedOnce({ littoral_demand: demand, littoral_fleet: fleet }),
  functions,
  validate: settingsMistakes,
};

/** Terraform validates twice in every plan, in two processes. */
function validatedOnce<T extends Pick<ReadSource, 'validate'>>(
  all: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  const entries = Object.entries(all).map(([type, one]) => {
    const validate = keptValidation(
      type,
      (config) => one.validate(config),
      () => dataFolder(process.env),
    );
    return [type, { ...one, validate }] as const;
  });
  return Object.fromEntries(entries);
}
