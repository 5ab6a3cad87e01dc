/** Fleet documents: parses them with their measured latencies. */

import {
  API_VERSION,
  type DocumentMistake,
  type DocumentOptions,
  type DocumentSource,
  duplicateNames,
  edgeErrorsOf,
  type Path,
  parseDocument,
  quoted,
  type Report,
  useOneOf,
  type z,
} from '../parsing';
import { byCodeUnits } from './canonical';
import { type Fleet, fleetSchema, type LatencyPair } from './fleet';
import { readLatencyCsv } from './latency-csv';

/** A Fleet as a program writes it: the document without `apiVersion` and `kind`. */
export type FleetInput = Omit<z.input<typeof fleetSchema>, 'apiVersion' | 'kind'>;
type WrittenFleet = z.output<typeof fleetSchema>;

/** Measured pairs as written, and where each of them stands. */
interface Measured {
  readonly pairs: readonly LatencyPair[];
  readonly at: (index: number) => Pick<DocumentMistake, 'path' | 'file' | 'line'>;
}

/** Parses a Fleet: clusters sorted by name, latency pairs by origin and cluster. `options.read` gives the latency CSV. Throws EdgeErrors. */
export function parseFleet(source: DocumentSource, options: DocumentOptions = {}): Fleet {
  return parseDocument({ kind: 'Fleet', schema: fleetSchema, build: builtFleet }, source, options);
}

/** The document of a parsed Fleet, its latency inline; parsing it gives the Fleet again. */
export function fleetDocument(fleet: Fleet): object {
  return { apiVersion: API_VERSION, kind: 'Fleet', ...fleet };
}

function builtFleet(written: WrittenFleet, report: Report, options: DocumentOptions): Fleet {
  duplicateNames(written.clusters, ['clusters'], 'cluster', report);
  reportSameClusters(written.clusters, report);
  written.clusters.forEach((cluster, index) => {
    if (cluster.state !== 'unreachable' || cluster.since !== undefined) return;
    report({
      code: 'InvalidDocument',
      path: ['clusters', index, 'since'],
      summary: 'got state unreachable without since, expected the instant the state began',
      remedy: 'Add since, such as 2026-11-21T05:30:00Z.',
      dependsOn: [['clusters', index, 'state']],
    });
  });
  const measured = measuredPairs(written.latency ?? [], report, options);
  checkClusters(measured, written, report);
  const latency = sortedPairs(measured.pairs);
  checkDuplicates(latency, measured, report);
  const clusters = [...written.clusters].sort((a, b) => byCodeUnits(a.name, b.name));
  const { latencyModel, observedAt, grants } = written;
  return {
    clusters,
    latency,
    latencyModel,
    ...(observedAt === undefined ? {} : { observedAt }),
    ...(grants === undefined ? {} : { grants }),
  };
}

/** One cluster under two names would be counted as two: in spreads, in capacity and in what may be lost. */
function reportSameClusters(clusters: WrittenFleet['clusters'], report: Report): void {
  const first = new Map<string, string>();
  clusters.forEach(({ name, uid }, index) => {
    if (uid === undefined) return;
    const other = first.get(uid);
    if (other === undefined) {
      first.set(uid, name);
      return;
    }
    report({
      code: 'Duplicate',
      path: ['clusters', index, 'uid'],
      summary: `got ${name} with uid ${quoted(uid)}, which ${other} has: they are one cluster`,
      remedy: 'Keep one of the two.',
    });
  });
}

function measuredPairs(
  latency: string | readonly LatencyPair[],
  report: Report,
  { read }: DocumentOptions,
): Measured {
  const path: Path = ['latency'];
  const nothing: Measured = { pairs: [], at: () => ({ path }) };
  if (typeof latency !== 'string') {
    return { pairs: latency, at: (index) => ({ path: [...path, index] }) };
  }
  if (read === undefined) {
    report({
      code: 'SourceFailed',
      path,
      summary: `got the path ${quoted(latency)}, but nothing here reads files`,
      remedy: 'Give the pairs as a list of [origin, cluster, milliseconds].',
    });
    return nothing;
  }
  const text = textOf(latency, read, report);
  if (text === undefined) return nothing;
  const csv = readLatencyCsv(text);
  for (const problem of csv.problems) {
    report({ code: 'InvalidDocument', path, file: latency, ...problem });
  }
  return {
    pairs: csv.pairs,
    at: (index) => ({ path, file: latency, line: csv.lines[index] ?? 1 }),
  };
}

function textOf(
  file: string,
  read: (relativePath: string) => string,
  report: Report,
): string | undefined {
  try {
    return read(file);
  } catch (thrown) {
    const [known] = edgeErrorsOf(thrown) ?? [];
    report({
      code: 'SourceFailed',
      path: ['latency'],
      summary: known?.summary ?? `the file ${quoted(file)} could not be read`,
      remedy: known?.remedy ?? 'Check the path; it is relative to the fleet document.',
    });
    return undefined;
  }
}

/** Every unknown cluster once, however many pairs name it. Origins are not checked: demand varies. */
function checkClusters({ pairs, at }: Measured, written: WrittenFleet, report: Report): void {
  const names = new Set(written.clusters.map(({ name }) => name));
  const unknown = new Map<string, { readonly first: number; count: number }>();
  pairs.forEach(([, cluster], index) => {
    if (names.has(cluster)) return;
    const before = unknown.get(cluster);
    if (before === undefined) unknown.set(cluster, { first: index, count: 1 });
    else before.count++;
  });
  for (const [cluster, { first, count }] of unknown) {
    const often = count > 1 ? ` (${count} pairs)` : '';
    report({
      code: 'UnknownName',
      ...at(first),
      summary: `got a latency to cluster ${quoted(cluster)}${often}, which the fleet does not have`,
      remedy: useOneOf(cluster, [...names]),
      dependsOn: [['clusters']],
    });
  }
}

function checkDuplicates(
  sorted: readonly LatencyPair[],
  { pairs, at }: Measured,
  report: Report,
): void {
  const again = sorted.filter((pair, index) => {
    const previous = sorted[index - 1];
    return previous !== undefined && byPair(previous, pair) === 0;
  });
  if (again.length === 0) return;
  const indexes = new Map(pairs.map((pair, index) => [pair, index]));
  for (const pair of again) {
    report({
      code: 'Duplicate',
      ...at(indexes.get(pair) ?? 0),
      summary: `got a second latency from ${quoted(pair[0])} to ${quoted(pair[1])}, expected every pair once`,
      remedy: 'Keep one of the two.',
    });
  }
}

function sortedPairs(pairs: readonly LatencyPair[]): readonly LatencyPair[] {
  const isSorted = pairs.every(
    (pair, index) => index === 0 || byPair(pairs[index - 1]!, pair) <= 0,
  );
  return isSorted ? pairs : [...pairs].sort(byPair);
}

function byPair(a: LatencyPair, b: LatencyPair): number {
  return byCodeUnits(a[0], b[0]) || byCodeUnits(a[1], b[1]);
}
