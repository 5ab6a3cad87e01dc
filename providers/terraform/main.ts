#!/usr/bin/env node
/** The provider as a program: `npm run build` makes one self-contained executable of it. */
import { PROVIDER_ADDRESS } from '../../constructs/model/provider-address';
import { VERSION } from '../../constructs/model/version';
import { run } from './protocol/plugin';
import { workerWord } from './resources/placement/run-placement';

// A thread says so in its words: to ask `node:worker_threads` would cost every start some milliseconds.
if (!process.argv.includes(workerWord)) {
  void run(
    {
      // Nothing is loaded before the handshake that it does not need.
      load: () => (require('./littoral') as typeof import('./littoral')).littoral,
      name: 'littoral',
      version: VERSION,
      address: PROVIDER_ADDRESS,
    },
    process,
  );
} else {
  // The one file is also what its threads start from.
  require('./resources/placement/worker');
}
