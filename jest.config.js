// Tests that need nothing but `npm ci` and take minutes; what is long and what needs engines has configurations of its own.
// `modulePaths` and `roots` stay unset: see the sentence about `constructs` in tsconfig.json.
module.exports = {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/seed.ts'],
  // None is timed: this only ends what would never end, also on a machine that is busy with something else.
  testTimeout: 60_000,
  maxWorkers: '100%',
  // A global looked up from inside jest's vm costs some 50 times more than elsewhere; the solver does little else.
  sandboxInjectedGlobals: ['Math', 'Float64Array', 'Infinity'],
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/examples/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/engines/',
    '<rootDir>/test/bench/',
    '\\.long\\.test\\.ts$',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/dist-test/', '/cdktf\\.out/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
};
