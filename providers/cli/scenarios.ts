/** Scenarios: what `--lose`, `--scale` and `--each` ask, as data. */
import { byCodeUnits } from '../../constructs/model/canonical';
import type { EdgeError } from '../../constructs/model/errors';
import { throwAll } from '../../constructs/model/errors';
import type { Cluster } from '../../constructs/model/fleet';
import type { Match, OriginMatch } from '../../constructs/model/match';
import { nearest } from '../../constructs/model/spelling';
import type { PlaceInput } from '../../constructs/placement/input';
import { eachLoss, eachSurge, type Scenario } from '../../constructs/placement/simulate';
import { usageError } from './flags';

/** What the flags say. */
export interface Asked {
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

/** Scenarios in the order asked. `chosen` are the clusters of today's decision. Throws EdgeErrors. */
export function scenariosOf(
  asked: Asked,
  clusters: readonly Cluster[],
  chosen: readonly string[],
): readonly Scenario[] {
  const errors: EdgeError[] = [];
  const attempt = <T>(step: () => T | EdgeError): T[] => {
    const result = step();
    if (!(result instanceof Error)) return [result];
    errors.push(result);
    return [];
  };
  const lose = asked.lose.flatMap((text) => attempt(() => lossOf(text, clusters)));
  const scale = asked.scale.flatMap((text) => attempt(() => scalingOf(text)));
  throwAll(errors);
  const single: Scenario[] = asked.together
    ? [
        {
          name: [
            ...asked.lose.map((text) => `lose ${text}`),
            ...asked.scale.map((text) => `scale ${text}`),
          ].join(', '),
          lose,
          scale,
        },
      ]
    : [
        ...lose.map((match, index) => ({ name: `lose ${asked.lose[index]}`, lose: [match] })),
        ...scale.map((one, index) => ({ name: `scale ${asked.scale[index]}`, scale: [one] })),
      ];
  const each = asked.each.flatMap((key) =>
    eachOf(key as (typeof eachKeys)[number], clusters, chosen),
  );
  const all = [...(lose.length + scale.length > 0 ? single : []), ...each];
  const names = new Set<string | undefined>();
  return all.filter(({ name }) => !names.has(name) && names.add(name));
}

/** All that `--every` asks. */
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
  for (const value of values) {
    if (existing.includes(value)) continue;
    const near = nearest(value, existing);
    const choices = [...new Set(existing)].sort(byCodeUnits).slice(0, 8).join(', ');
    return wrong(
      `no cluster of the fleet has ${key} ${JSON.stringify(value)}`,
      near === undefined ? `Use one of: ${choices}.` : `Write ${key}=${near}.`,
    );
  }
  return label === undefined ? { [attribute ?? 'name']: values } : { labels: { [label]: values } };
}

function scalingOf(
  text: string,
): { readonly origins: OriginMatch; readonly factor: number } | EdgeError {
  const wrong = (remedy: string) =>
    usageError(
      'simulate',
      '--scale',
      `got ${JSON.stringify(text)}, expected KEY=VALUE:FACTOR or FACTOR`,
      remedy,
    );
  const [, matched, written = ''] = /^(?:(.*):)?([^:]*)$/.exec(text) ?? [];
  const factor = written.trim() === '' ? Number.NaN : Number(written);
  if (!(factor >= 0 && factor <= 1e6)) return wrong('Write it like region=asia:2 or 1.5.');
  if (matched === undefined) return { origins: {}, factor };
  const [, key = '', list = ''] = /^([^=]+)=(.+)$/.exec(matched) ?? [];
  if (!Object.hasOwn(originKeys, key)) return wrong(keyRemedy(key, Object.keys(originKeys)));
  return { origins: { [originKeys[key as keyof typeof originKeys]]: list.split(',') }, factor };
}

function keyRemedy(key: string, keys: readonly string[]): string {
  const near = nearest(key, keys);
  return near === undefined ? `Use one of: ${keys.join(', ')}.` : `Write ${near}=...`;
}
