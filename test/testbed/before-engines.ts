/** Runs before the engine tests: builds the engines, which takes minutes the first time and nothing afterwards. */
import { buildBinaries, whyNoClusters } from './binaries';

async function beforeEngines(): Promise<void> {
  const missing = whyNoClusters();
  if (missing === undefined) await buildBinaries();
  else process.stderr.write(`${missing}; tests that need clusters will say so\n`);
}

export = beforeEngines;
