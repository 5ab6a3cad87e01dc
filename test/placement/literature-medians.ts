/** p-median problems as the literature draws them, from seeds: points of the plane, and sparse graphs. */
import { type InstanceDocuments, instanceApp } from './public-data';

/** Every node is a place and a customer; costs are whole numbers, [place * nodes + customer]. */
export interface Median {
  readonly name: string;
  readonly nodes: number;
  readonly p: number;
  readonly cost: () => Float64Array;
  readonly build: () => InstanceDocuments;
}

/** Numbers in [0, 1) that follow from a seed alone (Park and Miller's minimal standard). */
function dice(seed: number): () => number {
  let state = (seed * 48271 + 11) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Points of a square of 1,000 with distances rounded down, as TSPLIB's are for the p-median (Avella and others, 2007). */
export function plane(seed: number, nodes: number, p: number): Median {
  const cost = () => {
    const random = dice(seed);
    const points = Array.from({ length: nodes }, () => [1000 * random(), 1000 * random()] as const);
    return Float64Array.from({ length: nodes * nodes }, (_, pair) => {
      const [a, b] = [points[Math.floor(pair / nodes)], points[pair % nodes]];
      return Math.floor(Math.sqrt(((a?.[0] ?? 0) - (b?.[0] ?? 0)) ** 2 + ((a?.[1] ?? 0) - (b?.[1] ?? 0)) ** 2)); // biome-ignore format: one formula
    });
  };
  return median(`generated plane ${nodes}, p = ${p}, seed ${seed}`, nodes, p, cost);
}

/** Shortest paths of a random connected graph with n * n / 50 edges of 1 to 100 (Beasley, EJOR 21, 1985). */
export function graph(seed: number, nodes: number, p: number): Median {
  const cost = () => {
    const random = dice(seed);
    const whole = (most: number) => Math.floor(most * random());
    const paths = new Float64Array(nodes * nodes).fill(Number.POSITIVE_INFINITY);
    const join = (i: number, j: number) => {
      const length = 1 + whole(100);
      paths[i * nodes + j] = length;
      paths[j * nodes + i] = length;
    };
    for (let i = 1; i < nodes; i++) join(i, whole(i));
    for (let edge = nodes - 1; edge < (nodes * nodes) / 50; edge++) {
      const i = 1 + whole(nodes - 1);
      join(i, whole(i));
    }
    return shortest(paths, nodes);
  };
  return median(`generated graph ${nodes}, p = ${p}, seed ${seed}`, nodes, p, cost);
}

/** Floyd and Warshall, in place. */
function shortest(paths: Float64Array, nodes: number): Float64Array {
  for (let i = 0; i < nodes; i++) paths[i * nodes + i] = 0;
  for (let via = 0; via < nodes; via++) {
    for (let i = 0; i < nodes; i++) {
      const first = paths[i * nodes + via];
      for (let j = 0; j < nodes; j++) {
        const through = first + paths[via * nodes + j];
        if (through < paths[i * nodes + j]) paths[i * nodes + j] = through;
      }
    }
  }
  return paths;
}

function median(name: string, nodes: number, p: number, cost: () => Float64Array): Median {
  return { name, nodes, p, cost, build: () => documentsOf(cost(), nodes, p) };
}

function documentsOf(cost: Float64Array, nodes: number, p: number): InstanceDocuments {
  const apiVersion = 'littoral.dev/v1alpha1';
  const somewhere = { latitude: 0, longitude: 0 };
  const indexes = [...Array(nodes).keys()];
  const cluster = (f: number) => `c${String(f).padStart(6, '0')}`;
  const origin = (u: number) => `o${String(u).padStart(6, '0')}`;
  const clusters = indexes.map((f) => {
    return { name: cluster(f), ...somewhere, region: 'world', country: 'ZZ' };
  });
  const origins = indexes.map((u) => ({ name: origin(u), ...somewhere, requestsPerSecond: 1 }));
  const constraints = { minClusters: p, maxClusters: p, minRequestsPerSecond: 0, capacity: false };
  const lines = ['origin,cluster,milliseconds'];
  for (let pair = 0; pair < cost.length; pair++) {
    lines.push(`${origin(pair % nodes)},${cluster(Math.floor(pair / nodes))},${cost[pair]}`);
  }
  return {
    fleet: { apiVersion, kind: 'Fleet', clusters, latency: 'latency.csv' },
    app: instanceApp(constraints, { latency: 1 }, origins),
    latency: `${lines.join('\n')}\n`,
  };
}
