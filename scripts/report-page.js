// Bundles browser/ into the one built file that a report takes its script, style and land from.
const { build } = require('esbuild');
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');

async function bundled(file) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    format: 'iife',
    legalComments: 'none',
    logLevel: 'error',
    tsconfig: 'browser/tsconfig.json',
  });
  const text = outputFiles[0].text.trim();
  // Either would end the element that the text is in.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${file} has markup in it`);
  return text;
}

/** One ring a line, without the names of countries. */
function landText() {
  const [, ...lines] = readFileSync(join(root, 'data/borders.csv'), 'utf8').trim().split('\n');
  return lines.map((line) => line.slice(line.indexOf(',') + 1)).join('\n');
}

async function main() {
  const [script, style] = [await bundled('browser/page.ts'), await bundled('browser/page.css')];
  const parts = JSON.stringify({ script, style, land: landText() });
  const text = `"use strict";\n// Made by scripts/report-page.js from browser/ and data/borders.csv.\nObject.defineProperty(exports, '__esModule', { value: true });\nexports.pageParts = ${parts};\n`;
  writeFileSync(join(root, 'dist/constructs/report/page-parts.js'), text);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
