/** docs/engine/benchmarks.md: what was measured, part by part. */
import { type EngineCase, goals } from './engine-case';
import type { Measured } from './engine-one';
import type { Peer, PeerAnswer } from './engine-peer';

/** How a general solver did: its answer, or why there is none. */
export type PeerResult = PeerAnswer | 'not asked' | 'no answer';

/** One measured case. */
export interface EngineRow {
  readonly one: EngineCase;
  readonly got: Measured;
  readonly peers: Readonly<Record<Peer, PeerResult>>;
}

/** The page of these rows; `peerSeconds` is what a general solver had. */
export function pageOf(rows: readonly EngineRow[], peerSeconds: number): string {
  const parts = Object.entries(goals).flatMap(([goal, title]) => {
    const lines = rows
      .filter(({ one }) => one.goal === goal)
      .map((row) => lineOf(row, peerSeconds));
    return lines.length === 0 ? [] : `## ${title}\n\n${columns}${lines.join('')}`;
  });
  return `${head(peerSeconds)}\n${parts.join('\n')}`;
}

function lineOf({ one, got, peers }: EngineRow, peerSeconds: number): string {
  const { answer } = got;
  const cells = [
    one.name,
    figure(got.value),
    excess(got.judged, one.best),
    proofOf(got),
    got.verified ? `yes, ${got.verifySeconds.toFixed(2)}` : 'no',
    answer ? `${answer.seconds.toFixed(2)}, ${excess(answer.value, got.value)}` : '-',
    `${got.wallSeconds.toFixed(2)}, ${got.seconds.toFixed(2)}`,
    got.megabytes.toFixed(0),
    (got.workUnits / 1e6).toFixed(1),
    answer ? excess(answer.topValue, got.value) : '-',
    ...Object.values(peers).map((peer) => peerCell(peer, got.value, peerSeconds)),
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Seconds until the answer was proved; else how far what there was by then is above ours. */
function peerCell(peer: PeerResult, ours: number, seconds: number): string {
  if (peer === 'not asked') return '-';
  if (peer === 'no answer') return `not in ${seconds} s`;
  const { value, isProved, wallSeconds } = peer;
  if (isProved) {
    const isSame = Math.abs((value ?? 0) - ours) <= 1e-6 * Math.max(1, Math.abs(ours));
    return `${wallSeconds.toFixed(2)}${isSame ? '' : `, ${excess(value, ours)}`}`;
  }
  return `not in ${seconds} s${value === null ? '' : `, ${excess(value, ours)}`}`;
}

/** `proved optimal`, or the gap. */
export const proofOf = ({ gap }: Measured): string =>
  gap === 0 ? 'proved optimal' : `gap ${(100 * gap).toFixed(gap < 1e-3 ? 4 : 2)} %`;

/** How far above `best`, as a percentage. */
export function excess(value: number | null, best: number | undefined): string {
  if (best === undefined) return '-';
  // JSON has no Infinity: the set of the rule of thumb leaves somebody without a legal cluster.
  if (value === null || !Number.isFinite(value)) return 'not legal';
  const share = 100 * (value / best - 1);
  return `${Math.abs(share) < 5e-5 ? '0' : share.toFixed(Math.abs(share) < 1 ? 4 : 1)} %`;
}

const figure = (value: number) => (value >= 1e5 ? value.toFixed(1) : value.toPrecision(9));

const columns = `| instance | value | over best known | proof | verified, s | first answer: s, excess | s: wall, processor | MB | work units, millions | take the top | HiGHS, s | yalps, s | javascript-lp-solver, s |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
`;

const head = (peerSeconds: number) => `# The engine, measured

\`npm run bench -- engine\` prints these rows, with the public instances in \`LITTORAL_DATA\`; \`LITTORAL_WRITE=1\` writes this page.
Each instance is placed by \`place()\` in a process of its own, from parsed documents, on Node ${process.versions.node}, on two cores. Where wall seconds are far above
processor seconds the machine had other work, which stretches both.
Many apps, no demand, ample room and even places have a page of their own: [many.md](many.md).
Round trips *by distance alone* are placed without the matrix and judged by it.
*Generated* instances are drawn from seeds as the literature describes its own; their best known values are proved where the proof column says so.

- *First answer*: greedy and swaps before anything is proved, on cells of origins where those come first, in seconds of the processor, with its excess
  over the final value; below zero where it takes no notice of limited room.
- *Verified*: \`verify\`, which shares no code with the solver, accepted the decision with its certificate, in seconds of the processor.
- *Take the top*: the clusters nearest to most requests, as many as were chosen here, which is how schedulers that score and rank choose;
  its excess ignores the rules and the room.
- *HiGHS* (WebAssembly), *yalps*, *javascript-lp-solver*: wall seconds for the same question, the strong formulation written once for all three, each in a
  process of its own with ${peerSeconds} s and no gap allowed; where it ended without a proof, its best value against ours. A dash: not asked, because there are more than a million
  pairs, several apps, or a smaller instance of the family already took too long.
`;
