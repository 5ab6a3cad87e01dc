/** Scenarios: parses `--lose`, `--scale`, `--each` and `--every` into scenarios. */
import { byCodeUnits } from '../../../constructs/model/canonical';
import type { Origin } from '../../../constructs/model/demand';
import type { Cluster } from '../../../constructs/model/fleet';
import type { Match, OriginMatch } from '../../../constructs/model/match';
import type { EdgeError } from '../../../constructs/parsing';
import { nearest, throwAll } from '../../../constructs/parsing';
import { eachLoss, eachSurge, type Scenario } from '../../../constructs/placement';
import type { PlaceInput } from '../../../constructs/policy';
import { givenDemand } from '../../../constructs/policy';
import { usageError } from './flags';

/** The values of the scenario flags. */
export interface ScenarioFlags {
  readonly lose: readonly string[];
  readonly scale: readonly string[];
  readonly each: readonly string[];
  /** Everything that is lost and scaled happens at once. */
  readonly together: boolean;
}

const clusterKeys = {
  cluster: 'name',
  region: 'region',
  country: 'country',
  provider: 'provider',
  city: 'city',
} as const;
const originKeys = { origin: 'name', region: 'region', country: 'country' } as const;
/** What `--each` may step through. */
export const eachKeys = ['cluster', 'pair', 'provider', 'region', 'country'] as const;

/** Scenarios in the order of the flags. `chosen` are the clusters of today's decision. Throws EdgeErrors. */
export function scenariosOf(
  flags: ScenarioFlags,
  input: PlaceInput,
  chosen: readonly string[],
): readonly Scenario[] {
  const errors: EdgeError[] = [];
  const attempt = <T>(step: () => T | EdgeError): T[] => {
    const result = step();
    if (!(result instanceof Error)) return [result];
    errors.push(result);
    return [];
  };
  const { clusters } = input.fleet;
  const lose = flags.lose.flatMap((text) => attempt(() => lossOf(text, clusters)));
  const origins = input.apps.flatMap((app) => givenDemand(app, input)?.origins ?? []);
  const scale = flags.scale.flatMap((text) => attempt(() => scalingOf(text, origins, clusters)));
  throwAll(errors);
  const single: Scenario[] = flags.together
    ? [
        {
          name: [
            ...flags.lose.map((text) => `lose ${text}`),
            ...flags.scale.map((text) => `scale ${text}`),
          ].join(', '),
          lose,
          scale,
        },
      ]
    : [
        ...lose.map((match, index) => ({ name: `lose ${flags.lose[index]}`, lose: [match] })),
        ...scale.map((one, index) => ({ name: `scale ${flags.scale[index]}`, scale: [one] })),
      ];
  const each = flags.each.flatMap((key) =>
    eachOf(key as (typeof eachKeys)[number], clusters, chosen),
  );
  const all = [...(lose.length + scale.length > 0 ? single : []), ...each];
  const names = new Set<string | undefined>();
  return all.filter(({ name }) => !names.has(name) && names.add(name));
}

/** The scenarios of `--every`. */
export function everyScenario(input: PlaceInput): readonly Scenario[] {
  const losses = eachKeys.flatMap((key) => eachLoss(input, key));
  return [...losses, ...eachSurge(input)];
}

/** Losing one after another whatever today's decision uses. */
function eachOf(
  key: (typeof eachKeys)[number],
  clusters: readonly Cluster[],
  chosen: readonly string[],
): readonly Scenario[] {
  if (key === 'pair') return pairsOf([...chosen]);
  const attribute = clusterKeys[key];
  const used = clusters.filter(({ name }) => chosen.includes(name));
  const values = used.map((cluster) => cluster[attribute]).filter((value) => value !== undefined);
  return [...new Set(values)].sort(byCodeUnits).map((value) => ({
    name: `lose ${key}=${value}`,
    lose: [{ [attribute]: value }],
  }));
}

/** Losing two clusters at once. */
function pairsOf(chosen: readonly string[]): readonly Scenario[] {
  const names = [...new Set(chosen)].sort(byCodeUnits);
  return names.flatMap((one, index) =>
    names.slice(index + 1).map((other) => ({
      name: `lose cluster=${one},${other}`,
      lose: [{ name: [one, other] }],
    })),
  );
}

function lossOf(text: string, clusters: readonly Cluster[]): Match | EdgeError {
  const wrong = (summary: string, remedy: string) =>
    usageError('simulate', '--lose', summary, remedy);
  const [, key = '', list = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const label = /^labels\.(.+)$/.exec(key)?.[1];
  const attribute = Object.hasOwn(clusterKeys, key)
    ? clusterKeys[key as keyof typeof clusterKeys]
    : undefined;
  if (label === undefined && attribute === undefined) {
    return wrong(
      `got ${JSON.stringify(text)}, expected KEY=VALUE`,
      keyRemedy(key, [...Object.keys(clusterKeys), 'labels.NAME']),
    );
  }
  const values = list.split(',');
  const existing = clusters.flatMap((cluster) =>
    label === undefined ? (cluster[attribute ?? 'name'] ?? []) : (cluster.labels[label] ?? []),
  );
  const stranger = values.find((value) => !existing.includes(value));
  if (stranger !== undefined) {
    return wrong(
      `no cluster of the fleet has ${key} ${JSON.stringify(stranger)}`,
      valueRemedy(stranger, existing, (near) => `${key}=${near}`),
    );
  }
  return label === undefined ? { [attribute ?? 'name']: values } : { labels: { [label]: values } };
}

function scalingOf(
  text: string,
  origins: readonly Origin[],
  clusters: readonly Cluster[],
): { readonly origins: OriginMatch; readonly factor: number } | EdgeError {
  const wrong = (
    remedy: string,
    summary = `got ${JSON.stringify(text)}, expected KEY=VALUE:FACTOR or FACTOR`,
  ) => usageError('simulate', '--scale', summary, remedy);
  const [, matched, written = ''] = /^(?:(.*):)?([^:]*)$/.exec(text) ?? [];
  const factor = written.trim() === '' ? Number.NaN : Number(written);
  if (!(factor >= 0 && factor <= 1e6)) return wrong('Write it like region=asia:2 or 1.5.');
  if (matched === undefined) return { origins: {}, factor };
  const [, key = '', list = ''] = /^([^=]+)=(.+)$/.exec(matched) ?? [];
  if (!Object.hasOwn(originKeys, key)) return wrong(keyRemedy(key, Object.keys(originKeys)));
  const attribute = originKeys[key as keyof typeof originKeys];
  // A place of the fleet is no mistake at an hour without requests from there.
  const places = attribute === 'name' ? origins : [...origins, ...clusters];
  const existing = places.flatMap((one) => one[attribute] ?? []);
  const values = list.split(',');
  const stranger = values.find((value) => !existing.includes(value));
  if (stranger === undefined) return { origins: { [attribute]: values }, factor };
  return wrong(
    valueRemedy(stranger, existing, (near) => `${key}=${near}:FACTOR`),
    `no request comes from ${key} ${JSON.stringify(stranger)}`,
  );
}

function valueRemedy(
  value: string,
  existing: readonly string[],
  written: (near: string) => string,
): string {
  const near = nearest(value, existing);
  if (near !== undefined) return `Write ${written(near)}.`;
  const choices = [...new Set(existing)].sort(byCodeUnits);
  return choices.length === 0
    ? 'Leave it out: the demand says of no origin where it is.'
    : `Use one of: ${choices.slice(0, 8).join(', ')}.`;
}

function keyRemedy(key: string, keys: readonly string[]): string {
  const near = nearest(key, keys);
  return near === undefined ? `Use one of: ${keys.join(', ')}.` : `Write ${near}=...`;
}
