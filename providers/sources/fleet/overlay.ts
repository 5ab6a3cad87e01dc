/** The overlay: what a person knows about clusters that no API server tells, such as where they are and what they cost. */
import {
  allocatableSchema,
  amountSchema,
  countrySchema,
  latitudeSchema,
  longitudeSchema,
  nameSchema,
  signalSchema,
  taintSchema,
} from '../../../constructs/model/fleet';
import { parseDocument, z } from '../../../constructs/parsing';
import { readTextFile } from '../files/text-file';

const text = z.string().min(1);
const entrySchema = z.strictObject({
  name: nameSchema.describe('Name of the cluster in the fleet.'),
  context: text.optional().describe('Context it is reached by. Default: the one of that name.'),
  latitude: latitudeSchema.optional(),
  longitude: longitudeSchema.optional(),
  region: text.optional(),
  country: countrySchema.optional(),
  city: text.optional(),
  provider: text.optional(),
  labels: z.record(z.string(), z.string()).optional(),
  allocatable: allocatableSchema
    .optional()
    .describe('What pods may use, in place of what the nodes of today have.'),
  taints: z.array(taintSchema).optional(),
  signals: z.record(z.string(), signalSchema).optional(),
  requestsPerSecond: amountSchema.optional(),
  usdPerHour: amountSchema.optional(),
  usdPerReplicaHour: amountSchema.optional(),
  usdPerGibibyteEgress: amountSchema.optional(),
});
const overlaySchema = z.strictObject({ clusters: z.array(entrySchema).default([]) });

/** What a person says about one cluster. */
export type OverlayEntry = z.output<typeof entrySchema>;
/** What a person says about clusters; each key wins over what was discovered. */
export type Overlay = z.output<typeof overlaySchema>;

/** Reads an overlay: `clusters: [{name, context?, latitude?, longitude?, region?, country?, ...prices}]`. Throws EdgeError or EdgeErrors. */
export function readOverlay(file: string): Overlay {
  return parseDocument(
    {
      schema: overlaySchema,
      build: (overlay, report) => {
        const seen = new Set<string>();
        overlay.clusters.forEach((entry, index) => {
          const context = entry.context ?? entry.name;
          if (seen.has(context)) {
            report({
              code: 'Duplicate',
              path: ['clusters', index, entry.context === undefined ? 'name' : 'context'],
              summary: 'got a context that an earlier entry speaks of, expected each once',
              remedy: 'Remove one of the two.',
            });
          }
          seen.add(context);
        });
        return overlay;
      },
    },
    readTextFile(file),
    { file },
  );
}
