/** A command with all that it started, killed at once: what a machine that loses its power does to them. */
import { readdirSync, readFileSync } from 'node:fs';

/** Kills a process of ours and its descendants, whatever group they are in. */
export function killTree(pid: number): void {
  for (const one of [...treeOf(pid)].reverse()) {
    try {
      process.kill(one, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** The process first; a process has few descendants here, so each is looked at once. */
function treeOf(pid: number): readonly number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** A program in Go starts others from any of its threads. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .map(Number)
        .filter((child) => child > 0),
    );
  } catch {
    // It, or a thread of it, has ended meanwhile.
    return [];
  }
}
