/** The schema of littoral_release. */
import type { Attribute, Schema } from '../../protocol/provider';
import { attributeOf, type Shape } from '../../schema/shape';
import shapes from '../../shapes.json';
import { attribute } from '../attributes';

/** How carefully a release proceeds, as HCL writes it. */
export const rolloutShape = shapes.rollout as Shape;

const inputs: readonly Attribute[] = [
  attribute(
    'decision',
    'string',
    'required',
    'Where to run: `decision` of a `littoral_placement`, or a PlacementDecision as JSON. Hidden in plans because it is long: `changes` tells what it does.',
    { sensitive: true },
  ),
  attribute(
    'fleet',
    'string',
    'required',
    'How to reach the clusters: `document` of a `littoral_fleet`. Hidden in plans only because it is long; it holds no secret.',
    { sensitive: true },
  ),
  attribute(
    'bundle',
    'string',
    'optional',
    'Path of what to run: an EdgeApp document with `workload` or `manifests`, or a Bundle. Give this or `document`.',
  ),
  attribute(
    'document',
    'string',
    'optional',
    'What to run as the text of an EdgeApp: an element of `app_documents` of a `littoral_placement`. Give this or `bundle`.',
    { sensitive: true },
  ),
  attribute(
    'app',
    'string',
    'optional',
    'Which app of the decision. Default: the one that `bundle` or `document` names; anything else is an error.',
  ),
  attribute(
    'name',
    'string',
    'optional',
    'Names the release in the clusters. Default: the app. Another name is another release: this one is destroyed first.',
  ),
  attributeOf('rollout', 'How carefully it proceeds.', 'optional', rolloutShape),
];

const results: readonly Attribute[] = [
  attribute('id', 'string', 'computed', 'Namespace and name.'),
  attribute(
    'bundle_digest',
    'string',
    'computed',
    'Of what is run, without the values of Secrets: a short one could be guessed from its digest.',
  ),
  attribute('summary', 'string', 'computed', 'What is to be, in one line: objects and clusters.'),
  attribute(
    'changes',
    ['list', 'string'],
    'computed',
    'What the planned change does, a line for each cluster and for each object of it that changes, with the fields: `+` created, `~` changed, `-` deleted, `?` out of reach. At most 200 lines; empty once it is done and refreshed.',
  ),
  attribute(
    'clusters',
    ['map', 'string'],
    'computed',
    'How the release stands in each cluster that the decision chose, as the last refresh saw it. The names are known while planning, so `for_each` may use them.',
  ),
  attribute(
    'leaving',
    ['list', 'string'],
    'computed',
    'With `retire = "later"` in `rollout`: clusters that left the decision and serve until they are retired, for `leaving` of a `littoral_retirement`. Known while planning.',
  ),
  attribute('unreachable', ['list', 'string'], 'computed', 'Clusters that did not answer.'),
  attribute(
    'inventory',
    'string',
    'computed',
    'What is remembered about each cluster as JSON: which objects, their ids and digests, and of their fields those that plans show, never a text that may be secret. Hidden in plans because it is long.',
    { sensitive: true },
  ),
];

/** The schema. State of older versions is made new from `inventory`. */
export const releaseSchema: Schema = {
  version: 2,
  description:
    'Puts an app on the clusters that a placement chose: server-side apply, waiting until it is ready, new clusters before old ones are left. One process talks to all clusters; a slow or dead one holds up no other. Planning looks at what the refresh saw and at nothing else.',
  attributes: [...inputs, ...results],
};
