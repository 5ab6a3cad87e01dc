/** Extra authorities: NODE_EXTRA_CA_CERTS, read when a server of the web is first trusted, instead of at every start. */
import { readFileSync } from 'node:fs';
import tls, { type SecureContext, type SecureContextOptions } from 'node:tls';
import type { Log } from './log';

/** The variable in which the launcher hands on what it took from Node. */
export const handedOn = 'LITTORAL_EXTRA_CA_CERTS';

/** What makes a context another one than that of a plain client. */
const own: readonly (keyof SecureContextOptions)[] = [
  ...(['cert', 'key', 'pfx', 'passphrase', 'crl', 'ciphers', 'sigalgs', 'ecdhCurve'] as const),
  ...(['dhparam', 'secureOptions', 'secureProtocol', 'minVersion', 'maxVersion'] as const),
  ...(['sessionIdContext', 'ticketKeys', 'honorCipherOrder', 'privateKeyIdentifier'] as const),
];

/**
 * Makes connections that name no authorities trust those of Node and those of the file, which is what Node does when it is
 * started with NODE_EXTRA_CA_CERTS. Programs that this process starts, such as those that log in to clusters, get the
 * variable back. Nothing is read before the first such connection.
 */
export function deferExtraAuthorities(env: NodeJS.ProcessEnv, log: Log): void {
  const file = env[handedOn];
  if (file === undefined) return;
  delete env[handedOn];
  env.NODE_EXTRA_CA_CERTS = file;
  const create = tls.createSecureContext;
  let all: readonly string[] | undefined;
  let plain: SecureContext | undefined;
  tls.createSecureContext = (options = {}) => {
    if (options.ca !== undefined) return create(options);
    all ??= [...tls.rootCertificates, ...extraIn(file, log)];
    if (own.some((name) => options[name] !== undefined))
      return create({ ...options, ca: [...all] });
    // To parse all of them takes 30 ms: connections share what is the same.
    plain ??= create({ ca: [...all] });
    return plain;
  };
}

/** Node passes over a file that it cannot read, with a warning. */
function extraIn(file: string, log: Log): readonly string[] {
  try {
    const text = readFileSync(file, 'utf8');
    return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    log('warn', 'NODE_EXTRA_CA_CERTS cannot be read; its certificates are not trusted', { code });
    return [];
  }
}
