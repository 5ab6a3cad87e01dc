/** The inputs of pair costs, and which clusters may serve which kind of origin. */
import type { Origin } from '../../model/demand';
import type { Fleet } from '../../model/fleet';
import type { EdgeApp, Term } from '../../policy';
import { rowsOf } from '../../policy';
import type { Pairs } from './latency';

/** The inputs of pair costs. */
export interface CostBasis {
  readonly app: EdgeApp;
  readonly fleet: Fleet;
  readonly origins: readonly Origin[];
  readonly pairs: Pairs;
  readonly terms: readonly Term[];
  readonly legal: Uint8Array;
  readonly allowed: Uint8Array;
}

/** What a request/s costs, by where it is served. */
export interface CostRates {
  readonly perMillisecond: number;
  readonly perKilometer: number;
  /** Per request/s, by cluster. */
  readonly flat: Float64Array;
}

/** True when a constraint is unset. */
export function isUnset(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Which clusters may serve which origins. */
export interface OriginClasses {
  /** By origin. */
  readonly kind: Int32Array;
  /** By kind: the clusters that may serve it, ascending. */
  readonly members: readonly Int32Array[];
  /** False where a rule about milliseconds forbids the pair; undefined without such a rule. */
  readonly isLegal:
    | ((cluster: number, origin: number, milliseconds: number) => boolean)
    | undefined;
}

/** Groups origins that the same clusters may serve, by the rules that do not use milliseconds. */
export function originClassesOf({ app, fleet, origins, allowed }: CostBasis): OriginClasses {
  const rows = [...rowsOf(app.policy.constraints)].filter(
    ({ row, value }) => row.pair !== undefined && !isUnset(value),
  );
  const byKind = rows.filter(({ row }) => row.originClass !== undefined);
  const byPair = rows.filter(({ row }) => row.originClass === undefined);
  const numbers = new Map<string, number>();
  const members: Int32Array[] = [];
  const kind = Int32Array.from(origins, (origin) => {
    const key = byKind.map(({ row, value }) => row.originClass?.(value, origin)).join(' ');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, members.length);
    const some = [...fleet.clusters.keys()].filter(
      (c) =>
        allowed[c] === 1 &&
        byKind.every(({ row, value }) => row.pair?.(value, origin, fleet.clusters[c], 0)),
    );
    return members.push(Int32Array.from(some)) - 1;
  });
  const isLegal = (c: number, o: number, milliseconds: number) =>
    byPair.every(({ row, value }) =>
      row.pair?.(value, origins[o], fleet.clusters[c], milliseconds),
    );
  return { kind, members, isLegal: byPair.length > 0 ? isLegal : undefined };
}
