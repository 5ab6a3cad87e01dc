/** Chart probes: runs of a chart with possible values, which find what stand-ins cannot: a comparison that is false for both. */

import type { Fill } from '../../model/app/bundle';
import type { Manifest } from '../../model/app/workload';
import type { SiteValues, StandIns } from '../site';
import { computed, filled, pointerOfDifference, type Template } from '../slots';

/** Replicas that programs compare with. */
const usualCounts = [
  ...Array.from({ length: 20 }, (_, index) => index + 1),
  ...[24, 25, 30, 32, 40, 48, 50, 60, 64, 100, 128, 200, 250, 256, 500, 1000],
];
/** A later run of the same chart is probed with so many counts, others each time. */
const laterProbes = 2;
/** At most so many words of a chart's source are tried as names and regions. */
const mostWords = 300;
/** Names and regions that programs compare with, and a long one. */
const usualWords = [
  ...['cluster-1', 'north', 'south', 'east', 'west', 'central', 'edge', 'eu', 'us', 'ap', 'prod'],
  ...['dev', 'europe', 'asia', 'america', 'eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2'],
  ...['ap-southeast-1', 'europe-west1', 'us-central1', 'asia-east1', 'westeurope', 'eastus'],
  ...['fra', 'iad', 'sin', 'lhr', 'ams', 'syd', 'gru', 'x'.repeat(300)],
];
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** The values of one probe: a decision as it may come. */
export class ProbeValues implements SiteValues {
  constructor(
    readonly count: number,
    readonly word: string,
  ) {}

  number(fill: Fill): number {
    if (fill.value !== 'replicas') return this.count;
    return this.count * (fill.times ?? 1);
  }

  text({ value }: Fill): string {
    return value === 'decision' ? digest : this.word;
  }
}

/** The probes of one chart: all for its first run, then some for each further one. */
export class Probes {
  readonly #counts: readonly number[];
  readonly #words: readonly string[];
  #position = 0;

  /** `chart` is read for the numbers and words that it may compare with. */
  constructor(chart: { toString(): string }) {
    const source = chart.toString();
    const written = (source.match(/\b[0-9]{1,6}\b/g) ?? []).map(Number);
    this.#counts = [...new Set([...usualCounts, ...written.filter((one) => one > 0)])];
    const words = source.match(/[\p{L}\p{N}_.-]+|[^\s\p{L}\p{N}]/gu) ?? [];
    this.#words = [...new Set([...usualWords, ...words])].slice(0, mostWords);
  }

  /** Values for the next run, by what its stand-ins were asked for; other names only where none will be known. */
  next(standIns: StandIns, withWords: boolean): readonly ProbeValues[] {
    const isFirst = this.#position === 0;
    const counts = this.#take(standIns.gaveNumbers ? this.#counts : [1], isFirst);
    const word = this.#words[0]!;
    const probes = counts.map((count) => new ProbeValues(count, word));
    if (!withWords || !standIns.gavePlace) return probes;
    return [...probes, ...this.#words.slice(1).map((one) => new ProbeValues(counts[0]!, one))];
  }

  #take(counts: readonly number[], isFirst: boolean): readonly number[] {
    const start = this.#position;
    this.#position += isFirst ? counts.length : laterProbes;
    if (isFirst) return counts;
    return [0, 1].map((offset) => counts[(start + offset) % counts.length]!);
  }
}

/** Throws EdgeError when `objects`, made with `values`, are not the templates filled with them. */
export function checkProbe(
  templates: readonly Template[],
  objects: readonly Manifest[],
  values: ProbeValues,
): void {
  if (templates.length !== objects.length) throw computed();
  for (const [position, { manifest, slots }] of templates.entries()) {
    const expected = filled(manifest, slots, (fill) =>
      fill.value === 'replicas' || fill.value === 'requestsPerSecond'
        ? values.number(fill)
        : values.text(fill),
    );
    const pointer = pointerOfDifference(expected, objects[position]);
    if (pointer !== undefined) throw computed(objects[position], pointer);
  }
}

/** True when `objects` are `templates` filled. */
export function isFilled(
  templates: readonly Template[],
  objects: readonly Manifest[],
  fillIn: (fill: Fill) => string | number,
): boolean {
  return (
    templates.length === objects.length &&
    templates.every(({ manifest, slots }, position) => {
      const expected = filled(manifest, slots, fillIn);
      return pointerOfDifference(expected, objects[position]) === undefined;
    })
  );
}
