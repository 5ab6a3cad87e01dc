/** TABLE of constraints: what must hold. A new constraint is one row here; everything else is derived from the rows. */
import {
  maxClusters,
  minClusters,
  minRequestsPerSecond,
  mustInclude,
  mustIncludeEvery,
} from './counts';
import { chooseFrom, mustNotInclude, signals, tolerations } from './selection';
import { budget, capacity, latency, residency, survive } from './service';
import { apart, apartKilometers, spread, together } from './spacing';

/** The rows by key, in the order of the documentation; clusters are refused by the first row that refuses. */
export const constraintRows = {
  minClusters,
  maxClusters,
  minRequestsPerSecond,
  mustInclude,
  mustIncludeEvery,
  mustNotInclude,
  chooseFrom,
  tolerations,
  residency,
  latency,
  spread,
  apartKilometers,
  capacity,
  budget,
  survive,
  signals,
  together,
  apart,
};
