/** Certificates: what the Secrets that a release terminates TLS with are for and until when, cluster by cluster; keys are passed over. */
import { X509Certificate } from 'node:crypto';
import { type TlsUse, tlsUses, uncoveredHosts } from '../../../../constructs/certificates';
import type { Manifest } from '../../../../constructs/model/app/workload';
import type { ClusterClient, LiveObject, ObjectRef } from '../../../clusters/cluster';
import { eachOf } from '../../../clusters/parallel';
import type { Finding } from './finding';
import { getIfKnown } from './observe';
import { failureOf } from './world';

/** A certificate that TLS is terminated with in one cluster. */
export interface CertificateStatus {
  /** Name of its Secret. */
  readonly secret: string;
  /** Hosts that it has to be for. */
  readonly hosts: readonly string[];
  /** Whether a Certificate of cert-manager in the release makes it; else it is brought by others. */
  readonly issued: boolean;
  /** Names that it is for; absent where it could not be read. */
  readonly names?: readonly string[];
  /** ISO 8601. */
  readonly notBefore?: string;
  /** ISO 8601. */
  readonly notAfter?: string;
  /** Whole days until it expires, rounded down; negative once it has. */
  readonly daysLeft?: number;
  /** ISO 8601: when cert-manager renews it. */
  readonly renewalTime?: string;
  /** Why users cannot be served with it, or will soon not be. */
  readonly trouble?: Trouble;
}

/** What is wrong with a certificate. */
export interface Trouble {
  /** `unusable`: browsers refuse it; `absent`: nothing is there yet; `soon`: time runs out; `unknown`: it could not be read. */
  readonly kind: 'unusable' | 'absent' | 'soon' | 'unknown';
  /** In a few words. */
  readonly reason: string;
}

/** One that is brought by others has to be replaced this long before it expires, or people are told. */
const WARNED_DAYS = 14;
const DAY_MILLISECONDS = 24 * 3600 * 1000;
/** Secrets of a cluster that are read at the same time. */
const abreast = 4;

/** Every certificate that objects of a release use, by Secret. */
export async function certificatesOf(
  client: ClusterClient,
  objects: readonly Manifest[],
  home: string,
  now: number,
): Promise<readonly CertificateStatus[]> {
  return eachOf(tlsUses(objects, home), abreast, async (use): Promise<CertificateStatus> => {
    const { secret, hosts } = use;
    const base = { secret, hosts, issued: use.certificate !== undefined };
    try {
      const given = objects.find((one) => isSecret(one, use, home));
      const found = given ?? (await client.get(refOf('v1', 'Secret', use, secret)));
      const renewalTime = await renewalOf(client, use);
      const renews = renewalTime === undefined ? {} : { renewalTime };
      if (found === undefined) return { ...base, ...renews, trouble: absent(use) };
      return { ...base, ...renews, ...judged(pemOf(found), use, renewalTime, now) };
    } catch (thrown) {
      const { reason } = failureOf(thrown);
      return { ...base, trouble: { kind: 'unknown', reason } };
    }
  });
}

function refOf(apiVersion: string, kind: string, { namespace }: TlsUse, name: string): ObjectRef {
  return { apiVersion, kind, namespace, name };
}

/** A release may bring the Secret itself. */
function isSecret({ kind, metadata }: Manifest, { secret, namespace }: TlsUse, home: string) {
  return (
    kind === 'Secret' && metadata.name === secret && (metadata.namespace ?? home) === namespace
  );
}

/** Public parts alone: the key beside them is not looked at. */
function pemOf({ data }: Manifest): string {
  const text = (data as Readonly<Record<string, unknown>> | undefined)?.['tls.crt'];
  return typeof text === 'string' ? Buffer.from(text, 'base64').toString('latin1') : '';
}

async function renewalOf(client: ClusterClient, use: TlsUse): Promise<string | undefined> {
  if (use.certificate === undefined) return undefined;
  const ref = refOf('cert-manager.io/v1', 'Certificate', use, use.certificate);
  const found = await getIfKnown(client, ref);
  return textIn(found, 'renewalTime');
}

function textIn(object: LiveObject | undefined, key: string): string | undefined {
  const value = (object?.status as Readonly<Record<string, unknown>> | undefined)?.[key];
  return typeof value === 'string' ? value : undefined;
}

function absent({ secret, namespace, certificate }: TlsUse): Trouble {
  const reason =
    certificate === undefined
      ? `there is no Secret ${secret} in ${namespace}; users cannot be served by HTTPS until it is brought there`
      : `${certificate} is not issued yet`;
  return { kind: 'absent', reason };
}

function judged(
  pem: string,
  use: TlsUse,
  renewalTime: string | undefined,
  now: number,
): Pick<CertificateStatus, 'names' | 'notBefore' | 'notAfter' | 'daysLeft' | 'trouble'> {
  const leaf = leafOf(pem);
  if (leaf === undefined) {
    const reason = `the Secret ${use.secret} has no certificate in tls.crt`;
    return { trouble: { kind: use.certificate === undefined ? 'unusable' : 'absent', reason } };
  }
  const names = namesOf(leaf);
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  const seen = {
    names,
    notBefore: new Date(from).toISOString(),
    notAfter: new Date(to).toISOString(),
    daysLeft: Math.floor((to - now) / DAY_MILLISECONDS),
  };
  const trouble = troubleOf({ ...seen, from, to }, use, renewalTime, now);
  return trouble === undefined ? seen : { ...seen, trouble };
}

function troubleOf(
  seen: {
    readonly names: readonly string[];
    readonly from: number;
    readonly to: number;
    readonly daysLeft: number;
  },
  { hosts, certificate }: TlsUse,
  renewalTime: string | undefined,
  now: number,
): Trouble | undefined {
  const { names, from, to, daysLeft } = seen;
  const unusable = (reason: string): Trouble => ({ kind: 'unusable', reason });
  if (now >= to) return unusable(`its certificate expired on ${dayOf(to)}`);
  if (now < from) return unusable(`its certificate is not valid before ${dayOf(from)}`);
  const open = uncoveredHosts(hosts, names);
  if (open.length > 0) {
    const reason = `its certificate is for ${names.join(', ') || 'no name'}, and not for ${open.join(', ')}`;
    // cert-manager issues anew when names change.
    return certificate === undefined ? unusable(reason) : { kind: 'absent', reason };
  }
  const due = renewalTime === undefined ? Number.NaN : Date.parse(renewalTime);
  if (now - due > DAY_MILLISECONDS) {
    const reason = `it should have been renewed on ${dayOf(due)}, and expires on ${dayOf(to)}`;
    return { kind: 'soon', reason };
  }
  if (certificate === undefined && daysLeft < WARNED_DAYS) {
    return { kind: 'soon', reason: `it expires on ${dayOf(to)}, in ${daysLeft} days` };
  }
  return undefined;
}

const dayOf = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);

function leafOf(pem: string): X509Certificate | undefined {
  try {
    // Of a chain the first is the server's, and X509Certificate reads the first.
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Names of the subject alternative name; the common name is read by no browser. */
function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? []);
}

/**
 * Findings of a cluster that does not have the release yet: what would terminate TLS with a certificate that browsers
 * refuse is refused. Where the release runs already nothing is held up by it, since nobody would be served better.
 */
export function withoutUnusable(
  findings: readonly Finding[],
  certificates: readonly CertificateStatus[],
  home: string,
): readonly Finding[] {
  const bad = certificates.filter(({ trouble }) => trouble?.kind === 'unusable');
  if (bad.length === 0) return findings;
  return findings.map((finding) => {
    const uses = tlsUses([finding.manifest], home);
    const found = bad.find(({ secret }) => uses.some((use) => use.secret === secret));
    if (found === undefined || finding.refusal !== undefined) return finding;
    return { ...finding, refusal: `the Secret ${found.secret}: ${found.trouble?.reason ?? ''}` };
  });
}
