/** Props: what a placement is computed from, each document parsed, every mistake at its place. */
import type { PlacementDecision } from '../../../constructs/model/decision';
import { parseDecision } from '../../../constructs/model/decision-document';
import type { Demand } from '../../../constructs/model/demand';
import { parseDemand } from '../../../constructs/model/demand-document';
import { type Fleet, instantSchema } from '../../../constructs/model/fleet';
import { parseFleet } from '../../../constructs/model/fleet-document';
import {
  EdgeError,
  edgeErrorsOf,
  type Path,
  parseDocument,
  pathText,
  throwAll,
  z,
} from '../../../constructs/parsing';
import type { EdgeApp } from '../../../constructs/policy';
import {
  checkNames,
  guards,
  inlineDemand,
  lockErrors,
  parseEdgeApp,
} from '../../../constructs/policy';

const document = z.looseObject({});

/** The arguments of a placement. */
export const placementSchema = z.strictObject({
  apps: z.array(document).min(1).describe('EdgeApp documents; all apps given share the fleet.'),
  fleet: document.describe('The Fleet to choose from.'),
  demands: z
    .record(z.string(), document.nullable())
    .default({})
    .describe(
      'Demand by app. null: the metrics failed, so the decision in force stands. Default: what the app says.',
    ),
  lock: document.optional().describe('A PlacementDecision to replay instead of deciding.'),
  now: instantSchema
    .optional()
    .describe(
      'The clock. Default: when a demand was last read live, else when the newest was observed.',
    ),
  allowUnsatisfied: z
    .boolean()
    .default(false)
    .describe('Go on with no cluster where no placement satisfies the policy.'),
  allow: z.array(z.enum(guards)).default([]).describe('Guards lifted this once.'),
});

/** A parsed placement. */
export interface PlacementProps {
  readonly apps: readonly EdgeApp[];
  readonly fleet: Fleet;
  /** An app that is missing here is placed by its inline demand, its assumed demand, or not moved. */
  readonly demands: Readonly<Record<string, Demand>>;
  readonly lock?: PlacementDecision;
  readonly now?: string;
  readonly allowUnsatisfied: boolean;
  readonly allow: readonly string[];
}

/** Parses the arguments of a placement. Throws EdgeErrors with every mistake of every document. */
export function parsePlacement(source: object): PlacementProps {
  const whole = parseDocument({ schema: placementSchema, build: (value) => value }, source);
  const errors: EdgeError[] = [];
  const at = <T>(path: Path, parse: () => T): T | undefined => {
    try {
      return parse();
    } catch (thrown) {
      const known = edgeErrorsOf(thrown);
      if (known === undefined) throw thrown;
      errors.push(...known.map((error) => below(pathText(path), error)));
      return undefined;
    }
  };
  const apps = whole.apps.flatMap((one, a) => at(['apps', a], () => appOf(one)) ?? []);
  const fleet = at(['fleet'], () => parseFleet(whole.fleet));
  const demands = Object.entries(whole.demands).flatMap(([app, one]) => {
    const parsed = one === null ? undefined : at(['demands', app], () => parseDemand(one));
    return parsed === undefined ? [] : [[app, parsed] as const];
  });
  const lock = whole.lock;
  const locked = lock === undefined ? undefined : at(['lock'], () => parseDecision(lock));
  throwAll(errors);
  if (fleet === undefined) throw new Error('unreachable: a missing fleet is an error above');
  throwAll(inApps(checkNames(apps, fleet), apps));
  if (locked !== undefined)
    at(['lock'], () => throwAll(lockErrors(locked, undefined, apps, fleet)));
  throwAll([...errors, ...strangers(Object.keys(whole.demands), apps)]);
  const { now, allowUnsatisfied, allow } = whole;
  return {
    apps,
    fleet,
    demands: Object.fromEntries(demands),
    ...(locked === undefined ? {} : { lock: locked }),
    ...(now === undefined ? {} : { now }),
    allowUnsatisfied,
    allow,
  };
}

/** Whether the documents of an app say where its requests come from, so that no metrics are needed. */
export function hasOwnDemand(app: EdgeApp): boolean {
  return inlineDemand(app) !== undefined || app.policy.assume !== undefined;
}

/** Errors whose path begins with an app's name, as paths into `apps`. */
export function inApps(
  errors: readonly EdgeError[],
  apps: readonly { readonly name: string }[],
): readonly EdgeError[] {
  return errors.map((error) => {
    const [, name, path = ''] = /^([^:]*): (.*)$/.exec(error.path) ?? [];
    const index = apps.findIndex((app) => app.name === name);
    return index < 0 ? error : moved(`apps[${index}]${path === '' ? '' : `.${path}`}`, error);
  });
}

/** An assumed demand that is only a path cannot be read here: the caller puts the document inline. */
function appOf(document: object): EdgeApp {
  const app = parseEdgeApp(document);
  if (typeof app.policy.assume !== 'string') return app;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: 'policy.assume',
    summary: `got the path ${app.policy.assume}, expected the Demand itself`,
    remedy: 'Put the document there instead of its path.',
  });
}

function strangers(names: readonly string[], apps: readonly EdgeApp[]): readonly EdgeError[] {
  return names
    .filter((name) => !apps.some((app) => app.name === name))
    .map(
      (name) =>
        new EdgeError({
          code: 'UnknownName',
          path: pathText(['demands', name]),
          summary: `got a demand for ${name}, which is not among the apps`,
          remedy: `Use one of: ${apps.map((app) => app.name).join(', ')}.`,
        }),
    );
}

function below(prefix: string, error: EdgeError): EdgeError {
  const { path } = error;
  const joint = path === '' || path.startsWith('[') ? '' : '.';
  return moved(`${prefix}${joint}${path}`, error);
}

function moved(path: string, { code, summary, remedy, cause }: EdgeError): EdgeError {
  return new EdgeError({ code, path, summary, remedy, cause });
}
