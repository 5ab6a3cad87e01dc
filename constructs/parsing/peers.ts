/** Peers: optional packages that an entry point or an option needs, and what is said when one of them is not installed. */
import { EdgeError } from './errors';

/**
 * What `load` gives. Throws EdgeError MissingPackage, with the line that installs all of `packages`, when it loads
 * one of them that is not installed. `user` is what needs them: an entry point, an option. A package may carry the
 * version that is to be installed, as in `cdktf@0.21`.
 */
export function withPeers<T>(
  user: string,
  packages: readonly string[],
  load: () => T,
  path = '',
): T {
  try {
    return load();
  } catch (thrown) {
    const name = missingPackage(thrown);
    if (name === undefined || !packages.some((one) => nameOf(one) === name)) throw thrown;
    const error = new EdgeError({
      code: 'MissingPackage',
      path,
      summary: `${user} needs the package ${name}, which is not installed`,
      remedy: `Install what it needs beside littoral: npm install ${packages.join(' ')}`,
    });
    // Whoever loads an entry point sees what Node prints: the sentence, not frames of ours.
    error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}

/** Without the version. */
function nameOf(dependency: string): string {
  return dependency.replace(/(?<=.)@.*/, '');
}

/** The package that Node did not find; undefined when something else was thrown, or a file was not found. */
export function missingPackage(thrown: unknown): string | undefined {
  const { code, message } = (thrown ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  if (code !== 'MODULE_NOT_FOUND' && code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const named = /^Cannot find (?:module|package) '(@[^/']+\/[^/']+|[^./'][^/']*)/;
  return named.exec(String(message))?.[1];
}
