// Writes API.md from the doors in package.json; with --check it compares instead, for CI.
const { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { exports: doors, name } = require('../package.json');

const root = join(__dirname, '..');
const report = join(root, 'API.md');

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

async function main() {
  const text = await generate();
  if (!process.argv.includes('--check')) return writeFileSync(report, text);
  const line = firstDifference(text, existsSync(report) ? readFileSync(report, 'utf8') : '');
  if (line === 0) return;
  throw new Error(`API.md differs from the exported surface at line ${line}; run \`npm run api\`.`);
}

/** What a user imports, such as `littoral/placement`, and the source file behind it. */
function entryPoints() {
  return Object.entries(doors)
    .filter(([, door]) => typeof door === 'object')
    .map(([path, { types }]) => ({
      module: path.replace(/^\./, name),
      source: types.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts'),
    }));
}

async function generate() {
  const folder = mkdtempSync(join(tmpdir(), `${name}-api-`));
  try {
    const entries = entryPoints();
    await renderModules(entries, folder);
    const parts = entries.map(({ module }) => section(module, join(folder, `${module}.md`)));
    const title = `# API\n\nGenerated from the sources by \`npm run api\`; do not edit.\n`;
    return [title, ...parts].join('\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function renderModules(entries, folder) {
  const { Application, TSConfigReader } = await import('typedoc');
  const app = await Application.bootstrapWithPlugins(options(entries), [new TSConfigReader()]);
  const project = await app.convert();
  if (!project) throw new Error('The sources could not be read; see the messages above.');
  const modules = new Map(entries.map(({ module, source }) => [source, module]));
  for (const child of project.children ?? []) {
    const source = project.getSymbolIdFromReflection(child)?.packagePath;
    child.name = modules.get(source) ?? child.name;
  }
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
}

/** One file a module, tables instead of long lists, and nothing that depends on the machine. */
const options = (entries) => ({
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: join(root, 'tsconfig.build.json'),
  entryPoints: entries.map(({ source }) => join(root, source)),
  basePath: root,
  readme: 'none',
  logLevel: 'Error',
  // `npm run types` judges the types; here they are only printed.
  skipErrorChecking: true,
  sort: ['alphabetical'],
  disableSources: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  hideGenerator: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  hidePageTitle: true,
  outputFileStrategy: 'modules',
  useCodeBlocks: true,
  classPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  parametersFormat: 'table',
  propertyMembersFormat: 'table',
  typeDeclarationFormat: 'table',
});

/** A module's page as a section: headings one level down, links within the one file. */
function section(module, page) {
  const body = (existsSync(page) ? readFileSync(page, 'utf8') : '')
    .replace(/<a id="[^"]*"><\/a> /g, '')
    .replace(/\]\([^()#\s]*\.md(#[^()\s]*)?\)/g, (_, anchor) => `](${anchor ?? '#api'})`)
    .replace(/^(#{1,5} )/gm, '#$1')
    .trim();
  return `## \`${module}\`\n\n${body}\n`;
}

/** The first line, counted from 1, where two texts differ; 0 if they are equal. */
function firstDifference(a, b) {
  if (a === b) return 0;
  const [left, right] = [a.split('\n'), b.split('\n')];
  return left.findIndex((line, index) => line !== right[index]) + 1 || left.length + 1;
}
