/** Conditions: reads the conditions of a hub object, and only those that are about what is asked for now. */
import type { Manifest } from '../model/app/workload';

/** A condition as Kubernetes writes it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
}

/** The status of an object. */
export function statusOf(live: Manifest): Readonly<Record<string, unknown>> {
  return (live.status ?? {}) as Readonly<Record<string, unknown>>;
}

export function generationOf({ metadata }: Manifest): number {
  const { generation } = metadata;
  return typeof generation === 'number' ? generation : 0;
}

/** A condition of a list, or undefined; one about an older generation than `least` is none. */
export function conditionIn(all: unknown, type: string, least = 0): Condition | undefined {
  if (!Array.isArray(all)) return undefined;
  const found = (all as readonly Condition[]).find((one) => one.type === type);
  if (found === undefined) return undefined;
  const { observedGeneration } = found;
  return observedGeneration !== undefined && observedGeneration < least ? undefined : found;
}

/** In words: why the condition does not hold. */
export function conditionText(type: string, found: Condition | undefined): string {
  if (found === undefined) return `${type} is not reported yet`;
  const why = [found.reason, found.message].filter((text) => text !== undefined && text !== '');
  return `${type} is ${found.status}${why.length === 0 ? '' : `: ${why.join(': ')}`}`;
}
