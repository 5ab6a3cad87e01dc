/** JSON Schemas of every document, made from the same definitions that parse them. */

import { deliverySchema } from './delivery';
import { bundleSchema } from './model/app/bundle';
import { decisionSchema } from './model/decision';
import { demandSchema } from './model/demand';
import { fleetSchema } from './model/fleet';
import { z } from './parsing';
import { edgeAppSchema, policySchema } from './policy';
import { promisesSchema } from './promises';

/** The JSON Schema of one kind of document. */
export interface DocumentSchema {
  readonly kind: string;
  /** File name, such as `fleet.json`. */
  readonly file: string;
  /** JSON Schema draft-07, which editors of YAML understand best. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** Where they lie in the package: `require.resolve` finds them by these words. */
const address = 'littoral/schemas';

const documents = [
  ['Fleet', 'fleet.json', fleetSchema, 'The clusters we may use, and how far they are.'],
  ['Demand', 'demand.json', demandSchema, 'Where requests come from, and how many each second.'],
  ['EdgeApp', 'edge-app.json', edgeAppSchema, 'A workload and the policy that places it.'],
  ['PlacementPolicy', 'placement-policy.json', policySchema, 'What must hold, and what is best.'],
  ['PlacementDecision', 'placement-decision.json', decisionSchema, 'Where each app runs, and why.'],
  ['Promises', 'promises.json', promisesSchema, 'What a decision must keep, checked as a test.'],
  ['Delivery', 'delivery.json', deliverySchema, 'The engine that delivers, and its settings.'],
  ['Bundle', 'bundle.json', bundleSchema, 'What to run, with places that a decision fills.'],
] as const;

/** One JSON Schema per kind. Rules between keys (`min` above `max`, names that must exist) are left to the parsers. */
export function documentSchemas(): readonly DocumentSchema[] {
  return documents.map(([kind, file, document, description]) => {
    const schema = z.toJSONSchema(document, {
      io: 'input',
      target: 'draft-07',
      unrepresentable: 'any',
      // Its pattern says the same; no validator knows this format.
      override: ({ jsonSchema }) => {
        if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
      },
    });
    const { $schema, ...body } = schema as Record<string, unknown>;
    return {
      kind,
      file,
      schema: { $schema, $id: `${address}/${file}`, title: kind, description, ...body },
    };
  });
}
