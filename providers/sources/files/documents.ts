/** Documents in files: reads fleets, demands, apps, policies and decisions; paths in a document start where it lies. */
import { dirname } from 'node:path';
import { type DeliverySettings, parseDelivery } from '../../../constructs/delivery';
import type { PlacementDecision } from '../../../constructs/model/decision';
import { parseDecision } from '../../../constructs/model/decision-document';
import type { Demand } from '../../../constructs/model/demand';
import { parseDemand } from '../../../constructs/model/demand-document';
import type { Fleet } from '../../../constructs/model/fleet';
import { parseFleet } from '../../../constructs/model/fleet-document';
import type { DocumentOptions } from '../../../constructs/parsing';
import type { EdgeApp, PlacementPolicy } from '../../../constructs/policy';
import { parseEdgeApp, parsePolicy } from '../../../constructs/policy';
import { type Mentioned, readTextFile, resolvePath } from './text-file';

/** Reads a Fleet with its latency CSV. Throws EdgeError or EdgeErrors. */
export function readFleet(file: string, mentioned?: Mentioned): Fleet {
  return parseFleet(readTextFile(file, mentioned), optionsFor(file, 'latency'));
}

/** Reads a Demand. Throws EdgeError or EdgeErrors. */
export function readDemand(file: string, mentioned?: Mentioned): Demand {
  return parseDemand(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads an EdgeApp; what it refers to stays a reference. Throws EdgeError or EdgeErrors. */
export function readApp(file: string, mentioned?: Mentioned): EdgeApp {
  return parseEdgeApp(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads a Delivery. Throws EdgeError or EdgeErrors. */
export function readDelivery(file: string, mentioned?: Mentioned): DeliverySettings {
  return parseDelivery(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads a policy that stands alone. Throws EdgeError or EdgeErrors. */
export function readPolicy(file: string, mentioned?: Mentioned): PlacementPolicy {
  return parsePolicy(readTextFile(file, mentioned), optionsFor(file));
}

/** Reads a PlacementDecision. Throws EdgeError or EdgeErrors. */
export function readDecision(file: string, mentioned?: Mentioned): PlacementDecision {
  return parseDecision(readTextFile(file, mentioned), optionsFor(file));
}

/** The app of `file` with the demands it names by path (`demand`, `policy.assume`) read and put inline. */
export function withInlineDemand(app: EdgeApp, file: string): EdgeApp {
  const read = (path: string, key: string) =>
    readDemand(resolvePath(path, dirname(file)), { file, path: key });
  const { assume } = app.policy;
  const assumed = typeof assume === 'string' ? read(assume, 'policy.assume') : assume;
  const policy = { ...app.policy, ...(assumed === undefined ? {} : { assume: assumed }) };
  const { demand } = app;
  if (demand === undefined || !('file' in demand)) return { ...app, policy } as EdgeApp;
  return { ...app, policy, demand: { inline: read(demand.file, 'demand') } } as EdgeApp;
}

function optionsFor(file: string, path = ''): DocumentOptions {
  const folder = dirname(file);
  return { file, read: (relative) => readTextFile(resolvePath(relative, folder), { file, path }) };
}
