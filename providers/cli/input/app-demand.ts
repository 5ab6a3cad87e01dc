/** Demand of an app: reads the source that the app names, with as wide a window as its policy needs. */
import { dirname } from 'node:path';
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Origin } from '../../../constructs/model/demand';
import { type EdgeApp, outsideSource } from '../../../constructs/policy';
import type { DemandReading } from '../../sources/demand/demand-reading';
import { readFrom } from '../../sources/demand/registry';
import type { Surroundings } from '../output/terminal';

/** An app and the file it came from. */
export interface AppFile {
  readonly app: EdgeApp;
  readonly file: string;
}

/** The demand of an app that names a source outside its document; undefined for any other. Throws EdgeErrors. */
export async function tryReadDemand(
  { app, file }: AppFile,
  { env }: Pick<Surroundings, 'env'>,
  now: string,
  previous?: PlacementDecision,
): Promise<DemandReading | undefined> {
  const source = outsideSource(app);
  if (source === undefined) return undefined;
  const { minRequestsPerSecond, minClusters } = app.policy.constraints;
  const origins = originsOf(previous, app.name);
  return readFrom(source, {
    now,
    folder: dirname(file),
    file,
    environment: env,
    stretchBelowRequestsPerSecond: minRequestsPerSecond * minClusters,
    ...(origins.length === 0 ? {} : { previous: { origins } }),
  });
}

/** The origins that a decision assigned, to notice when most of them are gone. */
function originsOf(previous: PlacementDecision | undefined, name: string): readonly Origin[] {
  const assignments = previous?.apps.find(({ app }) => app === name)?.assignments ?? [];
  const names = new Set(assignments.map(({ origin }) => origin));
  return [...names].map((origin) => ({
    name: origin,
    latitude: 0,
    longitude: 0,
    requestsPerSecond: 0,
  }));
}
