// Builds the Terraform provider: one executable file that has everything inside, yet starts as fast as its small part.
//
// What the program needs to answer Terraform's handshake is its start. Everything behind an `import()` or a `require`
// inside a function, outside of the rooms below, is late: it lies in the file as compressed text and is compiled when it is
// first asked for. Both share the modules that are in the start, so that a class is the same class everywhere.
const { build } = require('esbuild');
const {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { isBuiltin } = require('node:module');
const { basename, dirname, join, relative, resolve } = require('node:path');
const { brotliCompressSync, constants } = require('node:zlib');

const root = join(__dirname, '..');
/** The rooms whose files are all in the start. */
const startRooms = new Set(
  ['', '/protocol', '/schema'].map((room) => `providers/terraform${room}`),
);
const data = join(root, 'data');
/** What bundles are made from: it exists only while they are. */
const entryFile = join(root, 'entry.js');
const options = {
  bundle: true,
  write: false,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
  absWorkingDir: root,
  // `import()` of what is inside becomes `require`, which is ours.
  supported: { 'dynamic-import': false },
};

const isOurs = (path) => path.startsWith(root) && !path.includes('/node_modules/');
const isLoadedLate = ({ kind, importer }) =>
  (kind === 'dynamic-import' || kind === 'require-call') &&
  importer.endsWith('.ts') &&
  isOurs(importer);
const idOf = (path) => relative(root, path);

/** The file a relative import means. */
function fileOf({ path, resolveDir }) {
  const file = resolve(resolveDir, path).replace(/\.js$/, '');
  return [`${file}.ts`, join(file, 'index.ts'), file].find(
    (one) => existsSync(one) && statSync(one).isFile(),
  );
}

/** Leaves late modules out of the start, and tells which they are. */
const leaveOutLate = (late) => ({
  name: 'late',
  setup(build) {
    build.onResolve({ filter: /^[^/]/ }, (asked) => {
      if (!isLoadedLate(asked) || isBuiltin(asked.path)) return undefined;
      const file = asked.path.startsWith('.') ? fileOf(asked) : undefined;
      // The start's own files are evaluated late too, but they are small.
      if (file && startRooms.has(idOf(dirname(file)))) return undefined;
      const id = file ? idOf(file) : asked.path;
      late.add(id);
      return { path: `late:${id}`, external: true };
    });
  },
});

/** Takes the modules that the start has from there, and packages from chunks of their own: there is one of each. */
const share = (started, packages) => ({
  name: 'shared',
  setup(build) {
    build.onResolve({ filter: /^\./ }, (asked) => {
      const file = isOurs(asked.importer) ? fileOf(asked) : undefined;
      if (!file || !started.has(idOf(file))) return undefined;
      return { path: `start:${idOf(file)}`, external: true };
    });
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      if (isBuiltin(path) || importer === entryFile || path === 'zod') return undefined;
      if (isOurs(importer)) packages.add(path);
      else if (!packages.has(path) || hasOwnCopy(importer, path)) return undefined;
      return { path: `late:${path}`, external: true };
    });
  },
});

/** Whether the package that has `importer` in it comes with its own version of `name`. */
const hasOwnCopy = (importer, name) =>
  existsSync(join(/^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(importer)[0], 'node_modules', name));

/** Where the sources read the package's own tables, the tables are inside. */
const embedTables = {
  name: 'tables',
  setup(build) {
    build.onResolve({ filter: /^node:fs$/ }, ({ importer }) =>
      importer === join(root, 'providers/sources/places/tables.ts')
        ? { path: 'tables', namespace: 'tables' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'tables' }, () => {
      const names = readdirSync(data)
        .filter((name) => name.endsWith('.csv'))
        .sort();
      const tables = names.map((name) => [name, readFileSync(join(data, name), 'utf8')]);
      return {
        contents: `import { basename } from 'node:path';
          const tables = ${JSON.stringify(Object.fromEntries(tables))};
          export const existsSync = (path) => Object.hasOwn(tables, basename(path));
          export const readFileSync = (path) => tables[basename(path)];`,
      };
    });
  },
};

/** The text of one bundle, and the files in it. */
async function bundle(contents, plugins, isForeign) {
  const { outputFiles, metafile } = await build({
    ...options,
    // Names stay as they are where our own stack traces have them.
    minifyIdentifiers: isForeign,
    stdin: { contents, resolveDir: root, sourcefile: entryFile },
    plugins: [embedTables, ...plugins],
  });
  return { text: outputFiles[0].text, files: Object.keys(metafile.inputs) };
}

/** The executable that has `entry`, a program's first file, at its start. */
async function executable(entry) {
  const late = new Set();
  const startOf = (modules) =>
    [
      ...modules.map(
        (id) => `startModules[${quote(id)}] = () => require(${quote(join(root, id))});`,
      ),
      `require(${quote(entry)});`,
    ].join('\n');
  const small = await bundle(startOf([]), [leaveOutLate(late)], false);
  const started = new Set(
    small.files.filter((file) => file.endsWith('.ts') && !file.startsWith('node_modules')),
  );

  // Sorted: esbuild resolves many imports at once, and the same sources are to give the same file.
  const ids = [...late].sort();
  const packages = new Set(ids.filter((id) => !id.endsWith('.ts') && id !== 'zod'));
  const modules = ids.filter((id) => id.endsWith('.ts'));
  const lateEntry = modules.map(
    (id) => `exports[${quote(id)}] = () => require(${quote(join(root, id))});`,
  );
  const ours = await bundle(lateEntry.join('\n'), [share(started, packages)], false);
  const chunks = { '': ours };
  // A package may ask for others that we ask for too, so the set is complete only now.
  for (const name of [...packages].sort()) {
    chunks[name] = await bundle(
      `module.exports = require(${quote(name)});`,
      [share(started, packages)],
      true,
    );
  }

  // Once more, with what the late part asks the start for.
  const asked = [...started].sort().filter((id) => ours.text.includes(`"start:${id}"`));
  const start = await bundle(startOf(asked), [leaveOutLate(new Set())], false);
  const texts = Object.entries(chunks).map(([name, { text }]) => [name, compressed(text)]);
  return {
    text: `${launcher}\n${loader}\n${start.text}\n${lateMark}${JSON.stringify(Object.fromEntries(texts))}`,
    files: [start, ...Object.values(chunks)].flatMap(({ files }) => files),
  };
}

const quote = (text) => JSON.stringify(text);
const compressed = (text) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }).toString('base64');

/** Late text is a comment at the end: the start is compiled without looking at it. */
const lateMark = '//late:';

/**
 * The file is a program of the shell in its second line, and of Node in all others: the shell says in one line what is
 * missing where there is no Node. Terraform shows the first line of the standard output, which is where it waits for the handshake.
 *
 * Node reads the file of NODE_EXTRA_CA_CERTS before anything else, 45 ms in each of three processes of a plan, of which most speak TLS to nobody
 * but Terraform. Where Node is to trust its own authorities (no --use-openssl-ca, no --use-system-ca) it starts without; protocol/extra-authorities.ts gives it back, and reads the file when it is needed.
 */
const launcher = `#!/bin/sh
':' //; case "$NODE_OPTIONS$NODE_USE_SYSTEM_CA" in ?*-ca*|1) ;; *) if [ -n "$NODE_EXTRA_CA_CERTS" ]; then export LITTORAL_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"; unset NODE_EXTRA_CA_CERTS; fi;; esac; command -v node >/dev/null 2>&1 && exec node "$0" "$@"; echo "The littoral provider needs Node.js 20.19 or newer, and there is no node on PATH. Install it, or put the folder of node on PATH. PATH is $PATH"; exit 1
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stdout.write('The littoral provider needs Node.js 20.19 or newer; the node on PATH is ' + process.version + ' at ' + process.execPath + '. Put a newer one before it on PATH.\\n');
  process.exit(1);
}`;

/** The part of the file that finds what is inside it. */
const loader = `// Built by \`npm run build\` of littoral, Apache-2.0; the licences of what is inside are beside it in LICENSES.
const startModules = {}, lateModules = {}, outside = require;
let lateTexts;
require = (id) => {
  if (id.startsWith('start:')) return startModules[id.slice(6)]();
  if (!id.startsWith('late:')) return outside(id);
  const name = id.slice(5);
  return name.endsWith('.ts') ? late('')[name]() : late(name);
};
function late(name) {
  if (!lateModules[name]) {
    if (!lateTexts) {
      const file = outside('node:fs').readFileSync(__filename, 'latin1');
      lateTexts = JSON.parse(file.slice(file.lastIndexOf('\\n${lateMark}') + ${lateMark.length + 1}));
    }
    const text = outside('node:zlib').brotliDecompressSync(Buffer.from(lateTexts[name], 'base64')).toString();
    const module = (lateModules[name] = { exports: {} });
    compiled(name, text)(require, module, module.exports, __filename, __dirname);
  }
  return lateModules[name].exports;
}
// Late text is compiled from what V8 kept of it in the data folder of Terraform, beside kept placements. A file is of this
// executable and this Node alone, and written anew by the first processes: each compiles functions that those before it did not need.
const turns = 3;
function compiled(name, text) {
  const fs = outside('node:fs'), { join } = outside('node:path'), { createHash } = outside('node:crypto');
  const data = process.env.TF_DATA_DIR || '.terraform', home = join(data, 'littoral');
  const { size, mtimeMs } = fs.statSync(__filename);
  const program = [size, mtimeMs, process.version, process.arch, text.length].join(' ');
  const file = join(home, 'code-' + name.replace(/\\W/g, '-'));
  const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
  let turn = 0, cachedData;
  try {
    const bytes = fs.readFileSync(file), end = bytes.indexOf(10);
    const [of, count, digest] = JSON.parse(bytes.subarray(0, end).toString());
    const code = bytes.subarray(end + 1);
    if (of === program && digest === digestOf(code)) (cachedData = code), (turn = count);
  } catch {}
  const whole = '(function(require,module,exports,__filename,__dirname){' + text + '\\n})';
  const script = new (outside('node:vm').Script)(whole, { filename: 'littoral:' + name, cachedData });
  if (script.cachedDataRejected) turn = 0;
  if (turn < turns && fs.existsSync(data)) {
    process.once('exit', () => {
      const code = script.createCachedData(), unfinished = file + '.' + process.pid;
      try {
        fs.mkdirSync(home, { recursive: true });
        const head = JSON.stringify([program, turn + 1, digestOf(code)]) + '\\n';
        fs.writeFileSync(unfinished, Buffer.concat([Buffer.from(head), code]), { mode: 0o600 });
        fs.renameSync(unfinished, file);
      } catch {}
    });
  }
  return script.runInThisContext();
}`;

/** The licences of the packages that \`files\` are from. */
function licences(files) {
  const folders = new Set(
    files.flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(root, folder, 'package.json'), 'utf8'),
      );
      const spellings = [
        'LICENSE',
        'LICENSE.md',
        'LICENSE.txt',
        'LICENCE',
        'license',
        'License',
        'LICENSE-MIT.txt',
      ];
      const path = spellings.map((one) => join(root, folder, one)).find(existsSync);
      return `${name} ${version} (${license})\n\n${path ? readFileSync(path, 'utf8').trim() : noticesIn(files, folder)}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The notices at the head of a package's files, for packages without a file that has their licence. */
function noticesIn(files, folder) {
  const texts = files
    .filter((file) => file.startsWith(`${folder}/`))
    .map((file) => readFileSync(join(root, file), 'utf8'));
  const notices = texts.map(
    (text) => /^(?:"use strict";\s*)?((?:\/\/.*\n)+)/.exec(text)?.[1].trim() ?? '',
  );
  return [...new Set(notices)].filter((notice) => /copyright/i.test(notice)).join('\n\n');
}

/** Writes the executable of `entry` to `target`, with the licences beside it. */
async function buildProvider(entry, target) {
  const { text, files } = await executable(entry);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  chmodSync(target, 0o755);
  writeFileSync(join(dirname(target), 'LICENSES'), licences(files));
}

module.exports = { buildProvider };

if (require.main === module) {
  const [
    entry = 'providers/terraform/main.ts',
    target = 'dist/terraform/terraform-provider-littoral',
  ] = process.argv.slice(2);
  buildProvider(resolve(root, entry), resolve(root, target)).catch((error) => {
    console.error(error.message ?? basename(__filename));
    process.exitCode = 1;
  });
}
