/** Documents in files: what is read, and what is said when a file is not what it should be. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { synth } from '../../../constructs/kubernetes';
import { edgeErrorsOf } from '../../../constructs/parsing/errors';
import {
  readApp,
  readDemand,
  readFleet,
  readPolicy,
  withInlineDemand,
} from '../../../providers/sources/files/documents';
import { matchingFiles } from '../../../providers/sources/files/glob';
import { readManifests } from '../../../providers/sources/files/manifest-files';
import { readTextFile, resolvePath } from '../../../providers/sources/files/text-file';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'littoral-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}
const message = (step: () => unknown): string => {
  try {
    step();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    return errors.map((error) => error.message).join('\n');
  }
  throw new Error('nothing was thrown');
};

const header = (kind: string) => `apiVersion: littoral.dev/v1alpha1\nkind: ${kind}\n`;
const demandText = `${header('Demand')}observedAt: "2026-11-21T05:30:00Z"\norigins: [{name: a, geohash: u33, requestsPerSecond: 2}]\n`;
const fleetText = `${header('Fleet')}latency: data/latency.csv\nclusters: [{name: fra, latitude: 50, longitude: 8, region: europe, country: DE}]\n`;
const appText = (more: string) =>
  `${header('EdgeApp')}name: shop\nmanifests: [k8s/*.yaml]\n${more}`;

describe('a document', () => {
  it('is read with the latency table beside it', () => {
    file('data/latency.csv', 'origin,cluster,milliseconds\na,fra,9.5\n');
    expect(readFleet(file('fleet.yaml', fleetText)).latency).toEqual([['a', 'fra', 9.5]]);
  });

  it('whose content stands where its path should is not repeated', () => {
    for (const content of [
      `${fleetText}# planted`,
      '{"planted": true}',
      'planted'.repeat(40),
      'eyJplanted12345.e30.abc',
    ]) {
      const text = message(() => readFleet(resolvePath(content, folder)));
      expect(text).toContain('got the content of a file (not shown), expected its path');
      expect(text).not.toContain('planted');
    }
  });

  it('names itself, its key and the missing table', () => {
    file('data/latencies.csv', '');
    const text = message(() => readFleet(file('fleet.yaml', fleetText)));
    expect(text).toContain('fleet.yaml');
    expect(text).toContain('latency');
    expect(text).toContain('Write latencies.csv, which lies beside it.');
  });

  it('may be a policy alone', () => {
    const path = file('policy.yaml', 'constraints: {minClusters: 3}\n');
    expect(readPolicy(path).constraints.minClusters).toBe(3);
  });

  it('keeps what it refers to until that is asked for', () => {
    file('in/now.yaml', demandText);
    const path = file('app.yaml', appText('demand: in/now.yaml\npolicy: {assume: in/now.yaml}\n'));
    const app = readApp(path);
    expect(app.demand).toEqual({ file: 'in/now.yaml' });
    const demand = readDemand(join(folder, 'in/now.yaml'));
    const inline = withInlineDemand(app, path);
    expect(inline.demand).toEqual({ inline: demand });
    expect(inline.policy.assume).toEqual(demand);
  });

  it('says which of its keys names a file that is not there', () => {
    const path = file('app.yaml', appText('policy: {assume: gone.yaml}\n'));
    expect(message(() => withInlineDemand(readApp(path), path))).toMatch(
      /app\.yaml policy\.assume: .*gone\.yaml does not exist/,
    );
  });
});

describe('manifests', () => {
  const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  const manifests = () => {
    const path = file('app.yaml', appText(''));
    return synth({ name: 'shop', manifests: readManifests(readApp(path), path) }).objects.map(
      ({ manifest }) => manifest,
    );
  };

  it('are all objects of all files that match, in order', () => {
    file('k8s/b.yaml', `${object('b1')}---\n---\n${object('b2')}`);
    file(
      'k8s/a.yaml',
      `apiVersion: v1\nkind: List\nitems:\n- ${object('a').replaceAll('\n', '\n  ')}`,
    );
    file('k8s/readme.md', 'no object');
    file('k8s/deeper/c.yaml', object('c'));
    expect(manifests().map((one) => one.metadata.name)).toEqual(['shop', 'a', 'b1', 'b2']);
  });

  it('that match nothing are a mistake at their place', () => {
    expect(message(manifests)).toMatch(/app\.yaml manifests\[0\]: no file matches k8s\/\*\.yaml/);
  });

  it('that are no objects are all told, without their values', () => {
    file('k8s/a.yaml', 'hello: planted\n');
    file('k8s/b.yaml', 'a: "planted\n');
    const text = message(manifests);
    expect(text).toMatch(/a\.yaml:1: got a document without apiVersion, kind, metadata\.name/);
    expect(text).toMatch(/b\.yaml:\d: got text that is not YAML/);
    expect(text).not.toContain('planted');
  });
});

describe('a file', () => {
  it('that does not exist has a neighbour of nearly the same name', () => {
    file('fleet.yaml', '');
    expect(message(() => readTextFile(join(folder, 'fleat.yaml')))).toMatch(
      /fleat\.yaml does not exist\n {2}Write fleet\.yaml, which lies beside it\./,
    );
  });

  it('that does not exist has other neighbours', () => {
    file('a.yaml', '');
    expect(message(() => readTextFile(join(folder, 'unlike')))).toMatch(/has a\.yaml\./);
  });

  it('in a folder that does not exist says so', () => {
    expect(message(() => readTextFile(join(folder, 'no/where')))).toMatch(/no has no files/);
  });

  it('that is a folder lists what to name instead', () => {
    file('k/a.yaml', '');
    expect(message(() => readTextFile(join(folder, 'k')))).toMatch(/is a folder.*\n.*a\.yaml/);
  });

  it('under a file cannot be', () => {
    file('a.yaml', '');
    expect(message(() => readTextFile(join(folder, 'a.yaml/b')))).toMatch(
      /part of its path is a file/,
    );
  });

  it('that may not be read says so', () => {
    const path = file('secret.yaml', 'x');
    chmodSync(path, 0);
    if (process.getuid?.() === 0) return;
    expect(message(() => readTextFile(path))).toMatch(/may not be read \(EACCES\)/);
  });

  it('that is binary or of another encoding is refused', () => {
    expect(message(() => readTextFile(file('a.gz', Buffer.from([31, 139, 0, 0]))))).toMatch(
      /is a binary file; expected YAML, JSON or CSV/,
    );
    expect(message(() => readTextFile(file('b', Buffer.from([0x4b, 0xf6, 0x6c, 0x6e]))))).toMatch(
      /is not UTF-8 text/,
    );
  });

  it('may be empty, and is read whole', () => {
    expect(readTextFile(file('empty', ''))).toBe('');
    const long = 'ä'.repeat(200_000);
    expect(readTextFile(file('long', long))).toBe(long);
  });
});

describe('a path', () => {
  it('starts at its document, at home, or at the root', () => {
    expect(resolvePath('a/../b', '/docs')).toBe('/docs/b');
    expect(resolvePath('~/kube', '/docs')).toBe(join(homedir(), 'kube'));
    expect(resolvePath('/etc/x', '/docs')).toBe('/etc/x');
  });

  const found = (pattern: string) =>
    matchingFiles(pattern, folder).map((path) => path.slice(folder.length + 1));

  it('with stars matches within a folder, sorted, without hidden names', () => {
    for (const name of ['x/b.yaml', 'x/a.yaml', 'x/.h.yaml', 'y/a.yaml', 'x/z/a.yaml', 'x/a+b']) {
      file(name, '');
    }
    expect(found('x/*.yaml')).toEqual(['x/a.yaml', 'x/b.yaml']);
    expect(found('*/a.yaml')).toEqual(['x/a.yaml', 'y/a.yaml']);
    expect(found('x/a+*')).toEqual(['x/a+b']);
    expect(found('x/.*.yaml')).toEqual(['x/.h.yaml']);
    expect(found('x/[!a].yaml')).toEqual(['x/b.yaml']);
    expect(found('x/?.yaml')).toEqual(['x/a.yaml', 'x/b.yaml']);
    expect(found('{x,y}/a.{yaml,yml}')).toEqual(['x/a.yaml', 'y/a.yaml']);
    expect(found(`${folder}/x/a.*`)).toEqual(['x/a.yaml']);
  });

  it('with two stars crosses folders, of which there may be none', () => {
    for (const name of ['k/a.yaml', 'k/b/c.yaml', 'k/b/d/e.yaml', 'k/.git/f.yaml', 'k/b/g.md']) {
      file(name, '');
    }
    expect(found('k/**/*.yaml')).toEqual(['k/a.yaml', 'k/b/c.yaml', 'k/b/d/e.yaml']);
    expect(found('**/e.yaml')).toEqual(['k/b/d/e.yaml']);
    expect(found('k/**.yaml')).toEqual(['k/a.yaml']);
  });

  it('of a folder means its objects, as kubectl takes them, and none of the folders in it', () => {
    for (const name of ['k/a.yaml', 'k/b.yml', 'k/c.json', 'k/d.md', 'k/e/f.yaml']) file(name, '');
    expect(found('k')).toEqual(['k/a.yaml', 'k/b.yml', 'k/c.json']);
    expect(found('k/')).toEqual(found('k'));
  });

  it('of a file that exists is no pattern, whatever its folders are called', () => {
    file('[x] (1)/{a}.yaml', '');
    expect(found('[x] (1)/{a}.yaml')).toEqual(['[x] (1)/{a}.yaml']);
    expect(matchingFiles('*.yaml', join(folder, '[x] (1)'))).toHaveLength(1);
  });

  it('follows links, but takes no file twice and ends where a link leads back', () => {
    file('k/a.yaml', '');
    symlinkSync('a.yaml', join(folder, 'k/linked.yaml'));
    symlinkSync('..', join(folder, 'k/back'));
    symlinkSync('nowhere', join(folder, 'k/broken.yaml'));
    expect(found('k/**/*.yaml')).toEqual(['k/a.yaml']);
    expect(found('k/linked.yaml')).toEqual(['k/linked.yaml']);
  });
});
