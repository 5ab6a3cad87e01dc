/** Certificate requests: the certificates that a plan has an authority issue, and those it has issued for the release. */
import { AUTHORITY_ANNOTATION, type CertificateRequest } from '../../../../constructs/certificates';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { Finding } from '../observe/finding';
import type { Desired } from '../state/desired';
import { keyOf, refOf } from '../state/identity';
import type { ObjectPlan, ReleasePlan } from './plan';

/** Of clusters that the decision has chosen. Without findings nothing says when what is there was issued: long ago. */
export function certificateRequests(
  desired: Desired,
  { clusters }: ReleasePlan,
  findings: ReadonlyMap<string, readonly Finding[]> = new Map(),
): readonly CertificateRequest[] {
  const plans = new Map(clusters.map((one) => [one.name, one]));
  return desired.clusters.flatMap(({ name, manifests }) => {
    const certificates = manifests.filter((one) => authorityOf(one) !== undefined);
    if (certificates.length === 0) return [];
    const objects = new Map(plans.get(name)?.objects.map((one) => [keyOf(one.ref), one]));
    const found = new Map(
      (findings.get(name) ?? []).map((one) => [keyOf(refOf(one.manifest)), one]),
    );
    return certificates.flatMap((manifest): readonly CertificateRequest[] => {
      const key = keyOf(refOf(manifest));
      const plan = objects.get(key);
      const authority = authorityOf(manifest);
      if (plan === undefined || authority === undefined) return [];
      const base = { cluster: name, authority, names: namesOf(manifest) };
      if (isIssuedAnew(plan)) return [base];
      return [{ ...base, issuedAtMilliseconds: issuedAt(found.get(key)) }];
    });
  });
}

function authorityOf({ kind, metadata }: Manifest): string | undefined {
  const annotations = (metadata.annotations ?? {}) as Readonly<Record<string, unknown>>;
  const authority = annotations[AUTHORITY_ANNOTATION];
  return kind === 'Certificate' && typeof authority === 'string' ? authority : undefined;
}

function namesOf({ spec }: Manifest): readonly string[] {
  const { dnsNames = [] } = (spec ?? {}) as { readonly dnsNames?: readonly unknown[] };
  return dnsNames.filter((one): one is string => typeof one === 'string');
}

/** A Certificate whose names change is issued anew; nothing else of it is. */
function isIssuedAnew({ change, fields }: ObjectPlan): boolean {
  if (change === 'created' || change === 'replaced') return true;
  return change === 'changed' && fields.some(({ path }) => path.includes('dnsNames'));
}

/** The last issue, else when it was asked for. */
function issuedAt(finding: Finding | undefined): number {
  const live = finding?.live;
  const { notBefore } = (live?.status ?? {}) as { readonly notBefore?: unknown };
  const text = typeof notBefore === 'string' ? notBefore : live?.metadata.creationTimestamp;
  const milliseconds = Date.parse(text ?? '');
  return Number.isNaN(milliseconds) ? 0 : milliseconds;
}
