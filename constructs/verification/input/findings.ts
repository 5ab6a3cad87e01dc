/** Findings: where a decision differs from what it should say. */

/** One error in a decision. */
export interface Finding {
  /** Where in the decision, e.g. `apps[0].clusters[2].replicas`. */
  readonly path: string;
  /** What the decision says and what was expected, in one sentence. */
  readonly summary: string;
}

/** The result of a verification. */
export interface VerifyReport {
  /** Whether the decision has no errors. */
  readonly valid: boolean;
  /** In the order of the document; empty when valid. */
  readonly findings: readonly Finding[];
  /** What would have taken too long to check, with its place in the decision; absent when everything was checked. */
  readonly notChecked?: readonly Finding[];
}

/** Collects findings while a decision is checked. */
export interface FindingLog {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Finding[];
  /** Adds a finding. */
  add(path: string, summary: string): void;
  /** Adds something that is left unchecked. */
  skip(path: string, summary: string): void;
  /** Adds a finding unless both values are identical. */
  expectSame(path: string, got: unknown, expected: unknown): void;
  /** Adds a finding unless both numbers agree within 10^-9 times the largest of 1, `expected` and `scale`. */
  expectClose(path: string, got: number, expected: number, scale?: number): void;
}

/** The relative tolerance between a number of the decision and the same number computed again. */
export const TOLERANCE = 1e-9;

/** The absolute tolerance for numbers of these sizes. */
export function slack(...sizes: readonly number[]): number {
  return (
    TOLERANCE * Math.max(1, ...sizes.map((size) => (Number.isFinite(size) ? Math.abs(size) : 1)))
  );
}

/** An empty log. */
export function newFindingLog(): FindingLog {
  const findings: Finding[] = [];
  const add = (path: string, summary: string) => {
    findings.push({ path, summary });
  };
  const skipped: Finding[] = [];
  return {
    findings,
    skipped,
    add,
    skip(path, summary) {
      skipped.push({ path, summary });
    },
    expectSame(path, got, expected) {
      if (got !== expected) add(path, `got ${asText(got)}, expected ${asText(expected)}`);
    },
    expectClose(path, got, expected, scale = 0) {
      if (Math.abs(got - expected) <= slack(expected, scale)) return;
      add(path, `got ${asText(got)}, expected ${asText(expected)}`);
    },
  };
}

/** The report of all findings, in the order of their places in `document`. */
export function reportOf({ findings, skipped }: FindingLog, document: unknown): VerifyReport {
  const rest = skipped.length > 0 && { notChecked: skipped };
  if (findings.length === 0) return { valid: true, findings, ...rest };
  const order = new Map<string, number>();
  numberPaths(document, '', order);
  const placed = findings.map((finding, index) => ({
    finding,
    index,
    at: positionOf(finding, order),
  }));
  placed.sort((a, b) => a.at - b.at || a.index - b.index);
  return { valid: false, findings: placed.map(({ finding }) => finding), ...rest };
}

/** Maps the path of every value to its position in the document. */
function numberPaths(value: unknown, path: string, order: Map<string, number>): void {
  order.set(path, order.size);
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      numberPaths(item, `${path}[${index}]`, order);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      numberPaths(member, path === '' ? key : `${path}.${key}`, order);
    }
  }
}

/** The position of the path in the document, or of its closest ancestor that exists. */
function positionOf({ path }: Finding, order: ReadonlyMap<string, number>): number {
  let at = path;
  while (at !== '' && !order.has(at))
    at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0));
  return order.get(at) ?? 0;
}

function asText(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
