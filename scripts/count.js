// Prints "passed failed" from jest's JSON file and exit status; a run that failed without saying how is one failure.
const { existsSync, readFileSync } = require('node:fs');

const [file, status] = process.argv.slice(2);
const counts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const passed = counts.numPassedTests ?? 0;
const failed = (counts.numFailedTests ?? 0) + (counts.numRuntimeErrorTestSuites ?? 0);
console.log(passed, status === '0' || failed > 0 ? failed : 1);
