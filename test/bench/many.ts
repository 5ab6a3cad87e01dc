/**
 * Bench of what users really ask: many apps, no demand, ample room, places everywhere; beside the rule that scores and takes the top. Then
 * growth: how seconds and work units rise with apps, clusters and origins, as exponents. LITTORAL_MANY picks cases and curves.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Curve, curves, manyCases } from './many-cases';
import type { ManyMeasured } from './many-one';
import type { BenchRow } from './row';

/** Cases and curves with this in their name; all without it. */
const wanted = process.env.LITTORAL_MANY ?? '';
/** Runs of a case; a case that takes longer than this many seconds runs once. */
const [RUNS, LONG_SECONDS] = [3, 4];

/** One row per case, then one per curve. */
export async function benchMany(): Promise<readonly BenchRow[]> {
  const isWanted = ({ name }: { readonly name: string }) => name.includes(wanted);
  const cases = manyCases.filter((one) => isWanted(one) && (wanted !== '' || !one.isLong));
  return [...cases.map(rowOf), ...curves.filter(isWanted).map(curveRowOf)];
}

function rowOf({ name }: { readonly name: string }): BenchRow {
  const runs: [ManyMeasured, ...ManyMeasured[]] = [child(['case', name]) as ManyMeasured];
  while (runs.length < RUNS && runs[0].seconds < LONG_SECONDS)
    runs.push(child(['case', name]) as ManyMeasured);
  const [{ gap, placed, apps, megabytes, workUnits, topRatio, ...one }] = runs;
  const proof = gap <= 0 ? 'proved' : `gap ${(100 * gap).toFixed(3)} %`;
  const check = `${one.isVerified ? 'verified' : 'NOT VERIFIED'} in ${one.verifySeconds.toFixed(2)} s`;
  const facts = [
    `${placed} of ${apps} placed`,
    proof,
    `${megabytes.toFixed(0)} MB`,
    `${(workUnits / 1e6).toFixed(1)} M units`,
    `document ${one.documentMegabytes.toFixed(2)} MB`,
    check,
    `score and take the top ${one.topSeconds.toFixed(2)} s`,
  ];
  return {
    name,
    unit: 's',
    samples: runs.map(({ seconds }) => seconds),
    note: facts.join(', '),
    ...(topRatio !== null && {
      peer: { name: 'score and take the top', of: 'value', ratio: topRatio },
    }),
  };
}

function curveRowOf({ name, sizes }: Curve): BenchRow {
  const points = sizes.map((size) => ({
    size,
    ...(child(['curve', name, String(size)]) as { seconds: number; workUnits: number }),
  }));
  const exponent = exponentOf(points.map(({ size, seconds }) => [size, seconds]));
  const units = exponentOf(points.map(({ size, workUnits }) => [size, Math.max(1, workUnits)]));
  const seen = points.map(({ size, seconds }) => `${size}: ${seconds.toPrecision(2)} s`);
  return {
    name: `growth with ${name}`,
    unit: '',
    samples: [exponent],
    note: `exponent of seconds; of work units ${units.toFixed(2)}; ${seen.join(', ')}`,
  };
}

/** The slope of a straight line through the logarithms, by least squares. */
function exponentOf(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (pick: 0 | 1) => logs.reduce((sum, one) => sum + one[pick], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const along = logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
  return logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / along;
}

function child(words: readonly string[]): unknown {
  const text = execFileSync(process.execPath, [join(__dirname, 'many-one.js'), ...words], {
    maxBuffer: 1 << 24,
  });
  return JSON.parse(text.toString().trim().split('\n').at(-1) ?? '');
}
