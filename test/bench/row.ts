/** One row of the bench report: what was measured, every sample, and the peer it is compared with. */
export interface BenchRow {
  /** Short and stable, e.g. `place 100 x 1,000, p = 10`. */
  readonly name: string;
  /** Of the samples, e.g. `ms` or `MB`. */
  readonly unit: string;
  /** One number per run, in the order measured. */
  readonly samples: readonly number[];
  /** What the result means, e.g. `gap 0` or `1,204 KB of YAML`. */
  readonly note?: string;
  /** Another way to the same answer, measured in the same run. */
  readonly peer?: {
    readonly name: string;
    /** Ours divided by the peer's; below 1 is better for us. */
    readonly ratio: number;
    /** What the ratio compares, e.g. `value` or `time`. */
    readonly of: string;
  };
}

/** Work that takes longer than this needs no warm-up. */
const slowMilliseconds = 2_000;
/** No further run starts after this long. */
const longMilliseconds = 30_000;

/** Wall milliseconds of `work`, at most `runs` times. The first run warms up and is not counted, unless it is slow. */
export async function milliseconds(
  runs: number,
  work: () => unknown,
): Promise<readonly [number, ...number[]]> {
  const timed = async () => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const first = await timed();
  const samples: [number, ...number[]] = [first > slowMilliseconds ? first : await timed()];
  const spent = () => samples.reduce((sum, sample) => sum + sample, 0);
  while (samples.length < runs && spent() < longMilliseconds) samples.push(await timed());
  return samples;
}

/** The middle sample, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The power by which `y` grows with `x`: the slope of the least squares line through their logarithms. */
export function exponentOf(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (of: (one: (typeof logs)[number]) => number) =>
    logs.reduce((sum, one) => sum + of(one), 0) / logs.length;
  const [x, y] = [mean(([one]) => one), mean(([, one]) => one)];
  return mean(([one, other]) => (one - x) * (other - y)) / mean(([one]) => (one - x) * (one - x));
}
