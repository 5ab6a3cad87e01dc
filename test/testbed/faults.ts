/** What can go wrong with a request, and plans that say which request it happens to: by script, or by chance from a seed. */

/** `cut…` closes the whole connection: over HTTP/2 that takes every other request on it along. */
export type Fault =
  /** The request reaches the server this much later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The connection breaks and the server never saw the request. */
  | { readonly kind: 'cut-before' }
  /** The server did what was asked; the connection breaks before any answer. */
  | { readonly kind: 'cut-after' }
  /** The connection breaks after so many bytes of the answer's body (default 16). */
  | { readonly kind: 'cut-body'; readonly afterBytes?: number }
  /** The proxy answers in the server's place; the server never saw the request. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The server's headers arrive and nothing after them: a watch that is open and never says a thing. */
  | { readonly kind: 'hold' }
  /** No answer at all, and the connection stays open. The server never saw the request. */
  | { readonly kind: 'silence' };

/** The request a plan judges. */
export interface Incoming {
  /** Counts all requests of the proxy, from 1. */
  readonly index: number;
  readonly method: string;
  /** With its query. */
  readonly path: string;
}
/** Which fault a request meets, if any. Asked once per request, in order. */
export type FaultPlan = (request: Incoming) => Fault | undefined;

/** A line of a script. What it leaves out matches everything. */
export interface FaultRule {
  readonly fault: Fault;
  readonly method?: string;
  /** Text that the path with its query contains, or a pattern it matches. */
  readonly path?: string | RegExp;
  /** Which of the requests that match, counted from 1 since the plan began. Left out: every one. */
  readonly nth?: number | readonly number[];
}

/** The first rule that matches decides; every rule counts the requests that match it. */
export function script(...rules: readonly FaultRule[]): FaultPlan {
  const counts = rules.map(() => 0);
  return (request) => {
    const hits = rules.filter((rule, index) => {
      if (!matches(rule, request)) return false;
      counts[index] = (counts[index] ?? 0) + 1;
      return rule.nth === undefined || [rule.nth].flat().includes(counts[index]);
    });
    return hits[0]?.fault;
  };
}

/** A `share` of the requests (0 to 1) meets one of `faults`, each as likely; the same seed chooses the same requests. */
export function seeded(seed: number, share: number, faults: readonly Fault[]): FaultPlan {
  const next = randomNumbers(seed);
  return () => {
    const [isHit, which] = [next() < share, next()];
    return isHit ? faults[Math.floor(which * faults.length)] : undefined;
  };
}

function matches({ method, path }: FaultRule, request: Incoming): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path === undefined) return true;
  return typeof path === 'string' ? request.path.includes(path) : path.test(request.path);
}

/** mulberry32: numbers in [0, 1) from a 32-bit seed. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
