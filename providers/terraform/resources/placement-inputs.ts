/** Placement inputs: the arguments of littoral_placement as documents, with what they name read, every mistake at its attribute. */
import { EdgeError, edgeErrorsOf, throwAll } from '../../../constructs/parsing';
import { type Fields, type Path, Unknown, type Value } from '../protocol/provider';
import { strayKeys } from '../schema/reading';
import { attributePath, documentOf, stepsOf } from '../schema/values';
import { textOf, textsOf } from './attributes';
import type { PlacementRequest } from './placement-result';
import { appShape } from './placement-schema';
import { jsonOf } from './settings';

type AppDocument = Readonly<Record<string, unknown>> & { readonly name: string };

const plain: Readonly<Record<string, string>> = {
  fleet: 'fleet',
  lock: 'lock',
  now: 'now',
  allow: 'allow',
  allowUnsatisfied: 'allow_unsatisfied',
  documents: 'documents',
};

/** The attribute that a path of an error is about. */
export function locateIn({ apps }: Fields): (path: string) => Path {
  return (path) => {
    const [first = '', second, ...rest] = stepsOf(path);
    if (first === 'demands') return second === undefined ? ['demands'] : ['demands', second];
    if (first === 'documents')
      return typeof second === 'number' ? ['documents', second] : ['documents'];
    if (first !== 'apps') return plain[first] === undefined ? [] : [plain[first]];
    const attribute = apps === null ? 'documents' : 'apps';
    if (typeof second !== 'number') return [attribute];
    if (attribute === 'documents') return [attribute, second];
    return [attribute, second, ...attributePath(appShape, rest)];
  };
}

/** The EdgeApp documents in the arguments. Throws EdgeErrors with every mistake in them. */
export function appDocuments(fields: Fields): readonly AppDocument[] {
  const { apps, documents } = fields;
  exactlyOne(apps ?? null, documents ?? null);
  const errors: EdgeError[] = [];
  const { edgeAppDocument, parseEdgeApp } =
    require('../../../constructs/policy') as typeof import('../../../constructs/policy');
  const parsed = (index: number, source: string | object): AppDocument[] => {
    try {
      const app = parseEdgeApp(source);
      return [(typeof source === 'string' ? edgeAppDocument(app) : source) as AppDocument];
    } catch (thrown) {
      const known = edgeErrorsOf(thrown);
      if (known === undefined) throw thrown;
      errors.push(...known.map((error) => below(`apps[${index}]`, error)));
      return [];
    }
  };
  const texts = Array.isArray(documents) ? documents : [];
  const found = [
    ...writtenApps(apps ?? null).flatMap((one, index) => {
      errors.push(...strayKeys(appShape, one, ['apps', index]));
      return one instanceof Unknown ? [] : parsed(index, documentOf(appShape, one) as object);
    }),
    ...texts.flatMap((one, index) => (typeof one === 'string' ? parsed(index, one) : [])),
  ];
  throwAll(errors);
  return found;
}

/** Everything a placement is decided from. Reads demands that are files. Throws EdgeErrors. */
export function questionOf(fields: Fields, prior: Fields | null, folder: string): PlacementRequest {
  const lock = textOf(fields.lock);
  const decision = textOf(prior?.decision);
  const now = textOf(fields.now);
  const apps = appDocuments(fields);
  const demands = demandsOf(apps, fields, folder, lock !== undefined);
  for (const [name, text] of Object.entries({ fleet: textOf(fields.fleet), lock })) {
    if (text !== undefined) jsonOf(name, text);
  }
  return {
    apps: apps.map((app) => withAssumption(app, folder)),
    fleet: textOf(fields.fleet) ?? '{}',
    demands,
    ...(lock === undefined ? {} : { lock }),
    ...(now === undefined ? {} : { now }),
    allowUnsatisfied: fields.allow_unsatisfied === true,
    allow: textsOf(fields.allow),
    ...(decision === undefined ? {} : { prior: decision }),
  };
}

/** The elements of `apps`. Throws an EdgeError for what is no list of objects: a dynamic attribute may be anything. */
function writtenApps(apps: Value): readonly Value[] {
  if (apps === null || apps instanceof Unknown) return [];
  const wrong = (path: string, remedy: string) =>
    new EdgeError({
      code: 'InvalidDocument',
      path,
      summary: `got ${path === 'apps' ? 'no list' : 'no object'}, expected ${path === 'apps' ? 'a list of apps' : 'an app'}`,
      remedy,
    });
  if (!Array.isArray(apps)) throw wrong('apps', 'Write apps = [{ name = ... }].');
  apps.forEach((one: Value, index) => {
    const isObject = typeof one === 'object' && one !== null && !Array.isArray(one);
    if (isObject) return;
    throw wrong(
      `apps[${index}]`,
      'Write an object, such as { name = ... }; texts belong in documents.',
    );
  });
  return apps as readonly Value[];
}

function exactlyOne(apps: Value, documents: Value): void {
  if ((apps === null) !== (documents === null)) return;
  const both = apps !== null;
  throw new EdgeError({
    code: both ? 'Contradiction' : 'InvalidDocument',
    path: both ? 'documents' : '',
    summary: `got ${both ? 'both apps and documents' : 'neither apps nor documents'}, expected one of them`,
    remedy: `${both ? 'Remove' : 'Add'} apps or documents.`,
  });
}

function demandsOf(
  apps: readonly AppDocument[],
  { demands }: Fields,
  folder: string,
  isLocked: boolean,
): PlacementRequest['demands'] {
  const given = Object.entries((demands ?? {}) as Readonly<Record<string, Value>>).map(
    ([app, text]): [string, string | null] => {
      if (typeof text !== 'string') return [app, null];
      jsonOf(`demands[${JSON.stringify(app)}]`, text);
      return [app, text];
    },
  );
  const read = apps.flatMap((app, index): [string, string][] => {
    const { name, demand } = app;
    if (given.some(([one]) => one === name) || isLocked) return [];
    if (typeof demand === 'string') {
      return [[name, JSON.stringify(demandIn(demand, folder, `apps[${index}].demand`))]];
    }
    const source = namedSource(demand);
    if (source !== undefined) throw asksWhilePlanning(name, index, source.title);
    return [];
  });
  return Object.fromEntries([...given, ...read]);
}

function namedSource(demand: unknown) {
  const { namedSourceIn } =
    require('../../../constructs/policy') as typeof import('../../../constructs/policy');
  return namedSourceIn(demand);
}

function asksWhilePlanning(app: string, index: number, server: string): EdgeError {
  return new EdgeError({
    code: 'NoDemand',
    path: `apps[${index}].demand`,
    summary: `${app} asks ${server} for its demand, which only a data source may do: Terraform plans twice, and both plans must agree`,
    remedy: `Read it with data "littoral_demand" "${app}" and add demands = { "${app}" = data.littoral_demand.${app}.document }.`,
  });
}

function demandIn(file: string, folder: string, path: string): object {
  const { readDemand } =
    require('../../sources/files/documents') as typeof import('../../sources/files/documents');
  const { resolvePath } =
    require('../../sources/files/text-file') as typeof import('../../sources/files/text-file');
  return readDemand(resolvePath(file, folder), { path });
}

/** An assumed demand is part of the app; one that is a path is read. */
function withAssumption(app: AppDocument, folder: string): AppDocument {
  const policy = app.policy as { readonly assume?: unknown } | undefined;
  if (typeof policy?.assume !== 'string') return app;
  return {
    ...app,
    policy: { ...policy, assume: demandIn(policy.assume, folder, 'policy.assume') },
  };
}

function below(prefix: string, error: EdgeError): EdgeError {
  const { path, code, summary, remedy, cause, line } = error;
  const whole = path === '' ? prefix : `${prefix}${path.startsWith('[') ? '' : '.'}${path}`;
  const at = line === undefined ? {} : { line };
  return new EdgeError({ code, path: whole, summary, remedy, cause, ...at });
}
