/** One YAML document as kubectl reads it: its value, and the line of each part; or what is wrong with it. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type YAMLMap,
} from 'yaml';
import { composeYaml, NestedTooDeep } from '../../parsing';
import { keyOfScalar, resolveScalar, type Scalar, textScalar } from './kubectl-scalars';

/** What is wrong with a document, and on which of its lines, counted from 1. */
export interface YamlProblem {
  readonly summary: string;
  readonly remedy: string;
  readonly line: number;
}

/** A value with the line of the document, counted from 1, that each of its parts is on. */
export interface YamlValue {
  readonly value: unknown;
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

/** Deeper documents are refused, before the stack ends. */
const maxDepth = 500;
/** As in go-yaml: from here on nearly everything would come from repeating anchors. */
const [freeAliases, freeNodes, mostAliased] = [100, 1000, 0.99];

class Refusal extends Error {
  constructor(
    readonly node: unknown,
    readonly summary: string,
    readonly remedy: string,
  ) {
    super(summary);
  }
}

/** Reads one document. Never throws: what is wrong is returned. */
export function readKubectlYaml(text: string): YamlValue | YamlProblem {
  const lines = new LineCounter();
  let document: Document.Parsed;
  try {
    document = composeYaml(text, {
      schema: 'failsafe',
      resolveKnownTags: false,
      uniqueKeys: false,
      logLevel: 'silent',
      lineCounter: lines,
    });
  } catch (thrown) {
    if (!(thrown instanceof NestedTooDeep)) throw thrown;
    const { summary, remedy } = tooDeep(undefined);
    return { summary, remedy, line: 1 };
  }
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const [problem] = document.errors;
  if (problem !== undefined) {
    // What follows a colon may quote the text, and with it a secret.
    const summary = `got text that is not YAML: ${problem.message.split(/[:"\n]/)[0]}`;
    return { summary, remedy: 'Correct the YAML on this line.', line: lineAt(problem.pos[0]) };
  }
  const aliases = new Map<Alias, Node | undefined>();
  try {
    resolveAliases(document, aliases);
    const value = new Reading(aliases).value(document.contents, 0);
    return { value, lineOf: (path) => lineAt(offsetAt(document.contents, path, aliases)) };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    const { summary, remedy, node } = thrown;
    return { summary, remedy, line: lineAt(offsetOf(node) ?? 0) };
  }
}

/** An alias means the last anchor of its name before it. */
function resolveAliases(document: Document.Parsed, found: Map<Alias, Node | undefined>): void {
  const anchors = new Map<string, Node>();
  const visit = (node: unknown, depth: number, isFlow = false): void => {
    if (depth > maxDepth) throw tooDeep(node);
    if (isFlow) refuseFlowText(node);
    if (isAlias(node)) {
      found.set(node, anchors.get(node.source));
      return;
    }
    if (isPair(node)) {
      visit(node.key, depth, isFlow);
      visit(node.value, depth, isFlow);
      return;
    }
    const { anchor } = (node ?? {}) as { readonly anchor?: string };
    if (anchor !== undefined) anchors.set(checkedAnchor(anchor, node), node as Node);
    if (!isMap(node) && !isSeq(node)) return;
    for (const item of node.items) visit(item, depth + 1, node.flow === true);
  };
  visit(document.contents, 0);
}

function checkedAnchor(anchor: string, node: unknown): string {
  if (/^[\w-]+$/.test(anchor)) return anchor;
  throw new Refusal(
    node,
    'got an anchor whose name kubectl does not read',
    'Use letters, digits, "-" and "_".',
  );
}

/** YAML 1.1 ends a plain text in brackets or braces at a question mark. */
function refuseFlowText(node: unknown): void {
  if (!isScalar(node)) return;
  const { type, tag, source = '' } = node;
  const isLoneTag = tag !== undefined && source === '' && type === 'PLAIN';
  if (!isLoneTag && !(type === 'PLAIN' && /\?|^:/.test(source))) return;
  throw new Refusal(
    node,
    'got a tag, or a text with ? or :, in brackets or braces, that kubectl does not read',
    'Write quotes around it.',
  );
}

/** Turns nodes into values, counting how many come from aliases. */
class Reading {
  readonly #aliases: ReadonlyMap<Alias, Node | undefined>;
  readonly #open = new Set<Alias>();
  #nodes = 0;
  #aliased = 0;

  constructor(aliases: ReadonlyMap<Alias, Node | undefined>) {
    this.#aliases = aliases;
  }

  value(node: unknown, depth: number): unknown {
    this.#count(node);
    if (depth > maxDepth) throw tooDeep(node);
    if (isAlias(node)) return this.#aliasValue(node, (target) => this.value(target, depth + 1));
    if (isSeq(node)) return node.items.map((item) => this.value(item, depth + 1));
    if (!isMap(node)) return finite(node, scalarOf(node));
    const result: Record<string, unknown> = {};
    this.#fill(node, result, depth + 1);
    return result;
  }

  /** Later members win over what a merge key brought, and a later merge key over earlier members, as in go-yaml. */
  #fill(map: YAMLMap, result: Record<string, unknown>, depth: number): void {
    const seen = new Set<string>();
    for (const { key, value } of map.items) {
      if (isMergeKey(key)) {
        this.#merge(value, result, depth);
        continue;
      }
      const name = this.#key(key, depth);
      if (seen.has(name)) {
        throw new Refusal(key, `got the key ${name} twice in one map`, 'Keep one of the two.');
      }
      seen.add(name);
      setMember(result, name, this.value(value, depth));
    }
  }

  #merge(source: unknown, result: Record<string, unknown>, depth: number): void {
    // Earlier maps of a list take precedence, so they come last.
    const sources = isSeq(source) ? [...source.items].reverse() : [source];
    for (const one of sources) {
      const target = isAlias(one) ? this.#target(one) : one;
      if (!isMap(target)) {
        throw new Refusal(
          source,
          'got a merge key << before something that is no map',
          'Write a map, an alias of a map, or a list of them after it.',
        );
      }
      this.#count(one);
      if (isAlias(one)) this.#aliasValue(one, () => this.#fill(target, result, depth + 1));
      else this.#fill(target, result, depth + 1);
    }
  }

  #key(key: unknown, depth: number): string {
    const target = isAlias(key) ? this.#target(key) : key;
    const isCollection = isMap(target) || isSeq(target) || depth > maxDepth;
    const name = isCollection ? undefined : keyOfScalar(scalarOf(target));
    if (name !== undefined) return name;
    throw new Refusal(key, 'got a key that is no text', 'Write the key in quotes.');
  }

  #target(alias: Alias): Node {
    const target = this.#aliases.get(alias);
    if (target !== undefined) return target;
    throw new Refusal(
      alias,
      `got the alias *${alias.source}, but no anchor of that name before it`,
      `Add &${alias.source} where the value is first written in the same document, or write the value out.`,
    );
  }

  #aliasValue<T>(alias: Alias, read: (target: Node) => T): T {
    const target = this.#target(alias);
    if (this.#open.has(alias)) {
      throw new Refusal(alias, `got the anchor &${alias.source} inside itself`, 'Write it out.');
    }
    this.#open.add(alias);
    const value = read(target);
    this.#open.delete(alias);
    return value;
  }

  #count(node: unknown): void {
    this.#nodes++;
    if (this.#open.size > 0) this.#aliased++;
    const isMuch = this.#aliased > freeAliases && this.#nodes > freeNodes;
    if (!isMuch || this.#aliased / this.#nodes <= mostAliased) return;
    throw new Refusal(
      node,
      'got aliases that repeat their anchors far too often',
      'Write the repeated parts out.',
    );
  }
}

function scalarOf(node: unknown): Scalar {
  if (!isScalar(node)) return { type: 'null', value: null };
  const source = node.source ?? String(node.value ?? '');
  const isPlain = node.type === undefined || node.type === 'PLAIN';
  if (node.tag === '!' || (node.tag === undefined && !isPlain)) return textScalar(source);
  const resolved = resolveScalar(source, node.tag);
  if ('problem' in resolved) throw new Refusal(node, resolved.problem, 'Write the value plainly.');
  return resolved;
}

function finite(node: unknown, { value }: Scalar): Scalar['value'] {
  if (typeof value !== 'number' || Number.isFinite(value)) return value;
  throw new Refusal(
    node,
    'got a number that is not finite, which JSON and so Kubernetes cannot hold',
    'Write a finite number, or quotes around it.',
  );
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.source === '<<' && key.type === 'PLAIN' && key.tag === undefined;
}

/** A member named __proto__ is a member like any other. */
function setMember(result: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(result, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function tooDeep(node: unknown): Refusal {
  return new Refusal(node, `got more than ${maxDepth} levels`, 'Flatten the document.');
}

function offsetAt(
  root: unknown,
  path: readonly (string | number)[],
  aliases: ReadonlyMap<Alias, Node | undefined>,
): number {
  let node = root;
  let offset = offsetOf(node) ?? 0;
  for (const step of path) {
    if (isAlias(node)) node = aliases.get(node);
    let place: unknown;
    if (isSeq(node)) {
      node = node.items[Number(step)];
      place = node;
    } else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.source === String(step));
      node = pair?.value;
      place = pair?.key;
    }
    const next = offsetOf(place);
    if (next === undefined) return offset;
    offset = next;
  }
  return offset;
}

function offsetOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
