#!/usr/bin/env node
/** The provider as a program: `npm run build` makes one self-contained executable of it. */
import { isMainThread } from 'node:worker_threads';
import { VERSION } from '../../constructs/model/version';
import { run } from './plugin';

if (isMainThread) {
  void run(
    {
      // Nothing is loaded before the handshake that it does not need.
      load: () => (require('./littoral') as typeof import('./littoral')).littoral,
      name: 'littoral',
      version: VERSION,
      address: 'registry.terraform.io/littoral/littoral',
    },
    process,
  );
} else {
  // The one file is also what its threads start from.
  require('./resources/placement-worker');
}
