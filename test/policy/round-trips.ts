/** Round-trip times measured between 246 cities: each is a place for a cluster, and each sends the same number of requests. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dataFolder, type InstanceDocuments, instanceApp } from '../placement/public-data';

const folder = join(dataFolder, 'world');
/** Whether the matrix is there. */
export const hasRoundTrips = existsSync(join(folder, 'rtt_wonderproxy.csv.gz'));

interface City {
  readonly id: string;
  readonly latitude: number;
  readonly longitude: number;
}

/** Cities with their measured mean milliseconds to each other; NaN where nobody measured either way. */
export interface RoundTrips {
  readonly cities: readonly City[];
  /** [from * cities + to] */
  readonly milliseconds: Float64Array;
}

/** Reads the matrix. Servers that the list does not know are left out; a missing direction is the other one, a city is at itself. */
export function readRoundTrips(): RoundTrips {
  const lines = (text: string) => text.trim().split('\n').slice(1);
  const list = readFileSync(join(folder, 'rtt_wonderproxy_servers.csv'), 'utf8');
  const cities = lines(list).map((line) => {
    const values = line.split(',');
    const [latitude = 0, longitude = 0] = values.slice(-2).map(Number);
    return { id: values[0] ?? '', latitude, longitude };
  });
  const at = new Map(cities.map(({ id }, index) => [id, index]));
  const n = cities.length;
  const milliseconds = new Float64Array(n * n).fill(Number.NaN);
  for (let i = 0; i < n; i++) milliseconds[i * n + i] = 0;
  const matrix = gunzipSync(readFileSync(join(folder, 'rtt_wonderproxy.csv.gz'))).toString('utf8');
  for (const line of lines(matrix)) {
    const [from = '', to = '', , mean] = line.split(',');
    const [i, j] = [at.get(from), at.get(to)];
    if (i === undefined || j === undefined) continue;
    milliseconds[i * n + j] = Number(mean);
    if (Number.isNaN(milliseconds[j * n + i])) milliseconds[j * n + i] = Number(mean);
  }
  return { cities, milliseconds };
}

/** Names sort as the cities are listed. */
export const siteName = (index: number) => `c${String(index).padStart(3, '0')}`;
const originName = (index: number) => `o${String(index).padStart(3, '0')}`;

/** Choose `p` sites for all cities: by the matrix, or by the latency that a fleet without one follows from distance. */
export function roundTripDocuments(
  { cities, milliseconds }: RoundTrips,
  p: number,
  isMeasured: boolean,
): InstanceDocuments {
  const apiVersion = 'littoral.dev/v1alpha1';
  const place = ({ latitude, longitude }: City) => ({ latitude, longitude });
  const somewhere = { region: 'world', country: 'ZZ' };
  const clusters = cities.map((city, c) => ({ name: siteName(c), ...somewhere, ...place(city) }));
  const origins = cities.map((city, o) => ({
    name: originName(o),
    ...place(city),
    requestsPerSecond: 1,
  }));
  const measured = [...milliseconds].flatMap((value, pair) => {
    if (Number.isNaN(value)) return [];
    const [o, c] = [Math.floor(pair / cities.length), pair % cities.length];
    return `${originName(o)},${siteName(c)},${value}\n`;
  });
  const constraints = { minClusters: p, maxClusters: p, minRequestsPerSecond: 0, capacity: false };
  return {
    fleet: { apiVersion, kind: 'Fleet', clusters, ...(isMeasured && { latency: 'latency.csv' }) },
    app: instanceApp(constraints, { latency: 1 }, origins),
    ...(isMeasured && { latency: `origin,cluster,milliseconds\n${measured.join('')}` }),
  };
}

/** Mean milliseconds when every city goes to the nearest of these sites; pairs that nobody measured are not used. */
export function meanRoundTrip({ cities, milliseconds }: RoundTrips, sites: readonly number[]) {
  let sum = 0;
  for (const from of cities.keys()) {
    const values = sites.map((site) => milliseconds[from * cities.length + site] ?? Number.NaN);
    sum += Math.min(...values.filter((value) => !Number.isNaN(value)));
  }
  return sum / cities.length;
}
