/** Inputs: the documents that flags name become the arguments of `place`, with every mistake in any of them reported at once. */
import { byCodeUnits } from '../../../constructs/model/canonical';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Demand } from '../../../constructs/model/demand';
import type { Fleet } from '../../../constructs/model/fleet';
import { atLineOf, type EdgeError, edgeErrorsOf, throwAll } from '../../../constructs/parsing';
import type { EdgeApp, PlaceInput } from '../../../constructs/policy';
import { checkNames } from '../../../constructs/policy';
import { hasOwnDemand } from '../../resources/placement/props';
import {
  readApp,
  readDecision,
  readDemand,
  readFleet,
  withInlineDemand,
} from '../../sources/files/documents';
import { type Mentioned, readTextFile, resolvePath } from '../../sources/files/text-file';
import { exit, exitCodeOf } from '../output/exit';
import type { Session } from '../output/terminal';
import { type AppFile, tryReadDemand } from './app-demand';
import { type Flags, usageError, type Values } from './flags';

/** The flags that name what a placement is computed from. */
export const inputFlags = {
  app: { value: 'APP.yaml', multiple: true, doc: 'An EdgeApp. All apps given share the fleet.' },
  fleet: { value: 'FLEET.yaml', doc: 'The clusters to choose from.' },
  demand: {
    value: 'DEMAND.yaml',
    doc: 'Where the requests of every app come from. Default: what each app says.',
  },
  previous: {
    value: 'DECISION.json',
    doc: 'The decision in force: what it chose moves only for a reason.',
  },
  now: {
    value: 'INSTANT',
    doc: 'The clock, such as 2026-11-21T05:30:00Z. Default: now for metrics, when it was observed for a file.',
  },
} as const satisfies Flags;

const { app, fleet, demand, now } = inputFlags;
/** The flags of commands that go by a decision: a committed one, or one that is made now from the same documents. */
export const decidedFlags = {
  app,
  fleet,
  demand,
  now,
  decision: {
    value: 'LOCK',
    doc: 'A committed decision for these apps and this fleet. Default: place now.',
  },
} as const satisfies Flags;

/** Values of `inputFlags`. */
export type InputValues = Values<typeof inputFlags>;

/** Everything that was read, and remarks about what was not. */
interface Loaded {
  readonly input: PlaceInput;
  readonly apps: readonly AppFile[];
  readonly warnings: readonly string[];
}

/** Reads everything `place` needs. Throws EdgeErrors; reads no metrics when a document is wrong. */
export async function loadInput(
  name: string,
  values: InputValues,
  session: Session,
  previous?: PlacementDecision,
): Promise<Loaded> {
  const gather = gathering();
  const { apps, fleet } = gatherDocuments(name, values, session, gather);
  const demand = gather.try(() => given('demand', values.demand, session, readDemand));
  const before =
    previous ?? gather.try(() => given('previous', values.previous, session, readDecision));
  if (values.now !== undefined && !isInstant(values.now)) {
    gather.add(wrongInstant(name, values.now));
  }
  gather.throw();
  const read =
    demand === undefined
      ? await demandsOf(apps, before, session, values.now ?? wallClock())
      : { demand, warnings: [] };
  const isTimed = read.demand !== undefined || apps.some(({ app }) => hasOwnDemand(app));
  const now = values.now ?? (isTimed ? undefined : wallClock());
  return {
    input: {
      apps: apps.map(({ app }) => app),
      fleet: fleet as Fleet,
      ...(read.demand === undefined ? {} : { demand: read.demand }),
      ...(before === undefined ? {} : { previous: before }),
      ...(now === undefined ? {} : { now }),
    },
    apps,
    warnings: read.warnings,
  };
}

/** Apps and fleet alone, as a lock's digests cover them. Throws EdgeErrors. */
export function loadDocuments(
  name: string,
  values: Pick<InputValues, 'app' | 'fleet'>,
  session: Session,
): { readonly apps: readonly AppFile[]; readonly fleet: Fleet } {
  const gather = gathering();
  const { apps, fleet } = gatherDocuments(name, values, session, gather);
  gather.throw();
  return { apps, fleet: fleet as Fleet };
}

function gatherDocuments(
  name: string,
  values: Pick<InputValues, 'app' | 'fleet'>,
  session: Session,
  gather: Gathering,
): { readonly apps: readonly AppFile[]; readonly fleet: Fleet | undefined } {
  if (values.app.length === 0) gather.add(missing(name, '--app', 'APP.yaml'));
  if (values.fleet === undefined) gather.add(missing(name, '--fleet', 'FLEET.yaml'));
  const apps = values.app.flatMap((path) => {
    const file = resolvePath(path, session.cwd);
    const app = gather.try(() => withAssumption(readApp(file, { path: '--app' }), file));
    return app === undefined ? [] : [{ app, file }];
  });
  apps.sort((a, b) => byCodeUnits(a.app.name, b.app.name));
  const fleet = gather.try(() => given('fleet', values.fleet, session, readFleet));
  if (fleet !== undefined && apps.length === values.app.length) {
    for (const error of unknownNames(apps, fleet)) gather.add(error);
  }
  return { apps, fleet };
}

/** What apps mention and the fleet does not have, each at its line. */
function unknownNames(apps: readonly AppFile[], fleet: Fleet): readonly EdgeError[] {
  const errors = checkNames(
    apps.map(({ app }) => app),
    fleet,
  );
  return errors.map((error) => {
    const [, name, path] = /^([^:]*): (.*)$/.exec(error.path) ?? [];
    const from = apps.find(({ app }) => app.name === name);
    if (from === undefined || path === undefined) return error;
    return atLineOf(error, from.file, readTextFile(from.file), path);
  });
}

/** The wall clock, in whole seconds: the only place where the CLI looks at it. */
export function wallClock(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

type Gathering = ReturnType<typeof gathering>;

/** Collects the mistakes of several steps. */
function gathering() {
  const errors: EdgeError[] = [];
  return {
    add: (error: EdgeError) => void errors.push(error),
    /** The result, or undefined when the step made mistakes of the user known. */
    try: <T>(step: () => T): T | undefined => {
      try {
        return step();
      } catch (thrown) {
        const known = edgeErrorsOf(thrown);
        if (known === undefined) throw thrown;
        errors.push(...known);
        return undefined;
      }
    },
    throw: () => throwAll(errors),
  };
}

interface ReadDemands {
  readonly demand?: Readonly<Record<string, Demand>>;
  readonly warnings: readonly string[];
}

/** Fail static: when metrics fail and a previous decision stands, that is a warning. */
async function demandsOf(
  apps: readonly AppFile[],
  previous: PlacementDecision | undefined,
  session: Session,
  now: string,
): Promise<ReadDemands> {
  const demand: Record<string, Demand> = {};
  const warnings: string[] = [];
  const errors: EdgeError[] = [];
  for (const one of apps) {
    try {
      const read = await tryReadDemand(one, session, now, previous);
      if (read === undefined) continue;
      demand[one.app.name] = read.demand;
      warnings.push(...read.warnings.map((text) => `${one.app.name}: ${text}`));
    } catch (thrown) {
      const known = edgeErrorsOf(thrown);
      if (known === undefined) throw thrown;
      const stands = previous?.apps.some(({ app, satisfied }) => app === one.app.name && satisfied);
      if (stands && exitCodeOf(known) === exit.failure) {
        warnings.push(
          ...known.map(
            ({ summary }) => `${one.app.name}: ${summary}; the previous decision stands`,
          ),
        );
      } else errors.push(...known);
    }
  }
  throwAll(errors);
  return { warnings, ...(Object.keys(demand).length === 0 ? {} : { demand }) };
}

/** `assume` may name a file, which place() cannot read. The demand stays a reference: a lock must outlive it. */
function withAssumption(app: EdgeApp, file: string): EdgeApp {
  const { demand, ...rest } = app;
  return { ...withInlineDemand(rest, file), ...(demand === undefined ? {} : { demand }) };
}

function given<T>(
  flag: string,
  path: string | undefined,
  session: Session,
  read: (file: string, mentioned: Mentioned) => T,
): T | undefined {
  if (path === undefined) return undefined;
  return read(resolvePath(path, session.cwd), { path: `--${flag}` });
}

function isInstant(text: string): boolean {
  return (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text))
  );
}

function wrongInstant(name: string, text: string): EdgeError {
  return usageError(
    name,
    '--now',
    `got ${JSON.stringify(text)}, expected an instant with a zone`,
    'Write it like 2026-11-21T05:30:00Z.',
  );
}

function missing(name: string, flag: string, placeholder: string): EdgeError {
  return usageError(name, flag, 'is missing', `Add ${flag} ${placeholder}.`);
}
