// Makes the command that package.json names executable, once it has been built.
const { chmodSync, existsSync } = require('node:fs');
const { bin } = require('../package.json');

for (const path of Object.values(bin)) if (existsSync(path)) chmodSync(path, 0o755);
