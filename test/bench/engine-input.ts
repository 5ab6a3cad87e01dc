/** From the documents of a bench case to what the engine and general solvers are given. */
import type { Demand } from '../../constructs/model/demand';
import { parseFleet } from '../../constructs/model/fleet-document';
import {
  type CompiledApp,
  compileApp,
  fullStability,
} from '../../constructs/placement/compile/compile';
import { parseEdgeApp } from '../../constructs/policy/edge-app-document';
import type { PlaceInput } from '../../constructs/policy/place-input';
import type { InstanceDocuments } from '../placement/public-data';

/** The documents, parsed. */
export function inputOf({ fleet, app, latency }: InstanceDocuments): PlaceInput {
  const { latency: _, ...rest } = fleet as { latency?: unknown };
  const measured = latency
    ?.trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [origin = '', cluster = '', milliseconds = ''] = line.split(',');
      return [origin, cluster, Number(milliseconds)] as const;
    });
  return {
    fleet: parseFleet({ ...rest, ...(measured && { latency: measured }) }),
    apps: [parseEdgeApp(app)],
  } as PlaceInput;
}

/** The first app as numbers, alone on the fleet. */
export function compiledOf(input: PlaceInput): CompiledApp {
  const [app] = input.apps;
  const own = app?.demand !== undefined && 'inline' in app.demand ? app.demand.inline : undefined;
  const demand = own ?? (input.demand as Demand | undefined);
  if (app === undefined || demand === undefined) throw new Error('no demand');
  const now = Date.parse(demand.observedAt);
  const asked = { app, fleet: input.fleet, demand, previous: undefined, now };
  return compileApp(asked, 1, fullStability);
}
