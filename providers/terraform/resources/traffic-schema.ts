/** The schema of littoral_traffic. */
import type { Attribute, Schema } from '../protocol/provider';
import { attributesOf, type Shape } from '../schema/shape';
import shapes from '../shapes.json';
import { attribute } from './attributes';

/** What a traffic is given, as HCL writes it: the schema of the resource. */
export const trafficShape = shapes.traffic as Shape;

/** What only Terraform says of an argument. */
const said: Readonly<Record<string, Partial<Attribute>>> = {
  table: {
    type: 'string',
    sensitive: true,
    description:
      'The answers to publish: an element of `routing` of a `littoral_placement`. Hidden in plans only because it is long: `changes` tells what it does.',
  },
  owner: {
    use: 'optional-computed',
    description:
      'Who keeps the records, written beside them: records of another owner are left alone. Default: a name made of the backend and workspace that the state is in.',
  },
};

const inputs = attributesOf(trafficShape).map((one) => ({ ...one, ...said[one.name] }));

const fitType = {
  matched_share: 'number',
  added_mean_milliseconds: 'number',
  added_p95_milliseconds: 'number',
  blind_requests_per_second: 'number',
  approximate: 'bool',
  requests_per_second: ['map', 'number'],
} as const;

const results: readonly Attribute[] = [
  attribute('id', 'string', 'computed', 'The app.'),
  attribute(
    'changes',
    ['list', 'string'],
    'computed',
    'What the planned change does: hosts (`+` made, `~` changed, `-` removed), then who is answered otherwise by country, most requests first. Empty once it is done and refreshed.',
  ),
  attribute(
    'records',
    'dynamic',
    'computed',
    'The records for the DNS system of the app as data, known while planning, for resources of other providers: objects by a key that stays when clusters change, such as `records["country-DE-A"]`, with the arguments of these resources in snake_case.',
  ),
  attribute(
    'fit',
    ['object', fitType],
    'computed',
    'How well the DNS system expresses the placement: share of the requests answered with their cluster, milliseconds that this adds on average and at the 95th percentile, requests/s whose country is not known, whether it is an estimate, and requests/s by cluster as DNS sends them.',
  ),
  attribute('summary', 'string', 'computed', 'How well the answers fit, in one line.'),
  attribute(
    'published',
    'string',
    'computed',
    'What is remembered of the answers, as JSON; never a key. Hidden in plans because it is long.',
    { sensitive: true },
  ),
];

/** The schema. */
export const trafficSchema: Schema = {
  version: 0,
  description:
    'Makes DNS answer the hosts of an app with the clusters that a placement chose for the users of each country, once those clusters serve. With `powerdns` the records are written there; without, they are data for resources of other providers, which come after it. The plan shows who is answered otherwise.',
  attributes: [...inputs, ...results],
};
