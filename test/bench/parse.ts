/** Bench of the parsers: documents of a size that only programs write. */
import { parseDemand } from '../../constructs/model/demand-document';
import { parseFleet } from '../../constructs/model/fleet-document';
import { type BenchRow, median, milliseconds } from './row';
import { world } from './world';

const runs = 5;

/** 10,000 clusters and 100,000 origins from JSON text, against JSON.parse of the same text. */
export async function benchParse(): Promise<readonly BenchRow[]> {
  const { fleet, demand } = world(10_000, 100_000);
  const documents = [
    { name: 'parse 10,000 clusters', text: JSON.stringify(fleet), parse: parseFleet },
    { name: 'parse 100,000 origins', text: JSON.stringify(demand), parse: parseDemand },
  ];
  const rows: BenchRow[] = [];
  for (const { name, text, parse } of documents) {
    const samples = await milliseconds(runs, () => parse(text));
    const json = await milliseconds(runs, () => JSON.parse(text));
    const ratio = median(samples) / median(json);
    const note = `${(text.length / 1e6).toFixed(1)} MB of JSON`;
    rows.push({ name, unit: 'ms', samples, note, peer: { name: 'JSON.parse', of: 'time', ratio } });
  }
  return rows;
}
