/** The provider: everything littoral offers to Terraform, light enough to start three times for each plan. */
import type { Provider } from './protocol/provider';
import { demand } from './resources/demand';
import { fleet } from './resources/fleet';
import { placement } from './resources/placement';
import { release } from './resources/release';
import { settingsMistakes, settingsSchema } from './resources/settings';

/** The provider littoral. */
export const littoral: Provider = {
  schema: settingsSchema,
  resources: { littoral_placement: placement, littoral_release: release },
  dataSources: { littoral_demand: demand, littoral_fleet: fleet },
  validate: settingsMistakes,
};
