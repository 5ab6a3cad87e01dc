// Tests against real engines on loopback. They share ports, processes and two cores: one at a time.
const base = require('./jest.config.js');

module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/testbed/before-engines.ts',
  maxWorkers: 1,
  testTimeout: 120_000,
};
