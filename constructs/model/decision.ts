/** PlacementDecision: the result of a placement, as data. What computes it changes no cluster; what carries it out chooses none. */

import { API_VERSION, z } from '../parsing';
import { instantSchema } from './fleet';

const objectiveShape = {
  value: z.number().describe('The objective of the chosen clusters; less is better.'),
  bound: z.number().describe('No choice that obeys the rules has a lower value.'),
  gap: z
    .number()
    .describe(
      'Value less bound, as a share of value (of 1 when value is less). 0: proved the best.',
    ),
};
const milliseconds = z.number().min(0);
const latencyShape = {
  meanMilliseconds: milliseconds.describe('Mean over all requests, in milliseconds.'),
  p50: milliseconds.describe('Half of all requests take at most this many milliseconds.'),
  p95: milliseconds.describe('95 of 100 requests take at most this many milliseconds.'),
  p99: milliseconds.describe('99 of 100 requests take at most this many milliseconds.'),
};

const clusterDecisionSchema = z.strictObject({
  name: z.string().describe('The cluster, as the fleet names it.'),
  requestsPerSecond: z.number().min(0).describe('Requests per second that it serves of this app.'),
  replicas: z.int().min(0).describe('Of all components together.'),
  spareReplicas: z
    .int()
    .min(1)
    .optional()
    .describe('Of them, beyond what the load needs: kept within replicaDeadband.'),
  componentReplicas: z
    .record(z.string(), z.int().min(0))
    .optional()
    .describe('Replicas by component; present when the workload has several.'),
  afterLoss: z
    .strictObject({
      requestsPerSecond: z.number().min(0).describe('Requests per second that it then serves.'),
      replicas: z.int().min(0).describe('Of all components together, for so many requests.'),
      componentReplicas: z
        .record(z.string(), z.int().min(0))
        .optional()
        .describe('The same by component; present when the workload has several.'),
    })
    .optional()
    .describe(
      'Present where the policy is to survive losses: the most that it serves now or after any of them.',
    ),
  since: instantSchema.describe('When the app entered the cluster.'),
  unreachableSince: instantSchema
    .optional()
    .describe('Present while its API server is silent: since when decisions know of it.'),
  evictedSince: instantSchema
    .optional()
    .describe('Present while a taint evicts the app in a while: since when decisions know of it.'),
  change: z
    .enum(['added', 'kept'])
    .describe('added: it is new. kept: the previous decision has it too.'),
  reason: z.string().describe('Why it is chosen, in one sentence.'),
});

const conflictProofSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('room').describe('The clusters have less room than these apps need of them.'),
    resource: z
      .enum(['cpuMillicores', 'memoryMebibytes', 'pods', 'requestsPerSecond'])
      .describe('What is short.'),
    apps: z.array(z.string()).describe('Whose needs prove it, in order.'),
    clusters: z.array(z.string()).describe('Whose room proves it, in order.'),
    short: z.number().describe('How much more these apps need of these clusters than they have.'),
  }),
  z.strictObject({
    kind: z.literal('search').describe('Every combination was ruled out.'),
    apps: z.int().min(0).describe('The most apps that have a place at the same time.'),
  }),
]);

const conflictSchema = z.strictObject({
  summary: z.string().describe('The rules that cannot hold together, in one sentence.'),
  proof: conflictProofSchema
    .optional()
    .describe(
      'Present when it is proved that no placement has this app beside the others that are placed.',
    ),
  rules: z
    .array(
      z.strictObject({
        path: z.string().describe('Where the rule is, e.g. policy.constraints.minClusters.'),
        rule: z.string().describe('The rule in words.'),
        relaxation: z.string().describe('The nearest change of this rule that would do.'),
      }),
    )
    .describe('Each is needed for the conflict: without any one of them the others can hold.'),
});

const rejectionGroupSchema = z.strictObject({
  rule: z.string().describe('The rule that keeps them out, or objective when others are better.'),
  reason: z
    .string()
    .describe('Why they are not chosen, in one sentence; {} in it is the number of each cluster.'),
  clusters: z.array(z.string()).describe('The clusters, in order.'),
  numbers: z
    .array(z.number())
    .optional()
    .describe('For {} in reason: one for each of clusters, to three digits.'),
});

const sharedRejectionSchema = z.strictObject({
  rule: z.string().describe('The rule that keeps them out.'),
  sameAs: z
    .string()
    .describe('An app above: the same rule keeps the same clusters out, for the same reasons.'),
});

const appDecisionSchema = z.strictObject({
  app: z.string().describe('Name of the app.'),
  satisfied: z.boolean().describe('Whether every rule of its policy holds; if not, see conflict.'),
  clusters: z.array(clusterDecisionSchema).describe('The chosen clusters.'),
  dropped: z
    .array(
      z.strictObject({
        name: z.string().describe('The cluster.'),
        reason: z.string().describe('Why it leaves, in one sentence.'),
      }),
    )
    .describe('Clusters of the previous decision that are chosen no longer.'),
  rejected: z
    .array(z.union([rejectionGroupSchema, sharedRejectionSchema]))
    .describe('Clusters that are not chosen, and were not chosen before, by rule and reason.'),
  assignments: z
    .array(
      z.strictObject({
        origin: z.string().describe('The origin, as the demand names it.'),
        cluster: z.string().nullable().describe('null: the origin has no requests/s.'),
        share: z.number().min(0).max(1).describe('Share of its requests that go there.'),
        milliseconds: milliseconds
          .nullable()
          .describe('Latency from the origin to the cluster. null: there is no cluster.'),
      }),
    )
    .describe('Which cluster serves which origin; an origin that is divided has several.'),
  conflict: conflictSchema.optional().describe('Present when the rules cannot hold together.'),
  objective: z
    .strictObject({
      ...objectiveShape,
      terms: z.record(z.string(), z.number()).describe('Already weighted; they add up to value.'),
    })
    .describe('What the choice is measured by, for this app.'),
  latency: z
    .strictObject({
      ...latencyShape,
      before: z
        .strictObject(latencyShape)
        .optional()
        .describe('Previous clusters, demand of today.'),
    })
    .describe('Latency of all requests of this app.'),
  cost: z
    .strictObject({
      usdPerHour: z
        .number()
        .describe('US dollars per hour of clusters, replicas (spare ones too) and egress.'),
      delta: z
        .number()
        .describe(
          'The same without spare replicas, less what the previous clusters would cost today.',
        ),
    })
    .describe('What the choice costs.'),
  churnCurve: z
    .array(
      z.strictObject({
        changes: z.int().min(0).describe('Clusters added or dropped, at most.'),
        value: z.number().describe('The best objective found with so many changes.'),
      }),
    )
    .describe('What more changes would gain.'),
  warnings: z.array(z.string()).describe('What a reviewer should know, one sentence each.'),
});

const proofShape = {
  originPrices: z
    .record(z.string(), z.number())
    .describe(
      'What serving each origin is worth; in steps only those that differ from the step above.',
    ),
  rulePrices: z
    .record(z.string(), z.number().min(0))
    .optional()
    .describe(
      'What one unit of each rule about the chosen clusters is worth; zero where left out.',
    ),
  splitAt: z
    .string()
    .optional()
    .describe('Two steps follow: with this cluster, then, after all of its own steps, without it.'),
  splitOrigin: z
    .string()
    .optional()
    .describe('The two steps: this origin, whole, at the cluster of splitAt, then elsewhere.'),
  splitSize: z
    .int()
    .min(1)
    .optional()
    .describe('Two steps follow: with at most so many clusters, then with more.'),
  goesOn: z
    .literal(true)
    .optional()
    .describe('One step follows, without the clusters decided here.'),
};

const appCertificateSchema = z.union([
  z.strictObject({
    app: z.string().describe('Name of the app.'),
    kind: z.literal('enumeration').describe('Every choice was compared; verify repeats it.'),
  }),
  z.strictObject({
    app: z.string().describe('Name of the app.'),
    kind: z.literal('dual').describe('Prices from which verify computes the bound.'),
    bound: z.number().describe('No choice for this app has a lower objective.'),
    ...proofShape,
    steps: z
      .array(z.strictObject(proofShape))
      .optional()
      .describe('Of the proof, each before its own.'),
    cliques: z
      .array(z.array(z.string()))
      .optional()
      .describe(
        'Clusters of which no two can be chosen, for their distance or for want of demand; rulePrices name the first cliques[0].',
      ),
  }),
]);

/** The PlacementDecision document: one decision for all apps that share the fleet. */
export const decisionSchema = z.strictObject({
  apiVersion: z.literal(API_VERSION).describe('Version of this format.'),
  kind: z.literal('PlacementDecision').describe('What this document is.'),
  now: instantSchema.describe('The instant that the decision was made for, ISO 8601 with a zone.'),
  objective: z.strictObject(objectiveShape).describe('Of all apps together.'),
  apps: z.array(appDecisionSchema).describe('One for each app, sorted by name.'),
  prices: z
    .array(
      z.strictObject({
        cluster: z.string().describe('The cluster whose limit binds.'),
        resource: z.string().describe('The limit, e.g. requestsPerSecond or cpuMillicores.'),
        saves: z.number().describe('By how much one unit more would lower the objective.'),
      }),
    )
    .describe(
      'What one more unit of each binding limit would save; about that where the certificate has limitPrices.',
    ),
  certificate: z
    .strictObject({
      kind: z
        .enum(['independent', 'joint'])
        .optional()
        .describe('independent: each app has a bound of its own. joint: they share limitPrices.'),
      apps: z.array(appCertificateSchema).optional().describe('The proof for each app.'),
      limitPrices: z
        .array(
          z.strictObject({
            cluster: z.string().describe('The cluster that apps share.'),
            resource: z.string().describe('The limit, e.g. requestsPerSecond or cpuMillicores.'),
            price: z.number().describe('Objective per unit of the limit.'),
          }),
        )
        .optional()
        .describe(
          'With joint: what one unit of each limit is worth to all apps; bounds hold as a sum.',
        ),
    })
    .describe('With the inputs, enough for verify to confirm the bound.'),
  inputs: z
    .strictObject({
      fleet: z.string().describe('Digest of the fleet.'),
      demand: z.string().nullable().describe('Digest of the demand. null: there is none.'),
      apps: z.string().describe('Digest of the apps with their policies.'),
      previous: z.string().nullable().describe('Digest of the previous decision. null: the first.'),
      observedAt: instantSchema
        .nullable()
        .describe('When the demand was measured. null: there is none.'),
    })
    .describe('What the decision was computed from.'),
  engine: z
    .strictObject({
      version: z.string().describe('Version of littoral.'),
      workUnits: z.number().describe('Effort in steps of the search, the same on every machine.'),
    })
    .describe('What computed the decision.'),
  digest: z.string().describe('Of everything above, canonical JSON.'),
});

/** The whole answer for all apps. */
export type PlacementDecision = z.output<typeof decisionSchema>;
/** The answer for one app. */
export type AppDecision = z.output<typeof appDecisionSchema>;
/** One chosen cluster. */
export type ClusterDecision = z.output<typeof clusterDecisionSchema>;
/** Clusters that are not chosen for one rule and reason. */
export type RejectionGroup = z.output<typeof rejectionGroupSchema>;
/** Rules that cannot hold together, each with its nearest relaxation. */
export type Conflict = z.output<typeof conflictSchema>;
/** What lets an independent checker confirm the bound. */
export type Certificate = PlacementDecision['certificate'];
