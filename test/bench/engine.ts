/**
 * Bench of the engine on public instances: value, proof, time, memory and work, beside a general solver and beside the rule of
 * thumb of schedulers. LITTORAL_WRITE=1 also writes the table to docs/engine.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasData } from '../placement/public-data';
import { type EngineCase, engineCases } from './engine-cases';
import type { Measured } from './engine-one';
import type { BenchRow } from './row';

/** Cases with all of LITTORAL_ENGINE in their name; every case without it. */
const wanted = process.env.LITTORAL_ENGINE ?? '';

/** One row per case, in seconds of the processor; none without the data. */
export async function benchEngine(): Promise<readonly BenchRow[]> {
  if (!hasData) return [];
  const cases = engineCases().filter(({ name }) => name.includes(wanted));
  const measured = cases.map((one) => ({ one, got: run(one) }));
  if (process.env.LITTORAL_WRITE === '1') {
    writeFileSync(join(process.cwd(), 'docs', 'engine.md'), page(measured));
  }
  return measured.map(({ one, got }) => ({
    name: one.name,
    unit: 's',
    samples: [got.seconds],
    note: `${proofOf(got)}, ${excess(got.value, one.best)} over the best known, ${got.megabytes.toFixed(0)} MB`,
    peer: {
      name: 'score and take the top',
      of: 'value',
      ratio: got.value / (got.topValue ?? Number.POSITIVE_INFINITY),
    },
  }));
}

function run({ name }: EngineCase): Measured {
  const child = join(__dirname, 'engine-one.js');
  const text = execFileSync(process.execPath, [child, name], { maxBuffer: 1 << 24 });
  return JSON.parse(text.toString()) as Measured;
}

const proofOf = ({ gap }: Measured) =>
  gap === 0 ? 'proved optimal' : `gap ${(100 * gap).toFixed(gap < 1e-3 ? 4 : 2)} %`;

/** How far above `best`, as a percentage. */
function excess(value: number | null, best: number | undefined): string {
  if (best === undefined) return '-';
  // JSON has no Infinity: the set of the rule of thumb leaves somebody without a legal cluster.
  if (value === null || !Number.isFinite(value)) return 'not legal';
  const share = 100 * (value / best - 1);
  return `${Math.abs(share) < 5e-5 ? '0' : share.toFixed(share < 1 ? 4 : 1)} %`;
}

function page(measured: readonly { readonly one: EngineCase; readonly got: Measured }[]): string {
  const lines = measured.map(({ one, got }) =>
    [
      one.name,
      figure(got.value),
      one.best === undefined ? '-' : excess(got.value, one.best),
      proofOf(got),
      got.verified ? 'yes' : 'not run',
      got.seconds.toFixed(2),
      `${got.answerSeconds.toFixed(2)}, ${excess(got.answerValue, got.value)}`,
      got.megabytes.toFixed(0),
      (got.workUnits / 1e6).toFixed(1),
      excess(got.topValue, got.value),
      got.general === undefined ? '-' : `${got.general.seconds.toFixed(2)} s`,
    ].join(' | '),
  );
  return `${head}${lines.map((line) => `| ${line} |\n`).join('')}`;
}

const figure = (value: number) => (value >= 1e5 ? value.toFixed(1) : value.toPrecision(9));

const head = `# The engine, measured

\`npm run bench -- engine\` with the public instances in \`LITTORAL_DATA\` prints these rows; \`LITTORAL_WRITE=1\` writes this page.
Each instance is placed by \`place()\` in a process of its own, from parsed documents, on Node ${process.versions.node}. Seconds are of one processor core
(the machine had other work, which stretches even those by up to a half); *first answer* is greedy and swaps before anything is proved, with its excess over the final value.
*Verified*: \`verify\`, which shares no code with the solver, accepted the decision with its certificate. *Take the top*: the clusters nearest to most
requests, as many as were chosen here, which is how schedulers that score and rank choose; its excess ignores the rules. *yalps*: the same question to a general solver, where it is small enough.

| instance | value | over best known | proof | verified | s | first answer: s, excess | MB | work units, millions | take the top | yalps |
|---|---|---|---|---|---|---|---|---|---|---|
`;
