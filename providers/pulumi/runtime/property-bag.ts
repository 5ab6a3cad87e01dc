/** Property bag: what a dynamic provider is given and gives back, and what of it counts. */
import { canonicalJson } from '../../../constructs/model/canonical';
import { type EdgeError, edgeErrorsOf } from '../../../constructs/parsing';
import type { Reconciled } from '../../resources/contract';

/** Plain values by property name. */
export type Bag = Readonly<Record<string, unknown>>;

/** A refused property. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** What a check leaves. */
export interface Checked {
  readonly inputs: Record<string, unknown>;
  readonly failures?: Failure[];
}

/** What a diff finds. */
interface Difference {
  readonly changes: boolean;
  readonly replaces?: string[];
  readonly deleteBeforeReplace?: boolean;
}

/** What a read finds; an empty id says that it is gone. */
interface Found {
  readonly id: string;
  readonly props?: Record<string, unknown>;
  readonly inputs?: Record<string, unknown>;
}

/** A dynamic provider, as Pulumi's server of dynamic providers calls it. */
export interface DynamicProvider {
  readonly check: (olds: Bag, news: Bag) => Promise<Checked>;
  readonly diff: (id: string, olds: Bag, news: Bag) => Promise<Difference>;
  readonly create: (inputs: Bag) => Promise<{ id: string; outs: Record<string, unknown> }>;
  readonly read: (id: string, props?: Bag) => Promise<Found>;
  readonly update: (id: string, olds: Bag, news: Bag) => Promise<{ outs: Record<string, unknown> }>;
  readonly delete: (id: string, props: Bag) => Promise<void>;
}

/** The property in which Pulumi keeps the text of a dynamic provider. */
export const PROVIDER_KEY = '__provider';

/** What the server adds to what it was given is not ours to give back. */
export function own(bag: Bag): Record<string, unknown> {
  const { [PROVIDER_KEY]: _, ...rest } = bag;
  return rest;
}

/** Equal by what they say, in whatever order. */
export function isSame(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

/** The members of a bag that are there. */
export function pick(bag: Bag, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (bag[key] == null ? [] : [[key, bag[key]]])));
}

/** One failure for each error that a user can correct; anything else is thrown on. */
export function failuresOf(thrown: unknown): Failure[] {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown;
  return errors.map(failureOf);
}

/** One refusal. */
export function failureOf({ path, summary, remedy }: EdgeError): Failure {
  return { property: path, reason: `${summary}. ${remedy}` };
}

/**
 * What is thrown to Pulumi for something that is no defect. Its server prints `stack` for some calls, so the
 * remedy stands there instead. Never holds more than what an EdgeError says.
 */
export class Refusal extends Error {
  constructor(summary: string, remedy: string) {
    super(`${summary}. ${remedy}`);
    this.name = 'littoral';
    this.stack = remedy;
  }
}

/** Runs a step; errors that a user can correct are thrown as Refusal. */
export async function refusing<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    const where = (path: string) => (path === '' ? '' : `${path}: `);
    const summary = errors.map((one) => `${where(one.path)}${one.summary}`).join('; ');
    throw new Refusal(summary, errors.map(({ remedy }) => remedy).join(' '));
  }
}

/** The outputs of what was done, with its state. Where something fell short it is refused with `remedy`, and what was kept stands. */
export function settled(
  { state, problems, warnings }: Omit<Reconciled<unknown, unknown>, 'outcome'>,
  news: Bag,
  remedy: string,
  say: (line: string) => void,
): Record<string, unknown> {
  warnings.forEach(say);
  if (problems.length > 0) {
    throw new Refusal(problems.map(({ summary }) => summary).join('; '), remedy);
  }
  return { ...news, state: JSON.stringify(state) };
}

/** The app of a routing table that a property has. */
export function appOf(table: unknown): string | undefined {
  const app = (documentIn(table) as Bag | undefined)?.app;
  return app == null ? undefined : String(app);
}

/** The document in a property, which may be JSON text; text that is no JSON stays text, for a parser to refuse. */
export function documentIn(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
