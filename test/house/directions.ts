/** Rules on who may import whom: rooms, packages, the verifier, and nobody in a circle. */
import { posix } from 'node:path';
import { type Import, importsOf } from './imports';
import type { House } from './syntax';

/** Which rooms a room may import besides itself; `x/**` are x and every room inside it. */
export type Rooms = Readonly<Record<string, readonly string[]>>;
/** Packages that only some rooms know. */
export type Packages = readonly { readonly match: RegExp; readonly rooms: readonly string[] }[];

/** The room of a file: its folder, or the file itself where the table names it. */
export function roomOf(path: string, rooms: Rooms): string {
  const file = path.replace(/\.ts$/, '');
  if (rooms[file]) return file;
  const folder = posix.dirname(path);
  return folder === '.' ? file : folder;
}

export function direction(one: Import, rooms: Rooms, doors: readonly string[]): string | undefined {
  if (/^littoral(\/|$)/.test(one.module)) {
    return `${one.from}:${one.line} imports ${one.module}; import our own code by relative path.`;
  }
  if (!one.file) return undefined;
  const room = roomOf(one.from, rooms);
  const target = roomOf(one.file, rooms);
  const allowed = rooms[room];
  if (!allowed)
    return `${one.from} is in ${room}, a room the table in test/house.ts does not know.`;
  const isAllowed = (pattern: string) =>
    pattern.endsWith('/**') ? `${target}/`.startsWith(pattern.slice(0, -2)) : target === pattern;
  if (target !== room && !allowed.some(isAllowed)) {
    const may = allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`;
    return `${one.from}:${one.line} imports ${one.file}, but ${room} may import ${may}.`;
  }
  const house = doors.find((door) => one.file?.startsWith(`${door}/`));
  if (!house || one.from.startsWith(`${house}/`) || one.file === `${house}/index.ts`) {
    return undefined;
  }
  return `${one.from}:${one.line} imports ${one.file}; come in through ${house}/index.ts.`;
}

export function packageRoom(one: Import, packages: Packages): string | undefined {
  const owner = packages.find(({ match }) => match.test(one.module));
  if (!owner || owner.rooms.some((room) => one.from.startsWith(`${room}/`))) return undefined;
  return `${one.from}:${one.line} imports ${one.module}, which only ${owner.rooms.join(', ')} may do.`;
}

export function independentVerifier(h: House): readonly string[] {
  const isVerifier = (path: string) => /^constructs\/verification\//.test(path);
  return [...h.files.keys()].filter(isVerifier).flatMap((start) => {
    const seen = new Set([start]);
    for (const path of seen) {
      const file = h.files.get(path);
      for (const one of file ? importsOf(h, file) : []) {
        if (one.file && !one.typeOnly && !isVerifier(one.file)) seen.add(one.file);
      }
    }
    return [...seen]
      .filter((path) => path.startsWith('constructs/optimizer/'))
      .map((path) => `${start} reaches ${path}, but it may share no code with what it checks.`);
  });
}

export function cycles(h: House, applies: (path: string) => boolean): readonly string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`Imports go round: ${[...trail.slice(start), path].join(' -> ')}.`);
    const file = h.files.get(path);
    if (start >= 0 || done.has(path) || !file) return;
    for (const one of importsOf(h, file)) if (one.file) walk(one.file, [...trail, path]);
    done.add(path);
  };
  for (const path of h.files.keys()) if (applies(path)) walk(path, []);
  return found;
}
