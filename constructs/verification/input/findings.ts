/** Findings: what a decision says, what it should say, and where. */

/** One thing that is wrong in a decision. */
export interface Finding {
  /** Where in the decision, e.g. `apps[0].clusters[2].replicas`. */
  readonly path: string;
  /** What the decision says and what the inputs say, in one sentence. */
  readonly summary: string;
}

/** The outcome of a check. */
export interface VerifyReport {
  readonly valid: boolean;
  /** In the order of the document; empty when valid. */
  readonly findings: readonly Finding[];
  /** What would have taken too long to look through again, and where it is told; absent when all was checked. */
  readonly notChecked?: readonly Finding[];
}

/** Takes notes while a decision is read. */
export interface Notes {
  readonly findings: readonly Finding[];
  readonly skipped: readonly Finding[];
  /** A finding in its own words. */
  say(path: string, summary: string): void;
  /** Something that is left unchecked. */
  skip(path: string, summary: string): void;
  /** A finding unless both are the same text, number or nothing. */
  same(path: string, got: unknown, expected: unknown): void;
  /** A finding unless both agree to a part in 10^9 of the largest of 1, `expected` and `scale`. */
  close(path: string, got: number, expected: number, scale?: number): void;
}

/** How far two numbers of the same meaning may be apart: a part in 10^9. */
export const TOLERANCE = 1e-9;

/** How far a number of this size may be off. */
export function slack(...sizes: readonly number[]): number {
  return (
    TOLERANCE * Math.max(1, ...sizes.map((size) => (Number.isFinite(size) ? Math.abs(size) : 1)))
  );
}

/** A fresh page of notes. */
export function takeNotes(): Notes {
  const findings: Finding[] = [];
  const say = (path: string, summary: string) => {
    findings.push({ path, summary });
  };
  const skipped: Finding[] = [];
  return {
    findings,
    skipped,
    say,
    skip(path, summary) {
      skipped.push({ path, summary });
    },
    same(path, got, expected) {
      if (got !== expected) say(path, `got ${text(got)}, expected ${text(expected)}`);
    },
    close(path, got, expected, scale = 0) {
      if (Math.abs(got - expected) <= slack(expected, scale)) return;
      say(path, `got ${text(got)}, expected ${text(expected)}`);
    },
  };
}

/** The report of all findings, in the order in which `document` has their places. */
export function reportOf({ findings, skipped }: Notes, document: unknown): VerifyReport {
  const rest = skipped.length > 0 && { notChecked: skipped };
  if (findings.length === 0) return { valid: true, findings, ...rest };
  const order = new Map<string, number>();
  number(document, '', order);
  const placed = findings.map((finding, index) => ({ finding, index, at: place(finding, order) }));
  placed.sort((a, b) => a.at - b.at || a.index - b.index);
  return { valid: false, findings: placed.map(({ finding }) => finding), ...rest };
}

function number(value: unknown, path: string, order: Map<string, number>): void {
  order.set(path, order.size);
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      number(item, `${path}[${index}]`, order);
    });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      number(member, path === '' ? key : `${path}.${key}`, order);
    }
  }
}

/** The number of the nearest place that exists. */
function place({ path }: Finding, order: ReadonlyMap<string, number>): number {
  let at = path;
  while (at !== '' && !order.has(at))
    at = at.slice(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['), 0));
  return order.get(at) ?? 0;
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
