/** Public location problems with known optima, read from their own formats and told as littoral documents. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where the instances are kept: LITTORAL_DATA, or beside the repository, because their licences keep them out of it. */
export const dataFolder =
  process.env.LITTORAL_DATA ??
  [3, 4]
    .map((up) => join(__dirname, ...Array<string>(up).fill('..'), 'shared/data'))
    .find(existsSync) ??
  join(__dirname, '../../../shared/data');

/** Whether the instances are there to be solved. */
export const hasData = existsSync(join(dataFolder, 'orlib', 'optima.csv'));

/** One problem as documents, with the value its optimum is known to have. */
export interface Instance {
  readonly name: string;
  /** The number of candidates times the number of customers. */
  readonly pairs: number;
  readonly optimum: number;
  readonly build: () => InstanceDocuments;
}

/** What `littoral place` reads; `latency` becomes a CSV beside the fleet. */
export interface InstanceDocuments {
  readonly fleet: object;
  readonly app: object;
  readonly latency?: string;
}

const apiVersion = 'littoral.dev/v1alpha1';
const somewhere = { latitude: 0, longitude: 0, region: 'world', country: 'ZZ' };

const read = (path: string) => {
  const bytes = readFileSync(join(dataFolder, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

/** Fields of a CSV line; quotes protect commas. */
const fields = (line: string) =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, field = '']) =>
    field.replace(/^"|"$/g, '').replace(/""/g, '"'),
  );

function table(path: string): readonly Readonly<Record<string, string>>[] {
  const [head = '', ...lines] = read(path).trim().split('\n');
  const keys = fields(head);
  return lines.map((line) => {
    const values = fields(line);
    return Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']));
  });
}

const numbers = (path: string) => {
  const values = read(path).trim().split(/\s+/).map(Number);
  let next = 0;
  return () => values[next++] ?? Number.NaN;
};

const origin = (index: number) => `o${String(index).padStart(6, '0')}`;
const cluster = (index: number) => `c${String(index).padStart(6, '0')}`;

function documents(
  clusters: readonly object[],
  origins: readonly object[],
  constraints: object,
  objective: object,
) {
  return {
    fleet: { apiVersion, kind: 'Fleet', latency: 'latency.csv', clusters },
    app: instanceApp({ minRequestsPerSecond: 0, ...constraints }, objective, origins),
  };
}

/** An app of which only the policy and the demand matter. */
export function instanceApp(constraints: object, objective: object, origins: readonly object[]) {
  return {
    apiVersion,
    kind: 'EdgeApp',
    name: 'instance',
    workload: {
      image: 'registry.example/instance:1',
      resources: { cpuMillicores: 0, memoryMebibytes: 0 },
      requestsPerSecondPerReplica: 1e9,
    },
    policy: { constraints, objective },
    demand: { observedAt: '2026-01-01T00:00:00Z', origins },
  };
}

/** Customer by customer, candidate by candidate: `origin,cluster,milliseconds`. */
function latencyCsv(m: number, n: number, milliseconds: (f: number, u: number) => number): string {
  const lines = ['origin,cluster,milliseconds'];
  for (let u = 0; u < n; u++) {
    for (let f = 0; f < m; f++) lines.push(`${origin(u)},${cluster(f)},${milliseconds(f, u)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** OR-Library pmed: all shortest paths of a graph whose later edges overwrite earlier ones; every node is a candidate and a customer. */
function pMedian(path: string, p: number): InstanceDocuments {
  const next = numbers(path);
  const n = next();
  const edges = next();
  next();
  const paths = new Float64Array(n * n).fill(Number.POSITIVE_INFINITY);
  for (let edge = 0; edge < edges; edge++) {
    const [i, j, cost] = [next() - 1, next() - 1, next()];
    paths[i * n + j] = cost;
    paths[j * n + i] = cost;
  }
  shortest(paths, n);
  const indexes = [...Array(n).keys()];
  const clusters = indexes.map((f) => ({ name: cluster(f), ...somewhere }));
  const origins = indexes.map((u) => ({ name: origin(u), ...point, requestsPerSecond: 1 }));
  const constraints = { minClusters: p, maxClusters: p, capacity: false };
  const built = documents(clusters, origins, constraints, { latency: 1 });
  return { ...built, latency: latencyCsv(n, n, (f, u) => paths[f * n + u] ?? 0) };
}

const point = { latitude: 0, longitude: 0 };

/** Floyd and Warshall, in place. */
function shortest(paths: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) paths[i * n + i] = 0;
  for (let via = 0; via < n; via++) {
    for (let i = 0; i < n; i++) {
      const first = paths[i * n + via] as number;
      if (first === Number.POSITIVE_INFINITY) continue;
      for (let j = 0; j < n; j++) {
        const through = first + (paths[via * n + j] as number);
        if (through < (paths[i * n + j] as number)) paths[i * n + j] = through;
      }
    }
  }
}

/** A problem of opening costs and of costs of serving all of a customer. */
export interface Facilities {
  readonly openCosts: readonly number[];
  readonly demands: readonly number[];
  /** By customer, then candidate; Infinity where it may not be served. */
  readonly costs: readonly (readonly number[])[];
  /** By candidate; none: without limits. */
  readonly capacities?: readonly number[];
  /** Whether a customer may be divided; `split` by default. */
  readonly assignment?: 'split' | 'whole';
}

/** Milliseconds that no policy allows. */
const NEVER = 1e7;

/** The documents of a problem with opening costs, with any number of candidates open. */
export function facilityDocuments({
  openCosts,
  demands,
  costs,
  capacities,
  assignment = 'split',
}: Facilities): InstanceDocuments {
  const m = openCosts.length;
  const clusters = openCosts.map((usdPerHour, f) => ({
    name: cluster(f),
    ...somewhere,
    usdPerHour,
    ...(capacities && { requestsPerSecond: capacities[f] }),
  }));
  const origins = demands.map((requestsPerSecond, u) => ({
    name: origin(u),
    ...point,
    requestsPerSecond,
  }));
  const capacity = capacities ? { assignment } : false;
  const isPartial = costs.some((row) => row.includes(Number.POSITIVE_INFINITY));
  const latency = isPartial && { latency: { milliseconds: NEVER / 10 } };
  const constraints = { minClusters: 1, maxClusters: m, capacity, ...latency };
  const built = documents(clusters, origins, constraints, { latency: 1, money: 1 });
  const perRequest = (f: number, u: number) =>
    Math.min(NEVER, (costs[u]?.[f] ?? 0) / (demands[u] ?? 1));
  return { ...built, latency: latencyCsv(m, demands.length, perRequest) };
}

/** OR-Library cap: opening costs, and costs of serving all of a customer; with capacities a customer may be divided. */
function facilities(path: string, capacitated: boolean): InstanceDocuments {
  const next = numbers(path);
  const [m, n] = [next(), next()];
  const capacities: number[] = [];
  const openCosts = [...Array(m)].map(() => {
    capacities.push(next());
    return next();
  });
  const costs: number[][] = [];
  const demands = [...Array(n)].map(() => {
    const demand = next();
    costs.push([...Array(m)].map(() => next()));
    return demand;
  });
  return facilityDocuments({ openCosts, demands, costs, ...(capacitated && { capacities }) });
}

/** The first places of one list against the first cities of another, weighted by their share of the people. */
export function world(
  m: number,
  n: number,
  p: number,
  constraints: object = {},
): InstanceDocuments {
  const at = (row: Readonly<Record<string, string>>) => {
    const point = { latitude: Number(row.lat), longitude: Number(row.lon) };
    return { ...somewhere, ...point, region: quarterOf(point) };
  };
  const all = table('world/cities1000.csv.gz');
  const cities = all.slice(0, n);
  const people = cities.reduce((sum, city) => sum + Number(city.population), 0);
  // Where there are fewer places than asked for, the largest cities follow.
  const places = [...table('world/candidates.csv'), ...all].slice(0, m);
  const clusters = places.map((row, f) => ({
    name: cluster(f),
    ...at(row),
    provider: `p${f % 5}`,
  }));
  const origins = cities.map((row, u) => {
    const { latitude, longitude, region } = at(row);
    const requestsPerSecond = Number(row.population) / people;
    return { name: origin(u), latitude, longitude, region, requestsPerSecond };
  });
  const asked = { minClusters: p, maxClusters: p, capacity: false, ...constraints };
  const built = documents(clusters, origins, asked, { distance: 1 });
  const { latency: _, ...fleet } = built.fleet;
  return { ...built, fleet };
}

/** Six parts of the world by straight lines: regions for rules, not geography. */
function quarterOf({ latitude, longitude }: { latitude: number; longitude: number }): string {
  if (longitude < -30) return latitude > 15 ? 'north-america' : 'south-america';
  if (longitude < 60) return latitude > 35 ? 'europe' : 'africa';
  return latitude < -10 ? 'oceania' : 'asia';
}

/** Every instance of the library whose problem littoral's documents can say, smallest first. */
export function libraryInstances(): readonly Instance[] {
  const rows = table('orlib/optima.csv').filter((row) => row.problem !== 'p-center');
  const instances = rows.map((row): Instance => {
    const path = join('orlib', row.file ?? '');
    const build = () =>
      row.problem === 'p-median'
        ? pMedian(path, Number(row.p))
        : facilities(path, row.capacity === 'file');
    const pairs = Number(row.facilities) * Number(row.customers);
    return { name: `${row.instance} ${row.problem}`, pairs, optimum: Number(row.value), build };
  });
  return instances.sort((a, b) => a.pairs - b.pairs);
}

/** Places and cities of the world, with the proved mean kilometres. */
export function worldInstances(): readonly Instance[] {
  const rows = table('world/reference.csv').filter((row) => row.status?.startsWith('optimal'));
  return rows.map((row) => {
    const [m, n, p] = [Number(row.candidates), Number(row.demand), Number(row.p)];
    const optimum = Number(row.value_km);
    const name = `world ${m} x ${n}, p = ${p}`;
    return { name, pairs: m * n, optimum, build: () => world(m, n, p) };
  });
}
