/** Demand: where requests come from, and how many each second. */

import { API_VERSION, z } from '../parsing';
import {
  amountSchema,
  countrySchema,
  instantSchema,
  latitudeSchema,
  longitudeSchema,
} from './fleet';

const originSchema = z.strictObject({
  name: z.string().min(1).max(253).describe('Unique in the demand.'),
  latitude: latitudeSchema.optional(),
  longitude: longitudeSchema.optional(),
  geohash: z
    .string()
    .optional()
    .describe('Instead of coordinates: names the centre of its cell, 1 to 12 characters.'),
  country: countrySchema.optional(),
  region: z.string().min(1).optional().describe('Region, e.g. europe.'),
  requestsPerSecond: amountSchema.describe('Requests per second from here; may be 0.'),
});

const demandShape = {
  observedAt: instantSchema.describe('When it was measured, ISO 8601 with a zone.'),
  validForSeconds: amountSchema.default(1800).describe('After this the demand is stale.'),
  readAt: instantSchema
    .optional()
    .describe(
      'When a live source was asked: the clock that the demand is held against. Left out: the demand was written, and is of its own time.',
    ),
  partial: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'Why its source calls the demand incomplete. Then no cluster is left on it, unless the guard partialDemand is lifted.',
    ),
  origins: z.array(originSchema).describe('Points on Earth that requests come from.'),
};

/** The Demand document. */
export const demandSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('Demand').describe('What this document is.'),
  ...demandShape,
});
/** A Demand inside another document: the same without apiVersion and kind. */
export const inlineDemandSchema = z.strictObject(demandShape);

/** A point on Earth that requests come from. Coordinates are always filled in (a geohash names its cell's centre). */
export interface Origin {
  /** Unique in the demand. */
  readonly name: string;
  /** Degrees north, -90 to 90. */
  readonly latitude: number;
  /** Degrees east, -180 to 180. */
  readonly longitude: number;
  /** ISO 3166-1 alpha-2 code, e.g. DE. */
  readonly country?: string;
  /** Region, e.g. europe. */
  readonly region?: string;
  /** Requests per second from here; may be 0. */
  readonly requestsPerSecond: number;
}
/** Requests per second of every origin, sorted by name, at one instant. */
export interface Demand {
  /** When it was measured, ISO 8601 with a zone. */
  readonly observedAt: string;
  /** After this the demand is stale. */
  readonly validForSeconds: number;
  /** When a live source was asked, ISO 8601 with a zone; missing where a person wrote the demand. */
  readonly readAt?: string;
  /** Why its source calls the demand incomplete; missing where it does not. */
  readonly partial?: string;
  /** Points on Earth that requests come from, sorted by name. */
  readonly origins: readonly Origin[];
}
