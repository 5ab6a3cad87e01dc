/** Engines are built by the real Go, here from small modules that a folder publishes. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { buildMissing, builtPath, type GoModule, whyNoGo } from '../testbed/go-builds';

const missing = whyNoGo();
if (missing !== undefined) process.stderr.write(`${missing}: no tests of builds\n`);

const tool: GoModule = {
  name: 'tool',
  module: 'example.test/tool',
  version: 'v1.2.3',
  packages: { broken: 'example.test/tool/broken', tool: 'example.test/tool' },
  treeVersion: 'v0.5.0',
  variables: { 'main.version': 'v1.2.3' },
};

(missing === undefined ? describe : describe.skip)('a Go module', () => {
  const before = { ...process.env };
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'littoral-go-'));
    publish(folder, 'example.test/tool', 'v1.2.3', {
      'go.mod':
        'module example.test/tool\n\ngo 1.24\n\nrequire example.test/words v0.0.0\n\nreplace example.test/words => ./words\n',
      'main.go':
        'package main\n\nimport "example.test/words"\n\nvar version string\n\nfunc main() { println(words.Hello, version) }\n',
      'broken/main.go': 'package main\n\nfunc main() { undeclared() }\n',
    });
    publish(folder, 'example.test/words', 'v0.5.0', {
      'go.mod': 'module example.test/words\n\ngo 1.24\n',
      'words.go': 'package words\n\nconst Hello = "hello from"\n',
    });
    process.env.XDG_CACHE_HOME = join(folder, 'cache');
    // The compiled packages of Go itself stay where they are: another folder would compile them again.
    process.env.GOCACHE = spawnSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).stdout.trim();
    process.env.GOMODCACHE = join(folder, 'modules');
    process.env.GOPROXY = pathToFileURL(join(folder, 'published')).href;
    process.env.GONOSUMDB = 'example.test';
    process.env.GOFLAGS = '-modcacherw';
  });
  afterAll(() => {
    process.env = before;
    rmSync(folder, { recursive: true });
  });

  it('is built with what its own tree publishes, also when another binary cannot be built', async () => {
    const lines: string[] = [];
    const build = buildMissing([tool], ['broken', 'tool'], (line) => void lines.push(line));
    await expect(build).rejects.toThrow(
      /^broken v1\.2\.3 cannot be built: [\s\S]*undefined: undeclared$/,
    );
    expect(lines.map((line) => line.replace(/\d+ s$/, 'N s'))).toEqual([
      'building broken v1.2.3, once for this machine',
      'building tool v1.2.3, once for this machine',
      'built tool v1.2.3 in N s',
    ]);
    const { stderr } = spawnSync(builtPath([tool], 'tool'), { encoding: 'utf8' });
    expect(stderr).toBe('hello from v1.2.3\n');
  });

  it('is built once, and nothing else stays in the cache', async () => {
    const lines: string[] = [];
    await buildMissing([tool], ['tool'], (line) => void lines.push(line));
    expect(lines).toEqual([]);
    expect(readdirSync(join(folder, 'cache', 'littoral', 'engines'))).toEqual(['tool-v1.2.3']);
  });
});

/** Writes what a Go module proxy would serve for one version of a module. */
function publish(
  folder: string,
  module: string,
  version: string,
  files: Readonly<Record<string, string>>,
): void {
  const place = join(folder, 'published', module, '@v');
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, `${version}.info`), JSON.stringify({ Version: version }));
  writeFileSync(join(place, `${version}.mod`), files['go.mod'] ?? '');
  const entries = Object.entries(files);
  const named = entries.map(([name, text]) => [`${module}@${version}/${name}`, text] as const);
  writeFileSync(join(place, `${version}.zip`), zip(named));
}

/** A zip archive of files that are not compressed. */
function zip(files: readonly (readonly [name: string, text: string])[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of files) {
    // From the version to read it with, to the length of a further field that is not there.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(text), 10);
    common.writeUInt32LE(Buffer.byteLength(text), 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name + text)]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0'), common, rest, Buffer.from(name));
    bodies.push(body);
    offset += body.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, ...directory, Buffer.from('PK\x05\x06'), end]);
}
