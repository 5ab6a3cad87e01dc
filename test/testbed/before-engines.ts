/** Runs before the engine tests: builds the engines, which takes minutes the first time and nothing afterwards. */
import { buildBinaries, whyNoClusters } from './binaries';
import { onStandardError, whyNoGo } from './go-builds';
import { buildTools } from './infrastructure';

async function beforeEngines(): Promise<void> {
  const missing = whyNoClusters();
  if (missing === undefined) await attempt(buildBinaries);
  else onStandardError(`${missing}; tests that need clusters will say so`);
  if (whyNoGo() === undefined) await attempt(buildTools);
}

/** What cannot be built is missed only by the tests that need it. */
async function attempt(build: () => Promise<void>): Promise<void> {
  await build().catch((error: Error) => onStandardError(error.message));
}

export = beforeEngines;
