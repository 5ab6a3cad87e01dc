/** Facts: records which facts of a cluster a function reads, so that clusters which agree on them share its result. */
import type { Cluster } from '../../model/fleet';
import { valueAt } from '../json-pointer';

/** One thing that was asked at a place: its value, its keys, or whether it is there. */
interface Fact {
  readonly steps: readonly string[];
  readonly asks: 'value' | 'keys' | 'presence';
}

type Tree<T> =
  | { readonly result: T }
  | { readonly fact: Fact; readonly next: Map<string, Tree<T>> };

/** Remembers results of a deterministic function of a cluster by the facts it read, in the order it read them. */
export class FactMemo<T> {
  #root: Tree<T> | undefined;

  /** The result of `compute`, which runs only when no earlier cluster agrees on everything that was read. */
  of(cluster: Cluster, compute: (cluster: Cluster) => T): T {
    const known = this.#find(cluster);
    if (known !== undefined) return known.result;
    const facts = new Map<string, Fact>();
    const note = (fact: Fact) => {
      const key = JSON.stringify(fact);
      if (!facts.has(key)) facts.set(key, fact);
    };
    // A clone, because a proxy may not hide the members of a frozen object.
    const result = compute(recorded(structuredClone(cluster), [], note));
    this.#insert(cluster, [...facts.values()], result);
    return result;
  }

  #find(cluster: Cluster): { readonly result: T } | undefined {
    let tree = this.#root;
    while (tree !== undefined && 'fact' in tree) tree = tree.next.get(answer(cluster, tree.fact));
    return tree;
  }

  #insert(cluster: Cluster, facts: readonly Fact[], result: T): void {
    let hang = (tree: Tree<T>): void => {
      this.#root = tree;
    };
    let tree = this.#root;
    for (const fact of facts) {
      if (tree === undefined || !('fact' in tree)) {
        tree = { fact, next: new Map() };
        hang(tree);
      }
      const { next, fact: wanted }: { next: Map<string, Tree<T>>; fact: Fact } = tree;
      const given = answer(cluster, wanted);
      hang = (below) => next.set(given, below);
      tree = next.get(given);
    }
    hang({ result });
  }
}

/** What a cluster answers to a fact; objects answer only that they are there, their members are facts of their own. */
function answer(cluster: Cluster, { steps, asks }: Fact): string {
  const value = valueAt(cluster, steps);
  if (asks === 'presence') return value === undefined ? 'absent' : 'present';
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  if (asks === 'keys') return JSON.stringify(Object.keys(value));
  return Array.isArray(value) ? 'list' : 'object';
}

function recorded<T extends object>(
  value: T,
  steps: readonly string[],
  note: (fact: Fact) => void,
): T {
  const member = (target: T, key: string): unknown => {
    const path = [...steps, key];
    note({ steps: path, asks: 'value' });
    const found = (target as Record<string, unknown>)[key];
    return typeof found === 'object' && found !== null ? recorded(found, path, note) : found;
  };
  const isOwn = (target: T, key: string | symbol): key is string =>
    typeof key === 'string' && (Object.hasOwn(target, key) || !(key in target));
  return new Proxy(value, {
    get: (target, key) => (isOwn(target, key) ? member(target, key) : Reflect.get(target, key)),
    has: (target, key) => {
      if (isOwn(target, key)) note({ steps: [...steps, key], asks: 'presence' });
      return Reflect.has(target, key);
    },
    ownKeys: (target) => {
      note({ steps, asks: 'keys' });
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor: (target, key) => {
      const found = Reflect.getOwnPropertyDescriptor(target, key);
      if (typeof key !== 'string') return found;
      note({ steps: [...steps, key], asks: 'presence' });
      // Whoever lists keys asks for descriptors, but reads no value yet. The length of a list may not be described otherwise.
      if (found?.configurable !== true) return found;
      return { configurable: true, enumerable: true, get: () => member(target, key) };
    },
    set: () => false,
    deleteProperty: () => false,
    defineProperty: () => false,
  });
}
