// Marks imports of optional peers in declarations, so that a program without such a peer compiles also where
// libraries are checked: what is not installed is anything there.
const { readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { peerDependenciesMeta } = require('../package.json');

const dist = join(__dirname, '../dist');
const mark = '// @ts-ignore An optional peer.';
const peers = Object.keys(peerDependenciesMeta).map((name) => name.replaceAll('/', '\\/'));
const imports = new RegExp(
  `^(?:im|ex)port [^;]* from '(?:${peers.join('|')})(?:\\/[^']*)?';$`,
  'gm',
);

for (const name of readdirSync(dist, { recursive: true })) {
  if (!String(name).endsWith('.d.ts')) continue;
  const file = join(dist, String(name));
  const text = readFileSync(file, 'utf8');
  const marked = text.replaceAll(`${mark}\n`, '').replace(imports, (line) => `${mark}\n${line}`);
  if (marked !== text) writeFileSync(file, marked);
}
