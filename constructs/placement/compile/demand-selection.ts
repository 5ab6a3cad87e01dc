/** Demand selection: the demand that each app is placed by, and when the previous decision is kept instead (fail static). */
import type { Demand } from '../../model/demand';
import { EdgeError } from '../../parsing';
import { type EdgeApp, givenDemand, type PlaceInput } from '../../policy';

/** What one app is placed by. */
export type DemandBasis =
  | { readonly kind: 'demand'; readonly demand: Demand; readonly warnings: readonly string[] }
  | { readonly kind: 'static' }
  /** True: the app keeps its previous decision. */
  | {
      readonly kind: 'stands';
      readonly demand: Demand | undefined;
      readonly warnings: readonly string[];
    };

/** The newest `observedAt` of all demands given or assumed; undefined without any. */
export function newestObservation(input: PlaceInput): string | undefined {
  return newestOf(input, ({ observedAt }) => observedAt);
}

/** The newest instant at which a demand was read, or was observed where nobody says when it was read. */
function newestReading(input: PlaceInput): string | undefined {
  return newestOf(input, ({ observedAt, readAt }) =>
    readAt !== undefined && Date.parse(readAt) > Date.parse(observedAt) ? readAt : observedAt,
  );
}

function newestOf(input: PlaceInput, instantOf: (demand: Demand) => string): string | undefined {
  let newest: string | undefined;
  for (const app of input.apps) {
    const demand = givenDemand(app, input) ?? assumedDemand(app);
    const seen = demand === undefined ? undefined : instantOf(demand);
    if (seen !== undefined && (newest === undefined || Date.parse(seen) > Date.parse(newest))) {
      newest = seen;
    }
  }
  return newest;
}

/** The clock of a decision, where its input has one: `now`, else when demand or fleet was last read or observed. */
export function clockOf(input: PlaceInput): string | undefined {
  const [seen, read] = [newestReading(input), input.fleet.observedAt];
  if (input.now !== undefined || seen === undefined || read === undefined) {
    return input.now ?? seen ?? read;
  }
  return Date.parse(read) > Date.parse(seen) ? read : seen;
}

/** When a decision made at `now` judges how old demands are. A fleet that was asked later makes no demand stale. */
export function demandClockOf(input: PlaceInput, now: string): string {
  if (input.now !== undefined || clockOf(input) !== now) return now;
  return newestReading(input) ?? now;
}

/** The input with the clock of a decision that was made from it, or from one like it. */
export function atClockOf(input: PlaceInput, now: string): PlaceInput {
  return clockOf(input) === now ? input : { ...input, now };
}

/** The demand to place an app by at `now` (milliseconds since the epoch). Throws NoDemand when there is no usable demand. */
export function demandBasisOf(app: EdgeApp, input: PlaceInput, now: number): DemandBasis {
  if (app.policy.static) return { kind: 'static' };
  const given = givenDemand(app, input);
  const trouble = whyUnusable(given, now);
  if (given !== undefined && trouble === undefined) {
    return { kind: 'demand', demand: given, warnings: [] };
  }
  const wasPlaced = input.previous?.apps.some((one) => one.app === app.name && one.satisfied);
  if (wasPlaced) {
    const fresh = given !== undefined && totalRequests(given) > 0 ? given : undefined;
    return {
      kind: 'stands',
      demand: fresh,
      warnings: [`${trouble}; the previous decision stands`],
    };
  }
  const assumed = assumedDemand(app);
  if (assumed !== undefined && totalRequests(assumed) > 0) {
    return {
      kind: 'demand',
      demand: assumed,
      warnings: [`${trouble}; placed by the assumed demand of policy.assume`],
    };
  }
  throw new EdgeError({
    code: 'NoDemand',
    path: `${app.name}: demand`,
    summary: `${trouble}, and there is no previous decision to stand on`,
    remedy:
      'Give a demand with at least one origin above 0 requests/s, set policy.assume, or use a static policy.',
  });
}

function whyUnusable(demand: Demand | undefined, now: number): string | undefined {
  if (demand === undefined) return 'no demand was given';
  if (totalRequests(demand) <= 0) return 'the demand has no requests';
  const until = Date.parse(demand.observedAt) + demand.validForSeconds * 1000;
  if (now <= until) return undefined;
  return `the demand observed at ${demand.observedAt} was valid for ${demand.validForSeconds} s and is stale`;
}

function totalRequests(demand: Demand): number {
  return demand.origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0);
}

function assumedDemand(app: EdgeApp): Demand | undefined {
  const { assume } = app.policy;
  return typeof assume === 'object' ? (assume as Demand) : undefined;
}
