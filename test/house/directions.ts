/** Rules on who may import whom: rooms, packages, the verifier, and nobody in a circle. */
import { type Import, importsOf } from './imports';
import type { House } from './syntax';

/** Which rooms a room may import besides itself. */
export type Rooms = Readonly<Record<string, readonly string[]>>;
/** Packages that only some rooms know. */
export type Packages = readonly { readonly match: RegExp; readonly rooms: readonly string[] }[];

/** The room of a file: its wing's first folder, or the wing itself for its front door. */
export function roomOf(path: string): string {
  const [wing = '', folder = '', rest] = path.split('/');
  return rest === undefined ? wing : `${wing}/${folder}`;
}

export function direction(one: Import, rooms: Rooms): string | undefined {
  if (/^littoral(\/|$)/.test(one.module)) {
    return `${one.from}:${one.line} imports ${one.module}; import our own code by relative path.`;
  }
  if (!one.file) return undefined;
  const room = roomOf(one.from);
  const target = roomOf(one.file);
  const allowed = rooms[room];
  if (!allowed)
    return `${one.from} is in ${room}, a room the table in test/house.ts does not know.`;
  if (target === room || allowed.includes(target)) return undefined;
  const may = allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`;
  return `${one.from}:${one.line} imports ${one.file}, but ${room} may import ${may}.`;
}

export function packageRoom(one: Import, packages: Packages): string | undefined {
  const owner = packages.find(({ match }) => match.test(one.module));
  if (!owner || owner.rooms.includes(roomOf(one.from))) return undefined;
  return `${one.from}:${one.line} imports ${one.module}, which only ${owner.rooms.join(', ')} may do.`;
}

export function independentVerifier(h: House): readonly string[] {
  const isVerifier = (path: string) => /^constructs\/placement\/verify(\.ts$|\/)/.test(path);
  return [...h.files.keys()].filter(isVerifier).flatMap((start) => {
    const seen = new Set([start]);
    for (const path of seen) {
      const file = h.files.get(path);
      for (const one of file ? importsOf(h, file) : []) {
        if (one.file && !one.typeOnly && !isVerifier(one.file)) seen.add(one.file);
      }
    }
    return [...seen]
      .filter((path) => path.startsWith('constructs/placement/solver/'))
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
