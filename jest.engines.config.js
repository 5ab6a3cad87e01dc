// Tests against real engines on loopback. Three at a time on two cores: each waits for its engines half of the time.
const base = require('./jest.config.js');

module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/testbed/before-engines.ts',
  maxWorkers: 3,
  // A process of its own for every file: after each one a worker is above this limit, and another takes its place.
  // Should one die, its file is reported as failed, once, and the others are still counted.
  workerIdleMemoryLimit: '1MB',
  workerGracefulExitTimeout: 10_000,
  // None is timed: this only ends what would never end, also on a machine that is busy with something else.
  testTimeout: 600_000,
};
