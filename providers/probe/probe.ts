/** Probe: whether an address serves a host, asked as a user would: certificate by SNI, then a path; nothing is followed or kept. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, isIPv6 } from 'node:net';
import { connect as connectTls } from 'node:tls';

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
  readonly authorities?: Buffer;
}

/** Undefined when it serves; else why not, in a few words. */
export function probe(question: ProbeQuestion): Promise<string | undefined> {
  return question.path === undefined ? connected(question) : answered(question, question.path);
}

function answered(question: ProbeQuestion, path: string): Promise<string | undefined> {
  const { address, port, host, isSecure, statuses = [200], timeoutMilliseconds } = question;
  const ask = isSecure ? requestHttps : requestHttp;
  return new Promise((resolve) => {
    const request = ask({
      host: address,
      port,
      path,
      servername: host,
      headers: { host, 'user-agent': 'littoral-probe' },
      agent: false,
      signal: AbortSignal.timeout(timeoutMilliseconds),
      ...(question.authorities === undefined ? {} : { ca: question.authorities }),
    });
    request.once('response', (response) => {
      const { statusCode = 0 } = response;
      response.destroy();
      resolve(statuses.includes(statusCode) ? undefined : `${path} answers ${statusCode}`);
    });
    request.once('error', (error) => resolve(why(error, timeoutMilliseconds)));
    request.end();
  });
}

function connected(question: ProbeQuestion): Promise<string | undefined> {
  const { address: host, port, isSecure, timeoutMilliseconds, authorities } = question;
  const ca = authorities === undefined ? {} : { ca: authorities };
  return new Promise((resolve) => {
    const socket = isSecure
      ? connectTls({ host, port, servername: question.host, ...ca })
      : connect({ host, port });
    const end = (reason?: string) => {
      socket.destroy();
      resolve(reason);
    };
    socket.setTimeout(timeoutMilliseconds, () => end(late(timeoutMilliseconds)));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => end());
    socket.once('error', (error) => end(why(error, timeoutMilliseconds)));
  });
}

const late = (milliseconds: number) => `no answer within ${milliseconds / 1000} s`;

function why(error: Error, timeoutMilliseconds: number): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError')
    return late(timeoutMilliseconds);
  const code = (error as NodeJS.ErrnoException).code ?? error.message;
  return certificateTroubles[code] ?? code;
}

const certificateTroubles: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by nobody who is trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by nobody who is trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for other names',
};

/** An address as it is written in a sentence with a port. */
export function endpointText(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
