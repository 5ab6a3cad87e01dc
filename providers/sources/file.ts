/** Documents in files: reads fleets, demands, apps, policies, decisions and manifests; paths in a document start where it lies. */
import { dirname } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { PlacementDecision } from '../../constructs/model/decision';
import { parseDecision } from '../../constructs/model/decision-document';
import type { Demand } from '../../constructs/model/demand';
import { parseDemand } from '../../constructs/model/demand-document';
import type { DocumentOptions } from '../../constructs/model/document';
import { EdgeError, throwAll } from '../../constructs/model/errors';
import type { Fleet } from '../../constructs/model/fleet';
import { parseFleet } from '../../constructs/model/fleet-document';
import type { Manifest } from '../../constructs/model/workload';
import type { EdgeApp } from '../../constructs/placement/app';
import { parseEdgeApp } from '../../constructs/placement/app-document';
import type { PlacementPolicy } from '../../constructs/placement/policy';
import { parsePolicy } from '../../constructs/placement/policy-document';
import { matchingFiles } from './glob';
import { type Mentioned, readTextFile, resolvePath } from './text-file';

/** Reads a Fleet with its latency CSV. Throws EdgeError or EdgeErrors. */
export function readFleet(file: string, mentioned?: Mentioned): Fleet {
  return parseFleet(readTextFile(file, mentioned), optionsFor(file, 'latency'));
}

/** Reads a Demand. Throws EdgeError or EdgeErrors. */
export function readDemand(file: string, mentioned?: Mentioned): Demand {
  return parseDemand(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads an EdgeApp; what it refers to stays a reference. Throws EdgeError or EdgeErrors. */
export function readApp(file: string, mentioned?: Mentioned): EdgeApp {
  return parseEdgeApp(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads a policy that stands alone. Throws EdgeError or EdgeErrors. */
export function readPolicy(file: string, mentioned?: Mentioned): PlacementPolicy {
  return parsePolicy(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads a PlacementDecision. Throws EdgeError or EdgeErrors. */
export function readDecision(file: string, mentioned?: Mentioned): PlacementDecision {
  return parseDecision(readTextFile(file, mentioned), optionsFor(file));
}

/** The app of `file` with the demands it names by path (`demand`, `policy.assume`) read and put inline. */
export function withInlineDemand(app: EdgeApp, file: string): EdgeApp {
  const read = (path: string, key: string) =>
    readDemand(resolvePath(path, dirname(file)), { file, path: key });
  const { assume } = app.policy;
  const assumed = typeof assume === 'string' ? read(assume, 'policy.assume') : assume;
  const policy = { ...app.policy, ...(assumed === undefined ? {} : { assume: assumed }) };
  const { demand } = app;
  if (demand === undefined || !('file' in demand)) return { ...app, policy } as EdgeApp;
  return { ...app, policy, demand: { inline: read(demand.file, 'demand') } } as EdgeApp;
}

/** The Kubernetes objects that `app.manifests` name, in the order written; `*` matches within a folder, its files sorted. Throws EdgeErrors. */
export function readManifests(app: EdgeApp, file: string): readonly Manifest[] {
  const errors: EdgeError[] = [];
  const manifests = (app.manifests ?? []).flatMap((pattern, index) => {
    const mentioned = { file, path: `manifests[${index}]` };
    const files = matchingFiles(resolvePath(pattern, dirname(file)));
    if (files.length === 0) {
      errors.push(
        new EdgeError({
          code: 'SourceFailed',
          ...mentioned,
          summary: `no file matches ${pattern}`,
          remedy: `Correct the pattern; it starts at ${dirname(file)}, and * does not cross folders.`,
        }),
      );
    }
    return files.flatMap((one) => manifestsOf(readTextFile(one, mentioned), one, errors));
  });
  throwAll(errors);
  return manifests;
}

function manifestsOf(text: string, file: string, errors: EdgeError[]): readonly Manifest[] {
  const wrong = (summary: string, remedy: string, line?: number) => {
    const at = line === undefined ? { file } : { file, line };
    errors.push(new EdgeError({ code: 'InvalidDocument', path: '', summary, remedy, ...at }));
    return [];
  };
  const documents = parseAllDocuments(text, { prettyErrors: true, logLevel: 'silent' });
  if (!Array.isArray(documents)) return wrong('got an empty file, expected objects', 'Remove it.');
  return documents.flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) {
      // What follows a colon may quote the text, and with it a secret.
      const what = problem.message.split(/[:"\n]/)[0];
      return wrong(
        `got text that is not YAML: ${what}`,
        'Correct the YAML.',
        problem.linePos?.[0].line,
      );
    }
    const value: unknown = document.toJS();
    if (value === null) return [];
    if (isList(value)) return value.items.filter(isManifest);
    if (isManifest(value)) return [value];
    return wrong(
      'got a YAML document that is no Kubernetes object, expected apiVersion, kind and metadata.name',
      'Remove it, or narrow the pattern.',
    );
  });
}

function isManifest(value: unknown): value is Manifest {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<Manifest>;
  return (
    typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string'
  );
}

function isList(value: unknown): value is { readonly items: readonly unknown[] } {
  const { apiVersion, kind, items } = (value ?? {}) as Record<string, unknown>;
  return apiVersion === 'v1' && kind === 'List' && Array.isArray(items);
}

function optionsFor(file: string, path = ''): DocumentOptions {
  const folder = dirname(file);
  return { file, read: (relative) => readTextFile(resolvePath(relative, folder), { file, path }) };
}
