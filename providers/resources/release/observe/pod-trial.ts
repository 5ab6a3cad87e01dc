/** Pod trial: each changed template of pods is sent as a pod in a dry run, because a server judges pods alone and lets their owners pass. */
import { valueAt } from '../../../../constructs/kubernetes/json-pointer';
import { podSecurityLabels } from '../../../../constructs/kubernetes/pod-security-labels';
import type { Manifest } from '../../../../constructs/model/app/workload';
import { canonicalJson } from '../../../../constructs/model/canonical';
import { ClusterError } from '../../../clusters/errors';
import { refOf } from '../state/identity';
import { type Finding, isAsApplied } from './finding';
import type { Context } from './forecast';

/** What a release changes itself that decides about its pods. */
export interface PodRules {
  /** Namespaces that are not there, or get another Pod Security. */
  readonly unsettled: ReadonlySet<string>;
  /** The release brings a LimitRange, a ResourceQuota or what admits objects, which may not be there yet. */
  readonly isOwn: boolean;
}

const kinds = ['LimitRange', 'ResourceQuota'];

/** What is known once the holders of a release were looked at. */
export function podRulesOf(findings: readonly Finding[], all: readonly Manifest[]): PodRules {
  const unsettled = findings.filter(({ manifest, live, after }) => {
    if (manifest.kind !== 'Namespace') return false;
    if (live === undefined) return true;
    const next = after === undefined ? live : after;
    return canonicalJson(podSecurityLabels(live)) !== canonicalJson(podSecurityLabels(next));
  });
  const isOwn = all.some(
    ({ apiVersion, kind }) =>
      kinds.includes(kind) || apiVersion.startsWith('admissionregistration.k8s.io/'),
  );
  return { unsettled: new Set(unsettled.map(({ manifest }) => manifest.metadata.name)), isOwn };
}

/** The finding, with what the server says about a pod of it. One that is not new is not tried again. */
export async function withPodTrial(
  finding: Finding,
  rules: PodRules,
  { client }: Context,
): Promise<Finding> {
  const pod = podOf(finding);
  if (pod === undefined || finding.refusal !== undefined || isAsApplied(finding)) return finding;
  if (rules.unsettled.has(pod.metadata.namespace ?? '')) return finding;
  try {
    await client.apply(pod, { dryRun: true, onlyIf: 'absent' });
    return finding;
  } catch (thrown) {
    if (!(thrown instanceof ClusterError) || thrown.unreachable || thrown.retriable) throw thrown;
    return judged(finding, thrown, rules);
  }
}

function judged(finding: Finding, { summary, remedy, status }: ClusterError, rules: PodRules) {
  const noted = (note: string): Finding => ({ ...finding, note });
  if (/may not create pods\b/.test(summary))
    return noted(`its pods cannot be tried out: ${summary}`);
  if (/dry.?run/i.test(summary)) return noted(`its pods cannot be tried out: ${summary}`);
  // What is used now may be free when the pod comes: old pods leave.
  if (/exceeds quota/.test(summary))
    return noted(
      `${mayMissNone(finding) ? 'the rollout would wait for good, since no old pod may go before a new one is ready, and ' : ''}there is no room for one more pod now: ${summary}`,
    );
  if (status === 404 || /not found|does not exist/i.test(summary)) return finding;
  if (rules.isOwn) return noted(`a pod of it would be refused now: ${summary}`);
  return { ...finding, refusal: `its pods would be refused: ${summary}. ${remedy}` };
}

/** Whether a Deployment that runs keeps all of its replicas in a rollout: a share of them is rounded down, so 25 % of three is none. */
function mayMissNone({ manifest, live, after }: Finding): boolean {
  if (manifest.kind !== 'Deployment' || live === undefined) return false;
  const next = after ?? manifest;
  if (valueAt(next, ['spec', 'strategy', 'type']) === 'Recreate') return false;
  const replicas = Number(valueAt(next, ['spec', 'replicas']) ?? 1);
  const most = valueAt(next, ['spec', 'strategy', 'rollingUpdate', 'maxUnavailable']) ?? '25%';
  const text = String(most);
  const share = Number.parseFloat(text);
  const missing = text.endsWith('%') ? Math.floor((share * replicas) / 100) : share;
  return replicas > 0 && missing === 0;
}

/** A pod of the object as it will be; undefined where it has none, or the one that is there has it already. */
function podOf({ manifest, live, after }: Finding): Manifest | undefined {
  const steps = manifest.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec'] : ['spec'];
  const templateOf = (of: Manifest | undefined) => valueAt(of, [...steps, 'template']);
  const template = templateOf(after ?? manifest) as Template | undefined;
  if (!Array.isArray(template?.spec?.containers)) return undefined;
  const isKnown =
    after !== undefined && canonicalJson(templateOf(live)) === canonicalJson(template);
  if (isKnown) return undefined;
  const { name, namespace } = refOf(manifest);
  const { labels, annotations } = template.metadata ?? {};
  const given = { ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    // Names of pods are at most 253 characters long, and those of their owners may be.
    metadata: {
      name: `${name.slice(0, 240)}-trial`,
      ...(namespace ? { namespace } : {}),
      ...given,
    },
    spec: { ...template.spec, ...volumesOf(manifest, template) },
  };
}

interface Template {
  readonly metadata?: { readonly labels?: object; readonly annotations?: object };
  readonly spec?: {
    readonly containers?: unknown;
    readonly volumes?: readonly object[];
  };
}

/** A StatefulSet mounts claims that its controller makes. */
function volumesOf({ spec }: Manifest, template: Template): object {
  const { volumeClaimTemplates } = (spec ?? {}) as { readonly volumeClaimTemplates?: unknown };
  if (!Array.isArray(volumeClaimTemplates)) return {};
  const claims = (volumeClaimTemplates as readonly Manifest[]).map(({ metadata: { name } }) => ({
    name,
    persistentVolumeClaim: { claimName: name },
  }));
  return { volumes: [...(template.spec?.volumes ?? []), ...claims] };
}
