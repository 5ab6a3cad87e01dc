/** Placement worker: decides in a thread of its own, so that Terraform's other calls are answered meanwhile. */
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import type { PlacementRequest } from './result';

/** The worker data that marks a placement worker. */
export interface WorkerTask {
  readonly littoral: 'placement';
  readonly question: PlacementRequest;
}

/** Decides what this thread was started for; false when it was started for something else. */
function runWorker(): boolean {
  const task = workerData as Partial<WorkerTask> | null;
  if (isMainThread || task?.littoral !== 'placement' || task.question === undefined) return false;
  const { resultOf: answer } = require('./result') as typeof import('./result');
  parentPort?.postMessage(answer(task.question));
  return true;
}

runWorker();
