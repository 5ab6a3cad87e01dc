/** Why no answer came, as a sentence: from the error codes of sockets and TLS. */

import type { ProxyChoice } from '../../proxy/environment';
import type { AccessSource } from '../auth/access-source';
import { DeadlinePassed } from '../deadline';
import { ClusterError, type Fault } from '../errors';
import { NotSent } from './connection';

/** What is known about a broken attempt. */
export interface Broken {
  readonly why: string;
  readonly remedy: string;
  readonly sent: boolean;
  readonly passing: boolean;
  /** Who has to mend it, where that is not the cluster. */
  readonly fault?: Exclude<Fault, 'unreachable'>;
}

/** The way to a server, as far as messages speak of it. */
export interface WayWords {
  /** host:port */
  readonly address: string;
  readonly source: AccessSource;
  readonly proxy?: ProxyChoice | undefined;
}

/** What to do about a server that gives no answer. */
export function askNetwork({ place }: AccessSource): string {
  return `Check the network, the address in ${place} and that the API server runs.`;
}

type Remedy = (source: AccessSource) => string;
const trust: Remedy = ({ authority }) => `Correct ${authority}.`;
const expired: Remedy = () =>
  'Renew the certificate of the API server; check the clock of this machine, too.';
const certificates: Readonly<Record<string, readonly [why: string, remedy: Remedy]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself', trust],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is signed by an unknown authority', trust],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is signed by an unknown authority', trust],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate is signed by an unknown authority', trust],
  CERT_SIGNATURE_FAILURE: ['its certificate is signed by another authority', trust],
  CERT_HAS_EXPIRED: ['its certificate has expired', expired],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', expired],
  CERT_REVOKED: ['its certificate is revoked', trust],
  CERT_UNTRUSTED: ['its certificate is not trusted', trust],
  CERT_REJECTED: ['its certificate is rejected', trust],
  INVALID_CA: ['its certificate is signed by what is no authority', trust],
  UNABLE_TO_GET_ISSUER_CERT: ['its certificate is signed by an unknown authority', trust],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    ({ serverName }) => `Set ${serverName}.`,
  ],
};
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Reads a broken attempt. Texts name codes, never what was sent. */
export function brokenBy(thrown: unknown, way: WayWords): Broken {
  const { address, source } = way;
  const cause = thrown instanceof NotSent ? thrown.cause : thrown;
  const code = codeOf(cause);
  const refused = typeof cause === 'object' && cause !== null && 'refused' in cause;
  const sent = !(thrown instanceof NotSent || refused || beforeSending.test(code));
  const ofProxy = brokenByProxy(cause, code, way);
  if (ofProxy !== undefined) return { ...ofProxy, sent: false };
  const ours = faultyWay(code, way);
  if (ours !== undefined) return { ...ours, sent };
  if (code === 'CLOSED') {
    const remedy = 'Open the cluster again.';
    return { why: 'its client is closed', remedy, sent: false, passing: false };
  }
  const timedOut =
    cause instanceof DeadlinePassed || code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const why = timedOut
    ? `${address} does not answer`
    : code === 'ECONNREFUSED'
      ? `${address} refuses connections`
      : `the connection to ${address} broke${code === '' ? '' : ` (${code})`}`;
  return { why, remedy: askNetwork(source), sent, passing: !timedOut };
}

/** What the proxy did not do: only where it says that it cannot reach the cluster is anything known about the cluster. */
function brokenByProxy(
  cause: unknown,
  code: string,
  { address, source, proxy }: WayWords,
): Omit<Broken, 'sent'> | undefined {
  if (proxy === undefined) return undefined;
  const { url, from } = proxy;
  const network = askNetwork(source);
  const name = `the proxy ${url.host} (${from})`;
  const remedy =
    from === 'proxy-url'
      ? `Correct ${source.proxy}.`
      : `Correct ${from}, or except the address in NO_PROXY.`;
  const fault = 'misconfigured' as const;
  const status = Number(
    /Proxy response \((\d+)\)/.exec(cause instanceof Error ? cause.message : '')?.[1],
  );
  if (status >= 500) {
    const why = `${name} answers ${status} for ${address}`;
    return { why, remedy: network, passing: true };
  }
  if (status === 407) {
    return { why: `${name} asks for a user name and a password`, remedy, passing: false, fault };
  }
  if (!Number.isNaN(status)) {
    const why = `${name} does not let us through to ${address} (${status})`;
    return { why, remedy, passing: false, fault };
  }
  const answer = /^SOCKS5: (.*)$/.exec(cause instanceof Error ? cause.message : '')?.[1] ?? '';
  const said = / rejected connection - (\w+)/.exec(answer)?.[1];
  if (said !== undefined && said !== 'NotAllowed') {
    return { why: `${name} does not reach ${address} (${said})`, remedy: network, passing: true };
  }
  if (said !== undefined || /authentication/i.test(answer)) {
    const what =
      said === undefined
        ? 'wants another user name or password'
        : `does not let us through to ${address}`;
    return { why: `${name} ${what}`, remedy, passing: false, fault };
  }
  if (!beforeSending.test(code) && code !== 'ETIMEDOUT') return undefined;
  return { why: `${name} cannot be reached (${code})`, remedy, passing: false, fault };
}

/** What is wrong on our side of the way: then nothing is known about the cluster, however long it lasts. */
function faultyWay(code: string, { address, source }: WayWords): Omit<Broken, 'sent'> | undefined {
  const misconfigured = { passing: false, fault: 'misconfigured' as const };
  const known = certificates[code];
  if (known !== undefined) return { why: known[0], remedy: known[1](source), ...misconfigured };
  if (code === 'ENOTFOUND') {
    const remedy = `Correct ${source.server}, or connect to the network that knows the name; where the cluster is gone for good, ${source.forget}.`;
    return { why: `its name ${address} is unknown`, remedy, ...misconfigured };
  }
  if (code === 'EAI_AGAIN') {
    const why = `its name ${address} cannot be looked up here (${code})`;
    return {
      why,
      remedy: 'Check the name server of this machine.',
      ...misconfigured,
      passing: true,
    };
  }
  if (/^(ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/.test(code)) {
    const why = `this machine has no way to ${address} (${code})`;
    return { why, remedy: 'Check the network of this machine.', ...misconfigured, passing: true };
  }
  if (/^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    const why = 'it does not accept the client certificate';
    return { why, remedy: source.login, passing: false, fault: 'forbidden' };
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    const remedy = `Correct ${source.server}: http:// for a server without TLS, or another port.`;
    return { why: `${address} does not speak TLS`, remedy, ...misconfigured };
  }
  if (/^ERR_(SSL|OSSL|TLS|CRYPTO)/.test(code)) {
    const remedy = `Correct the certificates and keys in ${source.place}.`;
    return { why: `TLS fails (${code})`, remedy, ...misconfigured };
  }
  return undefined;
}

/** The error for a cluster that cannot be reached. */
export function unreachableError(cluster: string, broken: Broken): ClusterError {
  const { why, remedy, passing, fault } = broken;
  return new ClusterError({
    cluster,
    summary: `${cluster} cannot be reached: ${why}`,
    remedy,
    unreachable: fault === undefined,
    ...(fault === 'forbidden' ? { reason: 'Unauthorized' } : {}),
    retriable: passing || why.endsWith('does not answer'),
  });
}

/** The error for a cluster of which nobody knows yet how it is reached, because it is only being made. */
export function laterError(cluster: string): ClusterError {
  return new ClusterError({
    cluster,
    summary: `${cluster} cannot be reached yet: how is known only after other resources are applied`,
    remedy: 'Apply: it is reached once they are there.',
    unreachable: true,
    retriable: false,
  });
}

/** The error for a cluster that did not answer in time. */
export function lateError(
  { name: cluster, source }: { readonly name: string; readonly source: AccessSource },
  what: string,
  seconds: number,
  last?: Broken,
) {
  const because = last === undefined ? '' : `; last, ${last.why}`;
  return new ClusterError({
    cluster,
    summary: `${cluster} gave no answer within ${seconds} s to ${what}${because}`,
    remedy: last?.remedy ?? askNetwork(source),
    unreachable: last?.fault === undefined,
    retriable: true,
  });
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}
