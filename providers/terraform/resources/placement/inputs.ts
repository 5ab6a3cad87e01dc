/** Placement inputs: the arguments of littoral_placement as documents, with what they name read, every mistake at its attribute. */
import {
  EdgeError,
  edgeErrorsOf,
  pathText,
  quoted,
  throwAll,
  useOneOf,
} from '../../../../constructs/parsing';
import {
  type Fields,
  isKnown,
  type Path,
  Unknown,
  unknown,
  type Value,
} from '../../protocol/provider';
import { strayKeys } from '../../schema/reading';
import { attributePath, documentOf, stepsOf } from '../../schema/values';
import { textOf, textsOf } from '../attributes';
import { jsonOf } from '../settings';
import type { PlacementRequest } from './result';
import { appShape } from './schema';

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
    require('../../../../constructs/policy') as typeof import('../../../../constructs/policy');
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
  const found = [
    ...elementsOf('apps', apps ?? null).flatMap((one, index) => {
      errors.push(...strayKeys(appShape, one, ['apps', index]));
      return one instanceof Unknown ? [] : parsed(index, documentOf(appShape, one) as object);
    }),
    ...elementsOf('documents', documents ?? null).flatMap((one, index) =>
      one instanceof Unknown ? [] : parsed(index, writtenDocument(one)),
    ),
  ];
  throwAll(errors);
  return found;
}

/** Throws EdgeErrors for a list without apps, for one name twice, and for demand of no app, as far as names are known. */
export function checkNamesOf({ apps, documents, demands }: Fields): void {
  const name = apps === null ? 'documents' : 'apps';
  const given = name === 'apps' ? apps : documents;
  if (!Array.isArray(given)) return;
  const names = (given as readonly Value[]).map(nameOf);
  const errors: EdgeError[] = [];
  const say = (code: EdgeError['code'], path: string, summary: string, remedy: string) =>
    errors.push(new EdgeError({ code, path, summary, remedy }));
  if (names.length === 0) {
    say('InvalidDocument', name, 'got an empty list, expected at least one app', `Add an app.`);
  }
  names.forEach((one, index) => {
    if (one === undefined || names.indexOf(one) === index) return;
    say(
      'Duplicate',
      `apps[${index}].name`,
      `got the app ${quoted(one)} twice`,
      'Rename one of them.',
    );
  });
  const isDemand = typeof demands === 'object' && demands !== null && !(demands instanceof Unknown);
  if (isDemand && names.every((one) => one !== undefined)) {
    for (const app of Object.keys(demands)) {
      if (names.includes(app)) continue;
      const path = pathText(['demands', app]);
      say(
        'UnknownName',
        path,
        `got a demand for ${quoted(app)}, which is not among the apps`,
        useOneOf(app, names as string[]),
      );
    }
  }
  throwAll(errors);
}

/** The name of an app; undefined where it is not known, and for what is no app. */
function nameOf(app: Value): string | undefined {
  const document = typeof app === 'string' ? nameInText(app) : app;
  const { name } = (document ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : undefined;
}

function nameInText(text: string): unknown {
  const { parseEdgeApp } =
    require('../../../../constructs/policy') as typeof import('../../../../constructs/policy');
  try {
    return parseEdgeApp(text);
  } catch {
    // Its mistakes are told elsewhere.
    return undefined;
  }
}

/** Throws EdgeErrors for `now` that is no instant and for guards that do not exist. */
export function checkSettings({ now, allow, lock }: Fields): void {
  const { placementSchema } =
    require('../../../resources/placement/props') as typeof import('../../../resources/placement/props');
  const { parseDocument } =
    require('../../../../constructs/parsing') as typeof import('../../../../constructs/parsing');
  const known = (value: Value | undefined) =>
    value !== null && value !== undefined && isKnown(value);
  if (typeof lock === 'string') jsonOf('lock', lock);
  parseDocument(
    { schema: placementSchema.pick({ now: true, allow: true }), build: (value) => value },
    { ...(known(now) ? { now } : {}), ...(known(allow) ? { allow } : {}) },
  );
}

/** The arguments with stand-ins for what is unknown in apps. */
export interface Completed {
  /** As they were given when nothing in the apps is unknown. */
  readonly fields: Fields;
  /** Names of the apps that have stand-ins. */
  readonly incomplete: ReadonlySet<string>;
}

/** Completes apps where what is unknown has no part in the placement; undefined when something else is unknown too. */
export function completedApps(fields: Fields): Completed | undefined {
  const { apps, documents } = fields;
  if (isKnown(apps ?? null) && isKnown(documents ?? null)) {
    return { fields, incomplete: new Set() };
  }
  if (textOf(fields.lock) !== undefined) return undefined;
  if (apps instanceof Unknown || documents instanceof Unknown) return undefined;
  const { withStandIns } =
    require('../../../../constructs/policy') as typeof import('../../../../constructs/policy');
  const isUnknown = (value: unknown) => value instanceof Unknown;
  const incomplete = new Set<string>();
  const given: readonly Value[] = [
    ...elementsOf('apps', apps ?? null).map((one) => documentOf(appShape, one, unknown) as Value),
    ...elementsOf('documents', documents ?? null),
  ];
  const whole: Value[] = [];
  for (const one of given) {
    if (isKnown(one)) {
      whole.push(one);
      continue;
    }
    const { document, relevant } = withStandIns(writtenDocument(one) as object, isUnknown);
    if (relevant.length > 0) return undefined;
    incomplete.add(String((document as { readonly name?: unknown }).name));
    whole.push(document as Value);
  }
  return { fields: { ...fields, apps: null, documents: whole }, incomplete };
}

/** What is null is left out, as everywhere in HCL. */
function writtenDocument(value: Value): string | object {
  const written = (one: Value): unknown => {
    if (typeof one !== 'object' || one === null || one instanceof Unknown) return one;
    if (Array.isArray(one)) return one.map(written);
    const entries = Object.entries(one).flatMap(([key, inner]) =>
      inner === null ? [] : [[key, written(inner)]],
    );
    return Object.fromEntries(entries);
  };
  return written(value) as string | object;
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
    priorRoutings: (prior?.routing ?? null) as NonNullable<
      PlacementRequest['priorRoutings']
    > | null,
  };
}

/** The elements of `apps` or `documents`. Throws an EdgeError for what is no list of them: a dynamic attribute may be anything. */
function elementsOf(name: 'apps' | 'documents', value: Value): readonly Value[] {
  if (value === null || value instanceof Unknown) return [];
  const wrong = (path: string, summary: string, remedy: string) =>
    new EdgeError({ code: 'InvalidDocument', path, summary, remedy });
  const such = name === 'apps' ? '{ name = ... }' : 'file("shop.yaml")';
  if (!Array.isArray(value)) {
    throw wrong(name, `got no list, expected a list of ${name}`, `Write ${name} = [${such}].`);
  }
  value.forEach((one: Value, index) => {
    const isObject = typeof one === 'object' && one !== null && !Array.isArray(one);
    if (isObject || (name === 'documents' && typeof one === 'string')) return;
    const expected = name === 'apps' ? 'an object' : 'a text or an object';
    const remedy = `Write ${such}${name === 'apps' ? '; a text belongs in documents' : ''}.`;
    // The path that `locate` knows: an app by its place, whichever way it is written.
    throw wrong(`apps[${index}]`, `got ${kindOf(one)}, expected ${expected}`, remedy);
  });
  return value as readonly Value[];
}

function kindOf(value: Value): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
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
    require('../../../../constructs/policy') as typeof import('../../../../constructs/policy');
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
    require('../../../sources/files/documents') as typeof import('../../../sources/files/documents');
  const { resolvePath } =
    require('../../../sources/files/text-file') as typeof import('../../../sources/files/text-file');
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
