/**
 * Bench of the engine: value, proof, time, memory and work, beside general solvers and beside the rule of thumb of
 * schedulers. LITTORAL_ENGINE picks cases, LITTORAL_PEERS says how many seconds a solver has (0 asks none),
 * LITTORAL_WRITE=1 also writes docs/engine/benchmarks.md.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineCase } from './engine-case';
import { engineCases } from './engine-cases';
import type { Measured } from './engine-one';
import { type EngineRow, excess, type PeerResult, pageOf, proofOf } from './engine-page';
import { type Peer, type PeerAnswer, peers } from './engine-peer';
import type { BenchRow } from './row';

/** Cases with all of this in their name; every case without it. */
const wanted = process.env.LITTORAL_ENGINE ?? '';
/** Wall seconds a general solver has; as many again are for reading the question. */
const peerSeconds = Number(process.env.LITTORAL_PEERS ?? 60);

/** One row per case with this in its name, in seconds of the processor; without the data only drawn cases. */
export async function benchEngine(part = wanted): Promise<readonly BenchRow[]> {
  const cases = engineCases().filter(({ name }) => name.includes(part));
  const failed = new Set<string>();
  const rows = cases.map((one) => rowOf(one, failed));
  if (process.env.LITTORAL_WRITE === '1') {
    writeFileSync(
      join(process.cwd(), 'docs', 'engine', 'benchmarks.md'),
      pageOf(rows, peerSeconds),
    );
  }
  return rows.map(({ one, got }) => ({
    name: one.name,
    unit: 's',
    samples: [got.seconds],
    note: `${proofOf(got)}, ${excess(got.judged, one.best)} over the best known, ${got.megabytes.toFixed(0)} MB`,
    ...(got.answer && {
      peer: {
        name: 'score and take the top',
        of: 'value',
        ratio: got.value / (got.answer.topValue ?? Number.POSITIVE_INFINITY),
      },
    }),
  }));
}

/** `failed` remembers families of which a solver did not finish a case. */
function rowOf(one: EngineCase, failed: Set<string>): EngineRow {
  const got = child('engine-one.js', [one.name]) as Measured;
  const results = peers.map((peer) => {
    const key = `${peer} ${one.family}`;
    if (peerSeconds === 0 || !one.isAsked || failed.has(key)) return [peer, 'not asked'] as const;
    const result = asked(peer, one);
    if (typeof result === 'string' || !result.isProved) failed.add(key);
    return [peer, result] as const;
  });
  return { one, got, peers: Object.fromEntries(results) as Record<Peer, PeerResult> };
}

function asked(peer: Peer, { name }: EngineCase): PeerResult {
  try {
    const words = [peer, name, String(peerSeconds)];
    return child('engine-peer.js', words, 2000 * peerSeconds) as PeerAnswer;
  } catch {
    // It ran out of memory or of time; what it printed, if anything, is no answer.
    return 'no answer';
  }
}

function child(script: string, words: readonly string[], timeout?: number): unknown {
  const text = execFileSync(process.execPath, [join(__dirname, script), ...words], {
    maxBuffer: 1 << 24,
    ...(timeout && { timeout, killSignal: 'SIGKILL', stdio: ['ignore', 'pipe', 'ignore'] }),
  });
  const last = text.toString().trim().split('\n').at(-1) ?? '';
  return JSON.parse(last);
}
