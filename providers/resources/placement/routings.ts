/** Routings: the routing table of each app with exposure, made from the demand that it was placed for; where there is none, the one in force stands. */
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Demand } from '../../../constructs/model/demand';
import { EdgeError, edgeErrorsOf } from '../../../constructs/parsing';
import { givenDemand, type PlaceInput } from '../../../constructs/policy';
import type { RoutingTable } from '../../../constructs/routing';

/** Routing tables by app. */
export type Routings = Readonly<Record<string, RoutingTable>>;

/** What came of it. */
export interface RoutingsFound {
  readonly routings: Routings;
  /** Residency that the DNS system cannot keep. Paths begin with the app. */
  readonly errors: readonly EdgeError[];
  readonly warnings: readonly string[];
}

/** Tables of all apps with exposure that have clusters. `prior` are those in force. */
export function routingsFor(
  decision: PlacementDecision,
  input: PlaceInput,
  prior: Routings = {},
): RoutingsFound {
  const routings: Record<string, RoutingTable> = {};
  const errors: EdgeError[] = [];
  const warnings: string[] = [];
  for (const app of input.apps) {
    const { name } = app;
    const decided = decision.apps.find((one) => one.app === name);
    if (app.exposure === undefined || decided === undefined) continue;
    if (decided.clusters.length === 0) continue;
    const before = prior[name];
    const demand = demandOf(name, input);
    if (demand === undefined || decided.assignments.length === 0) {
      const names = new Set(decided.clusters.map((one) => one.name));
      if (before !== undefined && answersOnly(before, names)) routings[name] = before;
      else warnings.push(unknownUsers(name));
      continue;
    }
    // Made when it is needed: a plan of Terraform whose apps have no exposure does not load it.
    const { routingOf } =
      require('../../../constructs/routing') as typeof import('../../../constructs/routing');
    try {
      const previous = before === undefined ? {} : { previous: before };
      const table = routingOf({ decision, demand, fleet: input.fleet, app, ...previous });
      routings[name] = table;
      warnings.push(...table.warnings.map((text) => `${name}: ${text}`));
    } catch (thrown) {
      const known = edgeErrorsOf(thrown);
      if (known === undefined) throw thrown;
      errors.push(...known.map((error) => belowApp(name, error)));
    }
  }
  return { routings, errors, warnings };
}

/**
 * Whether records would have to change although the same clusters are chosen: a cluster that is answered has another
 * address, or a table is there for the first time.
 */
export function routingsMoved(before: Routings | undefined, after: Routings): boolean {
  return Object.entries(after).some(([app, table]) => {
    const old = before?.[app];
    return old === undefined || JSON.stringify(old.targets) !== JSON.stringify(table.targets);
  });
}

/** Where the requests of an app come from, as it was placed. */
export function demandOf(name: string, input: PlaceInput): Demand | undefined {
  const app = input.apps.find((one) => one.name === name);
  if (app === undefined) return undefined;
  const { assume } = app.policy;
  const assumed = typeof assume === 'object' && 'origins' in assume ? assume : undefined;
  return givenDemand(app, input) ?? assumed;
}

/** A table that stands sends nobody to a cluster that is left. */
function answersOnly({ slots }: RoutingTable, clusters: ReadonlySet<string>): boolean {
  return slots.every(({ answers }) => answers.every(({ cluster }) => clusters.has(cluster)));
}

function unknownUsers(name: string): string {
  return `${name}: nothing says which users are served where, so there is no routing yet; give its demand`;
}

function belowApp(name: string, { code, path, summary, remedy, cause }: EdgeError): EdgeError {
  const where = path === 'exposure' || path.startsWith('exposure.') ? path : 'exposure.dns.system';
  return new EdgeError({ code, path: `${name}: ${where}`, summary, remedy, cause });
}
