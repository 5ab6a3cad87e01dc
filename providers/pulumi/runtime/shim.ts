/** Shim: the text that Pulumi keeps in its state as a dynamic provider: it finds this package from the program and calls it by name. */

/** The providers of this package. */
export type ProviderName = 'placement' | 'release' | 'retirement' | 'traffic';

/**
 * What Pulumi's own serializer would make of a provider that only calls `littoral/pulumi/runtime`, written by hand:
 * it never differs between two builds, versions or machines, holds no code to go stale, and needs no compiler. Where
 * the program itself does not depend on this package, its dependencies do, and theirs; pnpm lets only them find it.
 */
export function providerText(name: ProviderName): string {
  return `${finding}exports.handler = () => find().${name};`;
}

/** Plain JavaScript of the oldest Node that this package runs on; breadth first, at most 2,000 folders. */
const finding = `const { createRequire } = require('node:module');
const { existsSync, readFileSync, realpathSync } = require('node:fs');
const { dirname, join } = require('node:path');
const wanted = 'littoral/pulumi/runtime';
function find() {
  const folders = new Set([process.cwd()]);
  for (let up = process.cwd(); dirname(up) !== up; up = dirname(up)) folders.add(join(up, 'node_modules/.pnpm'));
  for (const folder of folders) {
    const from = createRequire(join(folder, 'package.json'));
    try {
      return from(wanted);
    } catch (thrown) {
      if (thrown.code !== 'MODULE_NOT_FOUND' || !thrown.message.includes(wanted)) throw thrown;
    }
    for (const name of dependencies(folder)) {
      const places = (from.resolve.paths(name) || []).map((place) => join(place, name));
      const place = places.find((one) => existsSync(one));
      if (place !== undefined && folders.size < 2000) folders.add(realpathSync(place));
    }
  }
  const error = new Error('littoral is not installed where this program or a package that it depends on would find it: ' + process.cwd() + '. Install it there again (npm install littoral), then run this again. To forget the resource and leave what runs, use pulumi state delete.');
  error.stack = error.message;
  throw error;
}
function dependencies(folder) {
  try {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies });
  } catch {
    return [];
  }
}
`;
