/** The schema of littoral_retirement. */
import type { Attribute, Schema } from '../protocol/provider';
import { attributesOf, type Shape } from '../schema/shape';
import shapes from '../shapes.json';
import { attribute } from './attributes';

/** What a retirement is given, as HCL writes it: the schema of the resource. */
export const retirementShape = shapes.retirement as Shape;

/** What only Terraform says of an argument. */
const said: Readonly<Record<string, Partial<Attribute>>> = {
  release: {
    type: 'string',
    sensitive: true,
    description:
      '`inventory` of the `littoral_release` whose `rollout` has `retire = "later"`. Hidden in plans because it is long.',
  },
  leaving: { description: '`leaving` of that release: clusters that left the decision.' },
  table: {
    type: 'string',
    sensitive: true,
    description:
      'What DNS must answer before anything is removed: an element of `routing` of a `littoral_placement`. Hidden in plans only because it is long.',
  },
};

const inputs = attributesOf(retirementShape).map((one) => ({ ...one, ...said[one.name] }));

const results: readonly Attribute[] = [
  attribute('id', 'string', 'computed', 'The app.'),
  attribute(
    'changes',
    ['list', 'string'],
    'computed',
    'What the planned change does, a line for each cluster: when the release is removed there. Empty once it is done and refreshed.',
  ),
  attribute(
    'ttl_seconds',
    'number',
    'computed',
    'How long resolvers may keep what DNS answers now: so long the next retirement waits at least.',
  ),
];

/** The schema. */
export const retirementSchema: Schema = {
  version: 0,
  description:
    'Removes a release from clusters that left its decision, after the records that other providers write: once every name server answers with clusters of the table alone, these serve, and the old TTL and the drain have passed. An update, never a destroy: destroying it removes nothing. Let it depend on the records.',
  attributes: [...inputs, ...results],
};
