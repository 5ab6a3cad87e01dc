/** The schema of littoral_placement. */
import type { Attribute, Schema } from '../../protocol/provider';
import { attributeOf, attributesOf, type Shape } from '../../schema/shape';
import shapes from '../../shapes.json';
import { attribute } from '../attributes';

/** An EdgeApp document as HCL writes it. */
export const appShape = shapes.app as Shape;
/** The attribute `apps`. */
export const appsShape: Shape = { kind: 'list', of: appShape };

const bulky = 'Hidden in plans only because it is long; it holds no secret.';

const inputs: readonly Attribute[] = [
  {
    ...attributeOf(
      'apps',
      'The apps, which share the fleet: EdgeApp documents with their keys in snake_case. Give this or `documents`. Hidden in plans only because it is long: `requirements` says what matters of it.',
      'optional',
      appsShape,
    ),
    sensitive: true,
  },
  attribute(
    'documents',
    'dynamic',
    'optional',
    'The apps as EdgeApp documents, a list: texts in YAML or JSON, such as `file("shop.yaml")`, or objects with the keys of the document, such as `yamldecode(file("shop.yaml"))`. Give this or `apps`. Hidden in plans only because it is long: `requirements` says what matters of it.',
    { sensitive: true },
  ),
  attribute(
    'fleet',
    'string',
    'required',
    `The clusters to choose from: \`document\` of a \`littoral_fleet\`. ${bulky}`,
    { sensitive: true },
  ),
  attribute(
    'demands',
    ['map', 'string'],
    'optional',
    `Where the requests of each app come from: app to \`document\` of a \`littoral_demand\`. Null where the metrics failed: the decision in force stands. Default: what the app says. ${bulky}`,
    { sensitive: true },
  ),
  attribute(
    'lock',
    'string',
    'optional',
    'A PlacementDecision as JSON that is replayed instead of deciding: `file("shop.lock.json")`.',
  ),
  attribute(
    'now',
    'string',
    'optional',
    'The clock, such as `2026-11-21T05:30:00Z`. Default: when a demand was last read live, else when the newest was observed.',
  ),
  attribute(
    'allow_unsatisfied',
    'bool',
    'optional',
    'Go on with no cluster where no placement satisfies the policy. Default `false`: that is an error.',
  ),
  attribute(
    'allow',
    ['list', 'string'],
    'optional',
    'Guards lifted this once: `maxDroppedShare`, `partialDemand`.',
  ),
];

function placementsOf(members: readonly (readonly [string, Shape, string])[]): Attribute {
  const app: Shape = {
    kind: 'object',
    members: members.map(([name, shape, description]) => {
      return { key: name, name, required: false, description, shape };
    }),
  };
  const attributes = attributesOf(app).map((one): Attribute => ({ ...one, use: 'computed' }));
  return {
    name: 'placements',
    description:
      'Each app. More numbers of each are in `placements` of what `provider::littoral::decision` reads.',
    use: 'computed',
    nested: { nesting: 'map', attributes },
  };
}

const shown: readonly (readonly [string, Shape, string])[] = [
  ['clusters', { kind: 'list', of: { kind: 'text' } }, 'Names of its clusters, sorted.'],
  ['replicas', { kind: 'map', of: { kind: 'number' } }, 'Replicas by cluster.'],
  ['summary', { kind: 'text' }, 'All of it in one line.'],
];

/** What a decision tells of each app: more than a plan shows. */
export const decidedPlacements: Attribute = placementsOf([
  ...shown,
  [
    'requests_per_second',
    { kind: 'map', of: { kind: 'number' } },
    'Requests per second that it was placed to serve, by cluster.',
  ],
  ['satisfied', { kind: 'bool' }, 'Whether the policy holds.'],
  ['gap', { kind: 'number' }, 'How far the best placement may be at most; 0 is proved optimal.'],
  ['mean_latency_milliseconds', { kind: 'number' }, 'Of a request.'],
  ['usd_per_hour', { kind: 'number' }, 'Cost.'],
]);

const results: readonly Attribute[] = [
  attribute('id', 'string', 'computed', 'The names of the apps.'),
  attribute(
    'clusters',
    ['list', 'string'],
    'computed',
    'Names of all chosen clusters, sorted; known while planning, so `for_each` and `count` may use it.',
  ),
  attribute(
    'replicas',
    ['map', 'number'],
    'computed',
    'Replicas by cluster, of all apps together.',
  ),
  attribute(
    'requests_per_second',
    ['map', 'number'],
    'computed',
    'Requests per second that were placed, by cluster, of all apps together.',
  ),
  attribute(
    'usd_per_hour',
    'number',
    'computed',
    'Cost of all apps together: clusters, replicas and egress.',
  ),
  placementsOf(shown),
  attribute('satisfied', 'bool', 'computed', 'Whether the policies of all apps hold.'),
  attribute(
    'gap',
    'number',
    'computed',
    'How far the best placement may be at most; 0 is proved optimal.',
  ),
  attribute('summary', 'string', 'computed', 'All of it in one line.'),
  attribute(
    'delta',
    ['list', 'string'],
    'computed',
    'What the planned change does and why, a line for each cluster of the apps that it moves: `+` added, `=` kept, `-` dropped. At most 200 lines; empty once it is done and refreshed. `provider::littoral::explain` says why of a decision in force.',
  ),
  attribute('warnings', ['list', 'string'], 'computed', 'What to know about it.'),
  attribute(
    'requirements',
    ['list', 'string'],
    'computed',
    'What the apps ask of their placement: a line for the workload, for each constraint and for each other key of the policy. Outside of a policy only images, numbers and switches are told, of other keys their names; what is told is told even where it comes from a sensitive variable. At most 200 lines.',
  ),
  attribute(
    'decision',
    'string',
    'computed',
    'The PlacementDecision as JSON, for `decision` of a release. Hidden in plans only because it is long: the other attributes tell what it says.',
    { sensitive: true },
  ),
  attribute(
    'app_documents',
    ['map', 'string'],
    'computed',
    'Each app as an EdgeApp document, for `document` of a release. Hidden in plans, as it repeats the arguments.',
    { sensitive: true },
  ),
  attribute(
    'digest',
    'string',
    'computed',
    'Of the whole decision: equal wherever the same was decided from the same.',
  ),
  attribute(
    'routing',
    ['map', 'string'],
    'computed',
    'For each app with `exposure` its routing table as JSON, for `table` of a `littoral_traffic`: which cluster users of each place are answered with, the addresses of clusters, and how well that fits. Hidden in plans only because it is long.',
    { sensitive: true },
  ),
  attribute(
    'origins',
    ['map', 'string'],
    'computed',
    'For each app who serves whom, as JSON: by origin, its clusters with the share of its requests that each answers, such as `jsondecode(littoral_placement.edge.origins["shop"])["berlin"]["fra"]`. As it was when the clusters or replicas last changed; empty for an imported decision, which is kept without it. Hidden in plans only because it is long.',
    { sensitive: true },
  ),
];

/** The schema. State of older versions is made new from `decision`. */
export const placementSchema: Schema = {
  version: 5,
  description:
    'Chooses the clusters for one app or several that share a fleet, from their demand and under their policies, while Terraform plans. Pure: everything it looks at is an argument, so the plan that was reviewed is the plan that is applied, although the metrics move. When nothing moves, nothing changes: new metrics alone are no diff.',
  attributes: [...inputs, ...results],
};
