/** Issuance: how many certificates a plan asks of an authority, and whether its limits let it. Source: Let's Encrypt, Rate Limits, August 2026. */
import { byCodeUnits } from '../model/canonical';
import { EdgeError } from '../parsing';

/** On a Certificate: whose limits count for it. */
export const AUTHORITY_ANNOTATION = 'littoral.dev/certificate-authority';

/** On a Certificate: domain of its authority in CAA records, which are looked up where it is there. */
export const CAA_ANNOTATION = 'littoral.dev/certificate-caa';
/** Beside it: dns-01 or http-01, as CAA records name what an authority checks. */
export const CHALLENGE_ANNOTATION = 'littoral.dev/certificate-challenge';

/** A certificate that one cluster asks for, or has asked for. */
export interface CertificateRequest {
  readonly cluster: string;
  /** Of one authority, such as letsencrypt. */
  readonly authority: string;
  readonly names: readonly string[];
  /** Milliseconds since 1970 of the one that is there; undefined: it is to be issued now. */
  readonly issuedAtMilliseconds?: number;
}

/** Limits of an authority. */
interface Limits {
  readonly title: string;
  /** Certificates for exactly the same names, in seven days. */
  readonly identical: number;
  /** Sets of names that are new, under one registered domain, in seven days. */
  readonly perDomain: number;
}

const limits: Readonly<Record<string, Limits>> = {
  letsencrypt: { title: "Let's Encrypt", identical: 5, perDomain: 50 },
};
const WEEK_MILLISECONDS = 7 * 24 * 3600 * 1000;

/** The list of public suffixes takes 20 ms to load, and is needed where an authority has limits alone. */
const suffixes = () => require('./registered-domain') as typeof import('./registered-domain');

/**
 * What an authority would not issue; none where nothing is to be issued. A renewal of the same names counts against
 * the first limit alone, so certificates of other weeks only count against neither.
 */
export function issuanceMistakes(
  requests: readonly CertificateRequest[],
  nowMilliseconds: number,
): readonly EdgeError[] {
  return byAuthority(requests).flatMap(([limit, all]) => [
    ...identicalMistakes(limit, all, nowMilliseconds),
    ...domainMistakes(limit, all, nowMilliseconds),
  ]);
}

/** Clusters that will renew the same certificate more often than the authority issues it in a week, one sentence each. */
export function issuanceWarnings(requests: readonly CertificateRequest[]): readonly string[] {
  return byAuthority(requests).flatMap(([{ title, identical }, all]) =>
    [...byNames(all)].flatMap(([names, same]) =>
      same.length <= identical
        ? []
        : [
            `${same.length} clusters have a certificate of ${title} each for ${names}; those that are renewed within one week fail beyond ${identical}`,
          ],
    ),
  );
}

function identicalMistakes(
  { title, identical }: Limits,
  requests: readonly CertificateRequest[],
  now: number,
): readonly EdgeError[] {
  return [...byNames(requests)].flatMap(([names, same]) => {
    const fresh = same.filter(isToBeIssued);
    const recent = same.filter((one) => !isToBeIssued(one) && isRecent(one, now));
    const total = fresh.length + recent.length;
    if (fresh.length === 0 || total <= identical) return [];
    const clusters = listed(fresh.map(({ cluster }) => cluster));
    const before =
      recent.length === 0 ? '' : `, after ${recent.length} in the seven days before this`;
    return [
      mistake(
        `${title} issues ${identical} certificates for the same names in seven days, and ${fresh.length} are asked for (${names}, in ${clusters})${before}`,
        'Set exposure.tls.issuer.names to perCluster, so that no two clusters have the same names, or issue one certificate, bring it to every cluster and name it in exposure.tls.secret, or add fewer clusters a week.',
      ),
    ];
  });
}

function domainMistakes(
  { title, perDomain }: Limits,
  requests: readonly CertificateRequest[],
  now: number,
): readonly EdgeError[] {
  const fresh = new Map<string, Set<string>>();
  const recent = new Map<string, Set<string>>();
  for (const [names, same] of byNames(requests)) {
    const known = same.filter((one) => !isToBeIssued(one));
    // Of a set that was issued before, every further certificate is a renewal.
    const into = known.length === 0 ? fresh : known.every((one) => isRecent(one, now)) && recent;
    if (into === false) continue;
    for (const domain of domainsOf(same[0]?.names ?? [])) {
      into.set(domain, (into.get(domain) ?? new Set()).add(names));
    }
  }
  return [...fresh.keys()].sort(byCodeUnits).flatMap((domain) => {
    const count = fresh.get(domain)?.size ?? 0;
    const before = recent.get(domain)?.size ?? 0;
    if (count + before <= perDomain) return [];
    const also = before === 0 ? '' : `, after ${before} in the seven days before this`;
    return [
      mistake(
        `${title} issues ${perDomain} new certificates under ${domain} in seven days, and ${count} are asked for${also}`,
        'Use one certificate for a wildcard, brought to every cluster and named in exposure.tls.secret, or add fewer clusters and hosts a week.',
      ),
    ];
  });
}

function byAuthority(requests: readonly CertificateRequest[]) {
  return Object.keys(limits)
    .sort(byCodeUnits)
    .map((name) => [limits[name]!, requests.filter(({ authority }) => authority === name)] as const)
    .filter(([, all]) => all.length > 0);
}

function byNames(
  requests: readonly CertificateRequest[],
): ReadonlyMap<string, readonly CertificateRequest[]> {
  const sets = new Map<string, CertificateRequest[]>();
  for (const one of requests) {
    const names = [...new Set(one.names)].sort(byCodeUnits).join(' ');
    const same = sets.get(names);
    if (same === undefined) sets.set(names, [one]);
    else same.push(one);
  }
  return sets;
}

function domainsOf(names: readonly string[]): ReadonlySet<string> {
  const { registeredDomain } = suffixes();
  return new Set(names.map((name) => registeredDomain(name.replace(/^\*\./, ''))));
}

const isToBeIssued = ({ issuedAtMilliseconds }: CertificateRequest) =>
  issuedAtMilliseconds === undefined;

const isRecent = ({ issuedAtMilliseconds = 0 }: CertificateRequest, now: number) =>
  now - issuedAtMilliseconds < WEEK_MILLISECONDS;

const MOST_CLUSTERS = 10;

function listed(clusters: readonly string[]): string {
  const shown = [...clusters].sort(byCodeUnits).slice(0, MOST_CLUSTERS).join(', ');
  const rest = clusters.length - MOST_CLUSTERS;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function mistake(summary: string, remedy: string): EdgeError {
  return new EdgeError({ code: 'GuardStopped', path: 'exposure.tls.issuer', summary, remedy });
}
