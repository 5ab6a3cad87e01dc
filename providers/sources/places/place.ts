/** A named place: the coordinates that a user gives to a value of a label. */

import { countrySchema, latitudeSchema, longitudeSchema } from '../../../constructs/model/fleet';
import { z } from '../../../constructs/parsing';

/** A place that a value of a label stands for. */
export const placeSchema = z.strictObject({
  name: z.string().min(1).max(253).describe('The value of the label.'),
  latitude: latitudeSchema,
  longitude: longitudeSchema,
  country: countrySchema.optional(),
  region: z.string().min(1).optional().describe('Region, e.g. europe.'),
});

/** A named place that a label's values refer to. */
export type NamedPlace = z.output<typeof placeSchema>;
