/** Probe: whether an address serves a host, asked as a user would: certificate by SNI, then a path; nothing is followed or kept. */
import { request as requestHttp } from 'node:http';
import { connect, isIPv6, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect as connectTls,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type TLSSocket,
} from 'node:tls';

/** What an address must answer. */
export interface ProbeQuestion {
  /** IPv4, IPv6, or the name of a load balancer. */
  readonly address: string;
  readonly port: number;
  /** Named by SNI and in Host; the certificate must cover it. */
  readonly host: string;
  readonly isSecure: boolean;
  /** Without a path it is enough to connect, and to have a valid certificate. */
  readonly path?: string;
  /** Statuses that count as well. */
  readonly statuses?: readonly number[];
  readonly timeoutMilliseconds: number;
  /** Certificate authorities (PEM) to trust instead of the usual ones. */
  readonly authorities?: string;
}

/** A certificate as a server showed it. */
export interface ShownCertificate {
  /** Names and addresses it is for. */
  readonly names: readonly string[];
  /** Who signed it, by its common name or organization. */
  readonly issuer: string;
  /** ISO 8601. */
  readonly notBefore: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

/** What came of a probe. */
export interface ProbeAnswer {
  /** Why it does not serve, in a few words; undefined when it does. */
  readonly reason: string | undefined;
  /** Also of a certificate that is not valid; undefined where none was shown. */
  readonly certificate: ShownCertificate | undefined;
}

/** Undefined when it serves; else why not, in a few words. */
export async function probe(question: ProbeQuestion): Promise<string | undefined> {
  return (await look(question)).reason;
}

/** Connects, judges the certificate, and only then asks for the path. */
export function look(question: ProbeQuestion): Promise<ProbeAnswer> {
  const { address: host, port, isSecure, timeoutMilliseconds, authorities } = question;
  const ca = authorities === undefined ? {} : { ca: authorities };
  return new Promise((resolve) => {
    let certificate: ShownCertificate | undefined;
    // What is not valid is still looked at, so that people learn why; nothing is sent to it.
    const socket = isSecure
      ? connectTls({ host, port, servername: question.host, rejectUnauthorized: false, ...ca })
      : connect({ host, port });
    const timer = setTimeout(() => end(late(timeoutMilliseconds)), timeoutMilliseconds);
    const end = (reason: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ reason, certificate });
    };
    socket.once('error', (error) => end(why(error)));
    socket.once('close', () => end('the connection was closed'));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => {
      if (isSecure) {
        const shown = (socket as TLSSocket).getPeerCertificate(true);
        certificate = shownCertificate(shown);
        const trouble = troubleOf(socket as TLSSocket, question.host, shown);
        if (trouble !== undefined) return end(trouble);
      }
      if (question.path === undefined) end(undefined);
      else ask(question, question.path, socket, end);
    });
  });
}

function ask(
  { host, statuses = [200] }: ProbeQuestion,
  path: string,
  socket: Socket,
  end: (reason: string | undefined) => void,
): void {
  const headers = { host, 'user-agent': 'littoral-probe', connection: 'close' };
  const request = requestHttp({ path, headers, createConnection: () => socket });
  request.once('response', ({ statusCode = 0 }) =>
    end(statuses.includes(statusCode) ? undefined : `${path} answers ${statusCode}`),
  );
  request.once('error', (error) => end(why(error)));
  request.end();
}

/** What a client that verifies would refuse. */
function troubleOf(
  { authorized, authorizationError }: TLSSocket,
  host: string,
  shown: PeerCertificate,
): string | undefined {
  if (!authorized) return why(authorizationError as unknown as Error | string);
  const mismatch = checkServerIdentity(host, shown);
  return mismatch === undefined ? undefined : why(mismatch);
}

function shownCertificate(shown: DetailedPeerCertificate): ShownCertificate | undefined {
  if (shown.raw === undefined) return undefined;
  const { subjectaltname = '', issuer, valid_from: from, valid_to: to } = shown;
  const names = subjectaltname.split(', ').filter((name) => name !== '');
  return {
    names: names.map((name) => name.replace(/^(DNS|IP Address):/, '')),
    issuer: [issuer.CN, issuer.O].flat().find((name) => name !== undefined) ?? '',
    notBefore: new Date(from).toISOString(),
    notAfter: new Date(to).toISOString(),
  };
}

const late = (milliseconds: number) => `no answer within ${milliseconds / 1000} s`;

function why(error: Error | string): string {
  const code =
    typeof error === 'string' ? error : ((error as NodeJS.ErrnoException).code ?? error.message);
  return certificateTroubles[code] ?? code;
}

const untrusted = 'its certificate is signed by nobody who is trusted';
const certificateTroubles: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
};

/** An address as it is written in a sentence with a port. */
export function endpointText(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
