/** What a placement is computed from: everything is an argument, nothing is read. */
import type { PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import type { Fleet } from '../model/fleet';
import { inlineDemand } from './demand-source';
import type { EdgeApp } from './edge-app';

/** The arguments of `place`, `explain`, `simulate` and `verify`. */
export interface PlaceInput {
  /** All apps that share the fleet; one is the special case. */
  readonly apps: readonly EdgeApp[];
  /** The clusters to choose from. */
  readonly fleet: Fleet;
  /** One demand for all apps, or one by app name. An app without any uses its inline demand, then `assume`. */
  readonly demand?: Demand | Readonly<Record<string, Demand>>;
  /** The decision in force, for stability. */
  readonly previous?: PlacementDecision;
  /** The clock, ISO 8601. Default: when a demand was last read live, else the newest `observedAt` of the demands. */
  readonly now?: string;
  /** Names of clusters that are gone: never chosen, never held, yet still names the policy may use. For what-ifs. */
  readonly lost?: readonly string[];
  /** Names of apps that stay on the clusters of the previous decision, as in a freeze: a guard has stopped their move. */
  readonly hold?: readonly string[];
}

/** The app as it is decided: in a freeze while it is held. */
export function heldApp(app: EdgeApp, { hold }: Pick<PlaceInput, 'hold'>): EdgeApp {
  if (hold?.includes(app.name) !== true) return app;
  const { stability } = app.policy;
  return { ...app, policy: { ...app.policy, stability: { ...stability, freeze: [ALWAYS] } } };
}

/** A freeze window that holds at the time of any decision. */
const ALWAYS = { from: '0001-01-01T00:00:00Z', until: '9999-12-31T00:00:00Z' };

/** The demand given for an app: shared, by name, or inside the app. Undefined when none is given. */
export function givenDemand(app: EdgeApp, { demand }: PlaceInput): Demand | undefined {
  if (demand === undefined) return inlineDemand(app);
  if (isDemand(demand)) return demand;
  return Object.hasOwn(demand, app.name) ? demand[app.name] : inlineDemand(app);
}

function isDemand(demand: Demand | Readonly<Record<string, Demand>>): demand is Demand {
  return Array.isArray((demand as Demand).origins);
}
