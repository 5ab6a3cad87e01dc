/** Credential: what a kubeconfig user proves himself with, how old it is and until when it counts; never the secret itself. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { besideKubeconfig, type KubeContext } from '../clusters/auth/kubeconfig';

/** How somebody proves who he is. */
export type CredentialKind =
  | 'token'
  | 'token file'
  | 'client certificate'
  | 'program'
  | 'password'
  | 'auth-provider'
  | 'none';

/** What is known of a credential without asking anybody. */
export interface Credential {
  readonly cluster: string;
  /** The kubeconfig that has it. */
  readonly file: string;
  readonly kind: CredentialKind;
  /** Who it says that he is; absent where only the server can tell. */
  readonly subject?: string;
  /** ISO 8601. */
  readonly issuedAt?: string;
  /** ISO 8601; absent: never, or unknown. */
  readonly expiresAt?: string;
  /** The Secret that a token is bound to: deleting it ends the token. */
  readonly boundTo?: { readonly namespace: string; readonly name: string; readonly uid?: string };
  /** The ServiceAccount of a token. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  /** Until when the authority counts that the server is trusted by, ISO 8601: the first of several to end. */
  readonly authorityExpiresAt?: string;
  /** What should be otherwise, a sentence each. */
  readonly remarks: readonly string[];
}

/** Looks at the credential of a context. Runs no program and asks no server. */
export function credentialOf(context: KubeContext): Credential {
  const { name: cluster, file, user } = context;
  const base = { cluster, file };
  const remarks: string[] = [];
  if (context.cluster['insecure-skip-tls-verify'] === true) {
    remarks.push('the certificate of the server is not checked: insecure-skip-tls-verify');
  }
  const authority = authorityOf(context, remarks);
  const found = ((): Omit<Credential, 'cluster' | 'file' | 'remarks'> => {
    if (user.tokenFile)
      return { kind: 'token file', ...tokenFacts(textOf(context, user.tokenFile)) };
    if (user.token) {
      const facts = tokenFacts(user.token);
      if (facts.expiresAt === undefined)
        remarks.push('the token never expires, or does not say when');
      return { kind: 'token', ...facts };
    }
    if (user.username) {
      remarks.push('a password never expires');
      return { kind: 'password', subject: user.username };
    }
    if (user.exec) return { kind: 'program', subject: user.exec.command };
    if (user['auth-provider'])
      return { kind: 'auth-provider', subject: user['auth-provider'].name };
    const pem = pemOf(context, 'client-certificate', user);
    return pem === undefined
      ? { kind: 'none' }
      : { kind: 'client certificate', ...certificateFacts(pem, remarks) };
  })();
  return { ...base, ...found, ...authority, remarks };
}

interface Claims {
  readonly sub?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
  readonly 'kubernetes.io'?: {
    readonly namespace?: string;
    readonly serviceaccount?: { readonly name?: string };
    readonly secret?: { readonly name?: string; readonly uid?: string };
  };
  readonly 'kubernetes.io/serviceaccount/namespace'?: string;
  readonly 'kubernetes.io/serviceaccount/service-account.name'?: string;
  readonly 'kubernetes.io/serviceaccount/secret.name'?: string;
}

type TokenFacts = Pick<
  Credential,
  'subject' | 'issuedAt' | 'expiresAt' | 'boundTo' | 'serviceAccount'
>;

/** What a JSON Web Token says of itself (RFC 7519); nothing of a token that is none. Whether it is true is for the server. */
export function tokenFacts(token: string): TokenFacts {
  const claims = claimsOf(token);
  const own = claims['kubernetes.io'];
  const namespace = own?.namespace ?? claims['kubernetes.io/serviceaccount/namespace'];
  const account =
    own?.serviceaccount?.name ?? claims['kubernetes.io/serviceaccount/service-account.name'];
  const secret = own?.secret?.name ?? claims['kubernetes.io/serviceaccount/secret.name'];
  const uid = own?.secret?.uid;
  return {
    ...(typeof claims.sub === 'string' ? { subject: claims.sub } : {}),
    ...(typeof claims.iat === 'number' ? { issuedAt: instantOf(claims.iat * 1000) } : {}),
    ...(typeof claims.exp === 'number' ? { expiresAt: instantOf(claims.exp * 1000) } : {}),
    ...(namespace !== undefined && secret !== undefined
      ? { boundTo: { namespace, name: secret, ...(uid === undefined ? {} : { uid }) } }
      : {}),
    ...(namespace !== undefined && account !== undefined
      ? { serviceAccount: { namespace, name: account } }
      : {}),
  };
}

function claimsOf(token: string): Claims {
  try {
    const [, payload = ''] = token.trim().split('.');
    const read: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return typeof read === 'object' && read !== null ? (read as Claims) : {};
  } catch {
    return {};
  }
}

function certificateFacts(pem: string, remarks: string[]) {
  const [first] = certificatesIn(pem);
  if (first === undefined) {
    remarks.push('the client certificate cannot be read');
    return {};
  }
  const subject = first.subject.split('\n').join(', ');
  if (/\bO=system:masters\b/.test(subject)) {
    remarks.push('it belongs to system:masters, which no role can narrow');
  }
  return {
    subject,
    issuedAt: instantOf(Date.parse(first.validFrom)),
    expiresAt: instantOf(Date.parse(first.validTo)),
  };
}

function authorityOf(
  context: KubeContext,
  remarks: string[],
): { readonly authorityExpiresAt?: string } {
  const pem = pemOf(context, 'certificate-authority', context.cluster);
  if (pem === undefined) return {};
  const ends = certificatesIn(pem).map(({ validTo }) => Date.parse(validTo));
  if (ends.length === 0) {
    remarks.push('the certificate of the authority cannot be read');
    return {};
  }
  return { authorityExpiresAt: instantOf(Math.min(...ends)) };
}

function certificatesIn(pem: string): readonly X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block)];
    } catch {
      return [];
    }
  });
}

/** PEM in base64, or the file that has it; undefined where neither is, or the file cannot be read: asking says so. */
function pemOf(context: KubeContext, key: string, from: object): string | undefined {
  const entry = from as Readonly<Record<string, unknown>>;
  const data = entry[`${key}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const path = entry[key];
  if (typeof path !== 'string' || path === '') return undefined;
  const file = key === 'certificate-authority' ? context.clusterFile : context.userFile;
  return fileText(besideKubeconfig(file, path));
}

function textOf(context: KubeContext, path: string): string {
  return fileText(besideKubeconfig(context.userFile, path)) ?? '';
}

function fileText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function instantOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}
