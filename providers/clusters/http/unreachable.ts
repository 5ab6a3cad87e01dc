/** Why no answer came, as a sentence: from the error codes of sockets and TLS. */

import { ClusterError } from '../errors';
import { NotSent } from './connection';

/** What is known about a broken attempt. */
export interface Broken {
  readonly why: string;
  readonly remedy: string;
  readonly sent: boolean;
  readonly passing: boolean;
}

const trust = 'Correct certificate-authority-data of the cluster in the kubeconfig.';
const network = 'Check the network, the address in the kubeconfig and that the API server runs.';
const certificates: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ['its certificate is signed by itself', trust],
  SELF_SIGNED_CERT_IN_CHAIN: ['its certificate is signed by an unknown authority', trust],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['its certificate is signed by an unknown authority', trust],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['its certificate is signed by an unknown authority', trust],
  CERT_SIGNATURE_FAILURE: ['its certificate is signed by another authority', trust],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Renew the certificate of the API server.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'Set tls-server-name of the cluster in the kubeconfig.',
  ],
};
const beforeSending =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

/** Reads a broken attempt. Texts name codes, never what was sent. */
export function brokenBy(thrown: unknown, address: string): Broken {
  const cause = thrown instanceof NotSent ? thrown.cause : thrown;
  const code = codeOf(cause);
  const refused = typeof cause === 'object' && cause !== null && 'refused' in cause;
  const sent = !(thrown instanceof NotSent || refused || beforeSending.test(code));
  const known = certificates[code];
  if (known !== undefined) return { why: known[0], remedy: known[1], sent, passing: false };
  if (code === 'CLOSED') {
    const remedy = 'Open the cluster again.';
    return { why: 'its client is closed', remedy, sent: false, passing: false };
  }
  if (code === 'ENOTFOUND') {
    const why = `its name ${address} is unknown`;
    return { why, remedy: 'Correct server in the kubeconfig.', sent, passing: false };
  }
  if (/^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    const remedy = 'Log in again with the tool that wrote the context.';
    return { why: 'it does not accept the client certificate', remedy, sent, passing: false };
  }
  if (/^ERR_(SSL|OSSL|TLS|CRYPTO)/.test(code)) {
    const remedy = 'Correct the certificates and keys of the context.';
    return { why: `TLS fails (${code})`, remedy, sent, passing: false };
  }
  const timedOut = code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT';
  const why = timedOut
    ? `${address} does not answer`
    : code === 'ECONNREFUSED'
      ? `${address} refuses connections`
      : `the connection to ${address} broke${code === '' ? '' : ` (${code})`}`;
  return { why, remedy: network, sent, passing: !timedOut };
}

/** The error for a cluster that cannot be reached. */
export function unreachableError(cluster: string, { why, remedy, passing }: Broken): ClusterError {
  return new ClusterError({
    cluster,
    summary: `${cluster} cannot be reached: ${why}`,
    remedy,
    unreachable: true,
    retriable: passing || why.endsWith('does not answer'),
  });
}

/** The error for a cluster that did not answer in time. */
export function lateError(cluster: string, what: string, seconds: number, last?: Broken) {
  const because = last === undefined ? '' : `; last, ${last.why}`;
  return new ClusterError({
    cluster,
    summary: `${cluster} gave no answer within ${seconds} s to ${what}${because}`,
    remedy: last?.remedy ?? network,
    unreachable: true,
    retriable: true,
  });
}

function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return '';
  return typeof cause.code === 'string' ? cause.code : '';
}
