/** The `demand.prometheus` object of an EdgeApp: its shape, documentation and defaults. */

import { amountSchema } from '../../../constructs/model/fleet';
import { z } from '../../../constructs/parsing';
import { placeSchema } from '../places/place';

const label = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a label name');
const path = z.string().min(1);
const environmentVariable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable');

const labelsSchema = z
  .strictObject({
    geohash: label.optional().describe('Label with a geohash of any precision.'),
    country: label
      .optional()
      .describe('Label with an ISO 3166-1 alpha-2 code or English name of a country.'),
    city: label.optional().describe('Label with a city; give country too, names repeat.'),
    origin: label.optional().describe('Label with a name that `origins` gives coordinates.'),
    origins: z
      .union([path, z.array(placeSchema).min(1)])
      .optional()
      .describe('For origin: a list of places, or the path of a YAML, JSON or CSV file with one.'),
  })
  .describe(
    'Which label says what. Default: the labels called geohash, origin, city and country that the series have.',
  );

/** The `demand.prometheus` object. Credentials are references (a file, an environment variable), never values. */
export const prometheusSchema = z.strictObject({
  url: z
    .string()
    .min(1)
    .optional()
    .describe('Address of Prometheus, Thanos or Mimir, without /api/v1.'),
  answer: path
    .optional()
    .describe('Path of a recorded answer, instead of url: the JSON that /api/v1/query_range gave.'),
  query: z
    .string()
    .min(1)
    .optional()
    .describe('PromQL that gives requests/s grouped by place. Required with url.'),
  mode: z
    .enum(['range', 'instant'])
    .default('range')
    .describe('range: average over the window. instant: the query does its own averaging.'),
  windowSeconds: amountSchema.gt(0).default(1800).describe('Moving average over this long.'),
  stepSeconds: amountSchema.min(1).default(120).describe('Distance of the values averaged.'),
  stretchSeconds: amountSchema
    .gt(0)
    .default(86400)
    .describe('Window when the total is under minRequestsPerSecond x minClusters.'),
  validForSeconds: amountSchema.gt(0).default(1800).describe('The demand is stale after this.'),
  labels: labelsSchema.optional(),
  maxLostShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.05)
    .describe('Share of the requests that may come from places nobody knows.'),
  minOriginsShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .describe('Fewer origins than this share of the last time is a failure of the metrics.'),
  tenant: z
    .string()
    .min(1)
    .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces')
    .optional()
    .describe('Sent as X-Scope-OrgID.'),
  bearerTokenFile: path.optional().describe('File with the bearer token.'),
  bearerTokenEnv: environmentVariable
    .optional()
    .describe('Environment variable with the bearer token.'),
  basic: z
    .strictObject({
      username: z
        .string()
        .min(1)
        .regex(/^[^:]*$/, 'a name without ":"')
        .describe('User name.'),
      passwordFile: path.optional().describe('File with the password.'),
      passwordEnv: environmentVariable
        .optional()
        .describe('Environment variable with the password.'),
    })
    .optional()
    .describe('HTTP basic authentication; the password comes from a file or the environment.'),
  tls: z
    .strictObject({
      caFile: path.optional().describe('PEM of the authorities to trust instead of the usual.'),
      certFile: path.optional().describe('PEM of the client certificate.'),
      keyFile: path.optional().describe('PEM of its private key.'),
      serverName: z.string().min(1).optional().describe('Name the server certificate must have.'),
    })
    .optional()
    .describe('For a server with a certificate of its own, or one that asks for one.'),
  timeoutSeconds: amountSchema.gt(0).max(600).default(30).describe('For each attempt.'),
  retries: z
    .int()
    .min(0)
    .max(10)
    .default(2)
    .describe('After connection errors, 429 and 5xx; with growing, random pauses.'),
});

/** Where demand is read from, with every default filled in. */
export type PrometheusSource = z.output<typeof prometheusSchema>;
/** The same as written. */
export type PrometheusSourceInput = z.input<typeof prometheusSchema>;
/** Which label says what. */
export type PlaceLabels = z.output<typeof labelsSchema>;
