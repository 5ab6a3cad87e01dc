/** Releases on a testbed: what to run, on which of its clusters, and what its API servers wrote down about it. */
import { execFileSync } from 'node:child_process';
import { sealBundle } from '../../constructs/model/app/bundle';
import type { Manifest } from '../../constructs/model/app/workload';
import { API_VERSION } from '../../constructs/parsing/document';
import {
  basisOf,
  carryOut,
  type ObservedPlan,
  observeAndPlan,
  parseRelease,
  type Released,
  type ReleaseEvent,
  type ReleaseProps,
  type ReleaseState,
  worldOf,
} from '../../providers/resources/release/index';
import { decisionFor } from '../resources/fixtures';
import { type AuditEntry, auditedDuring } from '../testbed/audit';
import { binaryPath } from '../testbed/binaries';
import type { Testbed, TestbedCluster } from '../testbed/clusters';

/** A Deployment that kwok makes ready. */
export function deployment(app: string, image: string, replicas = 2): Manifest {
  const labels = { app };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: app },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            { name: 'web', image, resources: { requests: { cpu: '1000m', memory: '0.5Gi' } } },
          ],
        },
      },
    },
  };
}

export const namespaceOf = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});
export const configMap = (app: string, name: string, data: object): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: app },
  data,
});
export const service = (app: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: app },
  spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
});
export const secretOf = (app: string, text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'keys', namespace: app },
  stringData: { token: text },
});

/** A release named after its namespace. */
export function releaseOn(
  testbed: Testbed,
  app: string,
  chosen: readonly string[],
  manifests: readonly Manifest[],
  rollout: object = {},
): ReleaseProps {
  const bundle = sealBundle({
    apiVersion: API_VERSION,
    kind: 'Bundle',
    app: 'shop',
    namespace: app,
    objects: manifests.map((manifest) => ({ manifest })),
    common: manifests.map((_, index) => index),
    overrides: [],
    variants: [{ objects: [], overrides: [] }],
    warnings: [],
  });
  const { apiVersion: _, kind: __, ...fleet } = testbed.fleetDocument() as Record<string, unknown>;
  const decision = decisionFor(chosen);
  return parseRelease({
    name: app,
    bundle,
    decision,
    fleet,
    rollout: { deadlineSeconds: 40, answerSeconds: 15, ...rollout },
  });
}

export interface Run extends Released {
  readonly events: readonly ReleaseEvent[];
  readonly endings: Readonly<Record<string, string>>;
}

/** Looks at the clusters of the testbed and plans; closed again. */
export async function planOn(testbed: Testbed, props: ReleaseProps, prior?: ReleaseState) {
  const open: ObservedPlan = await observeAndPlan(
    basisOf(props, prior, true),
    worldOf(testbed.folder),
  );
  await open.close();
  return open.plan;
}

/** Looks and applies. */
export async function applyOn(
  testbed: Testbed,
  props: ReleaseProps,
  prior?: ReleaseState,
  requestSeconds?: number,
): Promise<Run> {
  const events: ReleaseEvent[] = [];
  const patience = requestSeconds === undefined ? {} : { requestSeconds };
  const onEvent = (event: ReleaseEvent) => events.push(event);
  const world = worldOf(testbed.folder, { onEvent, ...patience });
  const open = await observeAndPlan(basisOf(props, prior, true), world);
  const released = await carryOut(open, prior, world);
  const endings = released.outcome.clusters.map(({ name, ending }) => [name, ending]);
  return { ...released, events, endings: Object.fromEntries(endings) };
}

/** What littoral asked of a cluster while `work` ran, as `verb resource`; watches and discovery left out. */
export async function askedDuring(
  cluster: TestbedCluster,
  work: () => Promise<unknown>,
): Promise<readonly string[]> {
  const entries = await auditedDuring(cluster, work);
  return entries.filter(isOurs).map(({ verb, objectRef, requestURI }) => {
    const dry = requestURI.includes('dryRun=All') ? ' (dry run)' : '';
    return `${verb} ${objectRef?.resource ?? ''}${dry}`;
  });
}

function isOurs({ stage, userAgent, objectRef, verb }: AuditEntry): boolean {
  const told = stage === 'ResponseComplete' && userAgent === 'littoral';
  return told && objectRef?.resource !== undefined && verb !== 'watch';
}

/** Requests that change something. */
export const isWrite = (asked: string) =>
  /^(create|update|patch|delete)/.test(asked) && !/dry run/.test(asked);

/** The real kubectl on one cluster, with objects on its standard input; returns what it prints. */
export function kubectl(
  testbed: Testbed,
  cluster: string,
  args: readonly string[],
  manifests: readonly Manifest[] = [],
): string {
  const items = { apiVersion: 'v1', kind: 'List', items: manifests };
  const options = { input: JSON.stringify(items), encoding: 'utf8' as const };
  const where = ['--kubeconfig', testbed.kubeconfig, '--context', cluster];
  return execFileSync(binaryPath('kubectl'), [...where, ...args], { ...options, stdio: 'pipe' });
}

/** Scales the Deployment `web` of an app between two bounds; there are no metrics, so it keeps within them. */
export const autoscaler = (app: string, minReplicas: number, maxReplicas = 20): Manifest => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: app },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas,
    maxReplicas,
  },
});
