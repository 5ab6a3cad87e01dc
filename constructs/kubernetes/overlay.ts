/** Overlay: one object laid over another, key by key. */
import type { Manifest } from '../model/app/workload';

/** `top` laid over `base`: maps merge key by key, anything else is replaced, lists too. Neither is changed. */
export function overlay(base: Manifest, top: object): Manifest {
  return merge(base, top) as Manifest;
}

function merge(base: unknown, top: unknown): unknown {
  if (!isMap(base) || !isMap(top)) return top;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(top)) result[key] = merge(result[key], value);
  return result;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
