/** Props: the arguments of a release: what to run, where, and how carefully. */
import { type DeliverySettings, deliverySchema, engineOf } from '../../../../constructs/delivery';
import { type Bundle, bundleSchema } from '../../../../constructs/model/app/bundle';
import { decisionSchema, type PlacementDecision } from '../../../../constructs/model/decision';
import type { Fleet } from '../../../../constructs/model/fleet';
import { parseFleet } from '../../../../constructs/model/fleet-document';
import { matchSchema } from '../../../../constructs/model/match';
import { parseDocument, quoted, type Report, useOneOf, z } from '../../../../constructs/parsing';

const waveSchema = z.union([
  z.strictObject({ clusters: z.int().min(1).describe('This many clusters.') }),
  z.strictObject({ share: z.number().gt(0).max(1).describe('This share of all, rounded up.') }),
  z.strictObject({ match: matchSchema.describe('The clusters that match.') }),
]);

/** How carefully a release proceeds. */
export const rolloutSchema = z.strictObject({
  waves: z
    .array(waveSchema)
    .default([])
    .describe('Groups that go one after another, small clusters first; the rest goes last.'),
  maxUnavailableClusters: z
    .int()
    .min(1)
    .optional()
    .describe('Clusters of a wave that change at the same time. Default: all.'),
  soakSeconds: z.number().min(0).max(86400).default(0).describe('Pause after a wave.'),
  maxFailures: z
    .int()
    .min(0)
    .optional()
    .describe(
      'More failed clusters than this stop the rollout, and their wave is rolled back. Default: 0 with waves; without, every cluster is tried.',
    ),
  minClusters: z
    .int()
    .min(0)
    .default(1)
    .describe('A cluster is left only while this many others are ready.'),
  parallelism: z.int().min(1).max(1000).default(16).describe('Clusters at the same time.'),
  deadlineSeconds: z
    .number()
    .gt(0)
    .max(86400)
    .default(300)
    .describe('How long a cluster may take to become ready, and to let go.'),
  answerSeconds: z
    .number()
    .gt(0)
    .max(3600)
    .default(30)
    .describe('How long a cluster may take to say what it has, before it counts as unreachable.'),
  force: z
    .boolean()
    .default(false)
    .describe('Take fields from other managers instead of stopping at them.'),
  takeOver: z
    .boolean()
    .default(false)
    .describe(
      'Take the release from another stack, workspace or tool that holds it. For one apply: while it is set, whoever applied last has it.',
    ),
  retire: z
    .enum(['now', 'later'])
    .default('now')
    .describe(
      'now: clusters that left the decision are cleaned once the others are ready. later: they go on serving until a retirement removes the release there, once records that others write no longer lead to them.',
    ),
  deleteAdopted: z
    .boolean()
    .default(false)
    .describe(
      'Also delete objects that were there before the release, once it is done with them. Without, they are left behind.',
    ),
  evacuate: z
    .array(z.string())
    .default([])
    .describe('Unreachable clusters that left the decision and are let go of.'),
});

/** An object that may say how. */
export const withRolloutSchema = z.strictObject({ rollout: rolloutSchema.optional() });

const nameSchema = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower-case letters, digits and "-"');

/** The arguments of a release. */
export const releaseSchema = z.strictObject({
  name: nameSchema.optional().describe("Default: the bundle's app."),
  bundle: bundleSchema,
  decision: decisionSchema,
  fleet: z.looseObject({ clusters: z.array(z.looseObject({ name: z.string() })) }),
  rollout: rolloutSchema.prefault({}),
  delivery: deliverySchema
    .optional()
    .describe(
      'The engine that delivers, and its settings. Default: littoral applies to every cluster itself.',
    ),
});

/** One group of clusters that goes at once. */
export type Wave = z.output<typeof waveSchema>;
/** How carefully, with its defaults. */
export type Rollout = z.output<typeof rolloutSchema>;
/** A parsed release. */
export interface ReleaseProps {
  readonly name: string;
  readonly bundle: Bundle;
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly rollout: Rollout;
  readonly delivery?: DeliverySettings;
}

/** Parses the arguments of a release. Throws EdgeErrors with every mistake. */
export function parseRelease(source: object): ReleaseProps {
  return parseDocument(
    {
      schema: releaseSchema,
      build: ({ name, bundle, decision, fleet, rollout, delivery }, report): ReleaseProps => {
        if (delivery !== undefined) reportUndriven(delivery, report);
        const parsed = parseFleet(fleet);
        const apps = decision.apps.map(({ app }) => app);
        if (!apps.includes(bundle.app)) {
          report({
            code: 'UnknownName',
            path: ['decision', 'apps'],
            summary: `got a decision without the app ${quoted(bundle.app)} of the bundle`,
            remedy: useOneOf(bundle.app, apps),
          });
        }
        const clusters = parsed.clusters.map((cluster) => cluster.name);
        const chosen = decision.apps.find(({ app }) => app === bundle.app)?.clusters ?? [];
        chosen.forEach((cluster, index) => {
          if (clusters.includes(cluster.name)) return;
          report({
            code: 'UnknownName',
            path: ['decision', 'apps', apps.indexOf(bundle.app), 'clusters', index, 'name'],
            summary: `got cluster ${quoted(cluster.name)}, which the fleet does not have`,
            remedy: useOneOf(cluster.name, clusters),
          });
        });
        const props = { name: name ?? bundle.app, bundle, decision, fleet: parsed, rollout };
        return delivery === undefined ? props : { ...props, delivery };
      },
    },
    source,
  );
}

/** A repository takes settings that a release cannot act by. */
function reportUndriven(delivery: DeliverySettings, report: Report): void {
  const { namespace, missing } = engineOf(delivery);
  if (namespace === undefined) {
    report({
      code: 'Contradiction',
      path: ['delivery', 'engine'],
      summary: `got ${delivery.engine} ${delivery.engine === 'argocd' ? 'with applicationSet' : ''}, whose objects are written by synth alone`,
      remedy:
        delivery.engine === 'argocd'
          ? 'Leave out applicationSet to have Applications applied, or write files by synth.'
          : 'Write files by synth, or name an engine with a hub.',
    });
    return;
  }
  if (!('hub' in delivery) || delivery.hub === undefined) {
    report({
      code: 'InvalidDocument',
      path: ['delivery', 'hub'],
      summary: 'got no hub, expected how to reach the cluster that the engine runs in',
      remedy: 'Add hub with context, kubeconfig or both.',
    });
  }
  if (missing === undefined) return;
  report({
    code: 'InvalidDocument',
    path: ['delivery', ...missing.split('.')],
    summary: `got no ${missing}, without which nobody can tell old content from new`,
    remedy: 'Push what synth wrote, and name the commit or the digest of the artifact.',
  });
}
