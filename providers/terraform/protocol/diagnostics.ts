/** What went wrong, in Terraform's form: a sentence, what to do, and the attribute it is about. */
import { type EdgeError, edgeErrorsOf } from '../../../constructs/parsing';
import type { Log } from './log';
import { severities } from './messages';
import type { CtyType, Diagnostic, Path, Schema } from './provider';
import { snakeCase } from './snake-case';
import { typeOfSchema } from './values';

/** Where a call was when something was thrown. */
export interface Scene {
  /** For the log, e.g. `PlanResourceChange littoral_placement`. */
  readonly call: string;
  readonly schema: Schema;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One diagnostic for each mistake; for anything that is none, one that calls it a defect. The stack goes to the log. */
export function diagnosticsOf(thrown: unknown, scene: Scene): readonly Diagnostic[] {
  const errors = edgeErrorsOf(thrown);
  if (errors) return errors.map((error) => fromEdgeError(error, scene.schema));
  if (scene.signal.aborted && isAbort(thrown, scene.signal)) return [interrupted];
  const stack = thrown instanceof Error ? thrown.stack : String(thrown);
  scene.log('error', `defect in ${scene.call}`, { stack });
  return [defect(scene.call)];
}

const isAbort = (thrown: unknown, signal: AbortSignal) =>
  thrown === signal.reason || (thrown instanceof Error && thrown.name === 'AbortError');

const interrupted: Diagnostic = {
  severity: 'error',
  summary: 'Interrupted before the work was done',
  detail:
    'Terraform was asked to stop. What had been done by then is kept in the state. Run the same command again to go on.',
};

const defect = (call: string): Diagnostic => ({
  severity: 'error',
  summary: 'The littoral provider has a defect',
  detail: [
    `Something unexpected happened in ${call}; the configuration is not to blame.`,
    'Run again with TF_LOG=debug and report the lines that follow "defect in" in the log.',
  ].join(' '),
});

function fromEdgeError(error: EdgeError, schema: Schema): Diagnostic {
  const written = stepsOf(error.path);
  const path = resolvePath(written, typeOfSchema(schema));
  const file = [error.file, error.line].filter((part) => part !== undefined).join(':');
  // What the attribute path cannot say is said in words.
  const isWhole = path.length === written.length;
  const where = [file, isWhole ? '' : error.path].filter(Boolean).join(', ');
  return {
    severity: 'error',
    summary: sentence(error.summary),
    detail: where === '' ? error.remedy : `At ${where}. ${error.remedy}`,
    ...(path.length > 0 ? { path: isWhole ? path : path.slice(0, 1) } : {}),
  };
}

const sentence = (summary: string) => `${summary.charAt(0).toUpperCase()}${summary.slice(1)}`;

/** `policy.clusters[0].name` and `labels["a.b"]` as steps. */
export function stepsOf(path: string): Path {
  const steps = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...steps].map(([, place, key, name]) =>
    place !== undefined ? Number(place) : (key ?? name ?? ''),
  );
}

/** The steps as the schema spells them, as far as it has them: `minClusters` is its `min_clusters`. */
export function resolvePath(path: Path, type: CtyType): Path {
  const found: (string | number)[] = [];
  let here: CtyType = type;
  for (const step of path) {
    if (typeof here === 'string' || here[0] === 'set') break;
    if (here[0] === 'object') {
      const fields: Readonly<Record<string, CtyType>> = here[1];
      const name = [String(step), snakeCase(String(step))].find((one) =>
        Object.hasOwn(fields, one),
      );
      if (name === undefined) break;
      found.push(name);
      here = fields[name]!;
    } else {
      if ((here[0] === 'list') !== (typeof step === 'number')) break;
      found.push(step);
      here = here[1];
    }
  }
  return found;
}

/** One step of an attribute path on the wire. */
export interface WireStep {
  readonly attributeName?: string;
  readonly elementKeyString?: string;
  readonly elementKeyInt?: number;
}

/** The path as the wire has it: attributes, keys of maps, places in lists. */
export function wirePath(path: Path, type: CtyType) {
  const steps: WireStep[] = [];
  let here: CtyType = type;
  for (const step of resolvePath(path, type)) {
    if (typeof step === 'number') steps.push({ elementKeyInt: step });
    else if (here[0] === 'object') steps.push({ attributeName: step });
    else steps.push({ elementKeyString: step });
    const inner = here[1] as CtyType | Readonly<Record<string, CtyType>>;
    here =
      here[0] === 'object'
        ? (inner as Readonly<Record<string, CtyType>>)[step]!
        : (inner as CtyType);
  }
  return { steps };
}

/**
 * Diagnostics as the wire has them. Up to 1.11 Terraform and all of OpenTofu point at the whole block when a path goes
 * into an attribute, so the path names the attribute and the text says where in it.
 */
export const wireDiagnostics = (diagnostics: readonly Diagnostic[], schema: Schema) =>
  diagnostics.map(({ severity, summary, detail, path = [] }) => {
    const type = typeOfSchema(schema);
    const resolved = resolvePath(path, type);
    return {
      severity: severities[severity],
      summary: summary.normalize('NFC'),
      detail: resolved.length > 1 ? `At ${spelled(resolved, type)}. ${detail}` : detail,
      attribute: resolved.length > 0 ? wirePath(resolved.slice(0, 1), type) : undefined,
    };
  });

/** `rules[0].limits["cpu"].least`. */
const spelled = (path: Path, type: CtyType): string =>
  wirePath(path, type)
    .steps.map(({ attributeName, elementKeyString, elementKeyInt }: WireStep, place) => {
      if (attributeName !== undefined) return `${place === 0 ? '' : '.'}${attributeName}`;
      return `[${elementKeyInt ?? JSON.stringify(elementKeyString)}]`;
    })
    .join('');
