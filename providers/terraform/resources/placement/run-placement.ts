/** Run placement: decides in this thread when the documents are short, and in a worker thread when they are long. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PlacementRequest, PlacementResult } from './result';
import type { WorkerTask } from './worker';

/** Fewer characters of documents than this are placed in less time than a thread needs to start. */
const quick = 200_000;

/** The word that a thread of the executable is started with. */
export const workerWord = 'placement-worker';

/** Decides. Rejects when the thread ends without a result. */
export async function runPlacement(question: PlacementRequest): Promise<PlacementResult> {
  const file = sizeOf(question) < quick ? undefined : workerFile();
  if (file !== undefined) return inThread(file, question);
  const { resultOf: answer } = require('./result') as typeof import('./result');
  return answer(question);
}

function sizeOf({ fleet, demands }: PlacementRequest): number {
  return Object.values(demands).reduce((sum, text) => sum + (text?.length ?? 0), fleet.length);
}

/** Beside this file; in the one-file executable this file itself. None where neither is JavaScript. */
function workerFile(): string | undefined {
  const beside = join(__dirname, 'worker.js');
  if (existsSync(beside)) return beside;
  return /\.[jt]s$/.test(__filename) ? undefined : __filename;
}

function inThread(file: string, question: PlacementRequest): Promise<PlacementResult> {
  const task: WorkerTask = { littoral: 'placement', question };
  const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads');
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: task, argv: [workerWord] });
    worker.once('message', (answer: PlacementResult) => {
      resolve(answer);
      void worker.terminate();
    });
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the placement thread ended with ${code}`)));
  });
}
