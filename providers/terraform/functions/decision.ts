/** Functions decision and explain: what a PlacementDecision of another stack, or of a lock, says. */
import type { CtyType, Fields, ProviderFunction, Value } from '../protocol/provider';
import { typeOfAttribute } from '../protocol/values';
import { decisionAttributes, readDecision } from '../resources/placement/decision';

const decisionParameter = {
  name: 'decision',
  type: 'string',
  description:
    'A PlacementDecision as JSON or YAML: `decision` of a `littoral_placement`, an output of another stack, or `file("shop.lock.json")`.',
} as const;

const returns: CtyType = [
  'object',
  Object.fromEntries(decisionAttributes.map((one) => [one.name, typeOfAttribute(one)])),
];

/** The function `decision`. */
export const decision: ProviderFunction = {
  summary: 'Reads a decision',
  description:
    'Reads a PlacementDecision, such as one that another stack has made: the object has the computed attributes of a `littoral_placement` that tell where apps run, and by app in `placements` also its requests/s, cost, latency and gap. Terraform hides what is computed from a sensitive text; `nonsensitive` shows it, and a decision holds no secret.',
  parameters: [decisionParameter],
  returns,
  call: ([text]) => {
    const all = readDecision(text as string);
    return Object.fromEntries(decisionAttributes.map(({ name }) => [name, all[name] ?? null]));
  },
};

/** The function `explain`. */
export const explain: ProviderFunction = {
  summary: 'Says why an app runs where it runs',
  description:
    'Says in a few lines where a decision places an app, and why: its summary, and a line for each cluster with requests/s, replicas and reason.',
  parameters: [
    decisionParameter,
    { name: 'app', type: 'string', description: 'Name of the app in the decision.' },
  ],
  returns: 'string',
  call: ([text, app]) => {
    const { EdgeError, quoted, useOneOf } =
      require('../../../constructs/parsing') as typeof import('../../../constructs/parsing');
    const { placements, delta } = readDecision(text as string) as {
      readonly placements: Readonly<Record<string, Fields>>;
      readonly delta: readonly string[];
    };
    const name = app as string;
    const names = Object.keys(placements);
    const found = Object.hasOwn(placements, name) ? placements[name] : undefined;
    if (found === undefined) {
      throw new EdgeError({
        code: 'UnknownName',
        path: 'app',
        summary: `got the app ${quoted(name)}, which the decision has not`,
        remedy: useOneOf(name, names),
      });
    }
    return [`${name}: ${found.summary}`, ...linesOf(delta, name, names.length > 1)].join('\n');
  },
};

/** With several apps a line names its app before the cluster. */
function linesOf(delta: readonly string[], app: string, several: boolean): readonly Value[] {
  const prefix = several ? `${app}/` : '';
  return delta.flatMap((line) => {
    const [mark, rest] = [line.slice(0, 2), line.slice(2)];
    return rest.startsWith(prefix) ? [`${mark}${rest.slice(prefix.length)}`] : [];
  });
}
