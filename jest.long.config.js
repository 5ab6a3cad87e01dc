// Tests that are long by nature, and every random test again with all of its problems.
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const base = require('./jest.config.js');

process.env.LITTORAL_RUNS ??= '1';

/** Files that draw fewer random problems in `npm test`: they import `slowRuns`. */
const random = readdirSync(join(__dirname, 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => /\bslowRuns\b/.test(readFileSync(join(__dirname, 'test', name), 'utf8')))
  .map((name) => `<rootDir>/test/${name}`);

module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/**/*.long.test.ts', ...random],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/engines/', '<rootDir>/test/bench/'],
};
