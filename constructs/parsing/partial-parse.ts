/** Partial parse: a document without its wrong parts, so that rules between keys are still checked. */

import type { Path } from './mistake';
import { valueAt } from './schema-issues';
import type { z } from './zod';

/** The rest of a document, and where its parts were in the whole one. */
interface PartialParse<T> {
  readonly value: T;
  /** The path in the whole document of a path in the rest. */
  readonly originalPath: (path: Path) => Path;
  /** Paths that were left out. */
  readonly removed: readonly Path[];
}

interface RemovedPaths {
  whole: boolean;
  readonly below: Map<string | number, RemovedPaths>;
}

const maxRounds = 4;

/** Leaves out wrong members and elements until the rest parses; undefined when nothing useful is left. */
export function parseRest<T>(
  schema: z.ZodType<T>,
  document: unknown,
  issues: readonly z.Issue[],
): PartialParse<T> | undefined {
  const removed: Path[] = [];
  let wrong = issues;
  let rest = document;
  let toOriginal = (path: Path): Path => path;
  for (let round = 0; round < maxRounds; round++) {
    for (const issue of wrong) removed.push(...partsOf(rest, issue, toOriginal));
    if (removed.some((path) => path.length === 0)) return undefined;
    const kept = new Map<string, readonly number[]>();
    rest = without(document, trieOf(removed), [], kept);
    const result = schema.safeParse(rest);
    toOriginal = (path) => restore(path, kept);
    if (result.success) return { value: result.data, originalPath: toOriginal, removed };
    wrong = result.error.issues;
  }
  return undefined;
}

/** A wrong value goes itself; for a missing one the object that lacks it goes. */
function partsOf(rest: unknown, issue: z.Issue, toOriginal: (path: Path) => Path): readonly Path[] {
  const path = toOriginal(issue.path as Path);
  const isMissing = valueAt(rest, issue.path as Path) === undefined;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  return [isMissing ? path.slice(0, -1) : path];
}

function trieOf(paths: readonly Path[]): RemovedPaths {
  const root: RemovedPaths = { whole: false, below: new Map() };
  for (const path of paths) {
    let cut = root;
    for (const step of path) {
      let next = cut.below.get(step);
      if (next === undefined) {
        next = { whole: false, below: new Map() };
        cut.below.set(step, next);
      }
      cut = next;
    }
    cut.whole = true;
  }
  return root;
}

function without(
  value: unknown,
  cut: RemovedPaths,
  path: Path,
  kept: Map<string, readonly number[]>,
): unknown {
  if (cut.below.size === 0 || typeof value !== 'object' || value === null) return value;
  const part = (item: unknown, step: string | number) => {
    const next = cut.below.get(step);
    return next === undefined ? item : without(item, next, [...path, step], kept);
  };
  const stays = (step: string | number) => cut.below.get(step)?.whole !== true;
  if (Array.isArray(value)) {
    const indexes = [...value.keys()].filter(stays);
    kept.set(JSON.stringify(path), indexes);
    return indexes.map((index) => part(value[index], index));
  }
  const members = Object.entries(value).filter(([key]) => stays(key));
  return Object.fromEntries(members.map(([key, item]) => [key, part(item, key)]));
}

function restore(path: Path, kept: ReadonlyMap<string, readonly number[]>): Path {
  const original: (string | number)[] = [];
  for (const step of path) {
    const indexes = typeof step === 'number' ? kept.get(JSON.stringify(original)) : undefined;
    original.push(indexes?.[step as number] ?? step);
  }
  return original;
}
