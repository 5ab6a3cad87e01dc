/** Converts the predecessor's `location-optimizer` ConfigMap to a policy and back, without loss either way. */
import { canonicalJson } from '../model/canonical';
import type { Match } from '../model/match';
import {
  atLineOf,
  EdgeError,
  EdgeErrors,
  edgeErrorsOf,
  type Path,
  parseDocument,
  pathText,
  readText,
  throwAll,
  useOneOf,
  z,
} from '../parsing';
import type { PlacementPolicy, PlacementPolicyInput } from './policy';
import { parsePolicy } from './policy-document';
import { type SectionParams, section, sectionParamsSchema } from './presets';

const configMapName = 'location-optimizer';
const strategyName = 'SolverServiceV1';

const configMapSchema = z.looseObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: z.looseObject({ name: z.string() }),
  data: z.strictObject({ strategy: z.string().describe('JSON text.') }),
});
const strategySchema = z.strictObject({
  strategy: z.literal(strategyName),
  params: sectionParamsSchema,
});
const attributes = ['region', 'country', 'provider', 'city', 'name'];

/**
 * The policy that a ConfigMap means, alone or among the items of a list, with every default spelled out. Throws
 * EdgeErrors that name the line of the file.
 */
export function policyOfConfigMap(text: string, file: string): PlacementPolicyInput {
  const { source, path } = configMapIn(text, file);
  const configMap = parseDocument({ schema: configMapSchema, build: (value) => value }, source, {
    file,
  });
  if (configMap.metadata.name !== configMapName) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'metadata.name',
      file,
      summary: `got ${JSON.stringify(configMap.metadata.name.slice(0, 60))}, expected ${configMapName}`,
      remedy: `Give the ConfigMap ${configMapName}.`,
    });
  }
  const [line = 1] = readText(text).linesOf([[...path, 'data', 'strategy']]);
  try {
    const { params } = parseDocument(
      {
        schema: strategySchema,
        build: ({ params }, report) => ({ params: checked(params, report) }),
      },
      configMap.data.strategy,
      { file },
    );
    return section(params);
  } catch (thrown) {
    throw linesInFile(thrown, line);
  }
}

/** What `kubectl get configmaps -o yaml` prints is a List of all of them. */
function configMapIn(text: string, file: string): { source: string | object; path: Path } {
  const { value } = readText(text);
  const { kind, items } = (value ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  const isList = typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
  if (!isList) return { source: text, path: [] };
  const index = items.findIndex((item) => item?.metadata?.name === configMapName);
  if (index < 0) {
    throw new EdgeError({
      code: 'InvalidDocument',
      path: 'items',
      file,
      summary: `got a list of ${items.length} without a ConfigMap ${configMapName}`,
      remedy: `Give the ConfigMap ${configMapName}; kubectl get configmaps -A -o yaml finds it in every namespace.`,
    });
  }
  const header = kind === 'List' ? {} : { apiVersion: 'v1', kind: 'ConfigMap' };
  return { source: { ...header, ...items[index] }, path: ['items', index] };
}

/** The ConfigMap that means the same as a policy. Throws EdgeErrors with everything that it cannot say. */
export function configMapOfPolicy(policy: PlacementPolicy, file: string, text: string): object {
  const { constraints } = policy;
  const params: SectionParams = {
    policy: 'dynamic',
    mustInclude: constraints.mustInclude.map(({ count: _, ...match }) => written(match)),
    mustNotInclude: constraints.mustNotInclude.map(written),
    minimumLocations: constraints.minClusters,
    maximumLocations: constraints.maxClusters,
    minimumUsagePerLocation: constraints.minRequestsPerSecond,
  };
  // section() covers everything that the parameters can express.
  const said = parsePolicy(section(params));
  const lost = differences(policy, said, ['policy']);
  const summary = `a ${strategyName} strategy cannot say this`;
  const remedy = 'Remove it from the policy to export the rest.';
  const error = new EdgeError({ code: 'InvalidDocument', path: '', summary, remedy });
  throwAll(lost.map((path) => atLineOf(error, file, text, pathText(path))));
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configMapName },
    data: { strategy: `${JSON.stringify({ strategy: strategyName, params }, null, 2)}\n` },
  };
}

type Params = z.output<typeof sectionParamsSchema>;

function checked(
  params: Params,
  report: (mistake: { code: 'UnknownKey'; path: Path; summary: string; remedy: string }) => void,
): Params {
  for (const list of ['mustInclude', 'mustNotInclude'] as const) {
    params[list].forEach((element, index) => {
      for (const key of Object.keys(element).filter((one) => !attributes.includes(one))) {
        const summary = `got the attribute ${key.slice(0, 60)}, which clusters do not have`;
        const path = ['params', list, index, key];
        report({ code: 'UnknownKey', path, summary, remedy: useOneOf(key, attributes) });
      }
    });
  }
  return params;
}

/** Lists of one value become the value; longer lists cannot be expressed and are reported. */
function written(match: Match): Record<string, string> {
  const entries = Object.entries(match).flatMap(([key, value]) => {
    if (typeof value === 'string') return [[key, value]];
    return Array.isArray(value) && value.length === 1 ? [[key, value[0]]] : [];
  });
  return Object.fromEntries(entries);
}

/** The places where two parsed policies differ, as deep as both have keys; one value and a list of it are the same. */
function differences(a: unknown, b: unknown, path: Path): readonly Path[] {
  const one = (value: unknown) => (Array.isArray(value) && value.length === 1 ? value[0] : value);
  if (isEqual(a, b) || isEqual(one(a), b)) return [];
  const isObject = (value: unknown) => typeof value === 'object' && value !== null;
  if (!isObject(a) || !isObject(b) || (Array.isArray(a) && a.length !== (b as []).length)) {
    return [path];
  }
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(left[key], right[key], [...path, Array.isArray(a) ? Number(key) : key]),
  );
}

function isEqual(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** Errors in the text of a key as errors in the file: a block begins on the line after its key. */
function linesInFile(thrown: unknown, line: number): unknown {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) return thrown;
  return new EdgeErrors(
    errors.map(({ code, path, summary, remedy, file, line: inner = 0 }) => {
      const place = ['data.strategy', path].filter((part) => part !== '').join(': ');
      return new EdgeError({
        code,
        path: place,
        summary,
        remedy,
        file: file ?? '',
        line: line + inner,
      });
    }),
  );
}
