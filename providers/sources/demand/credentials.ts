/** Credentials by reference: reads them from files and the environment at the last moment, and keeps them out of every text. */
import { EdgeError } from '../../../constructs/parsing';
import { readReferenced } from '../files/referenced-file';
import type { PrometheusSource } from './prometheus-config';
import { prometheusPath } from './prometheus-document';

/** What a request carries, and the texts that may never be printed. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: Buffer;
    readonly cert?: Buffer;
    readonly key?: Buffer;
    readonly servername?: string;
  };
  /** How the request proves who asks, in words without secrets. */
  readonly described: string;
  readonly secrets: readonly string[];
}

/** Where relative paths start and where variables are looked up. */
export interface CredentialContext {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Reads what `source` refers to. Throws an EdgeError that names the file or variable, never its content. */
export function readCredentials(source: PrometheusSource, context: CredentialContext): Credentials {
  const { tenant, tls, basic } = source;
  const { folder } = context;
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  let described = 'without credentials';
  if (tenant !== undefined) headers['x-scope-orgid'] = tenant;
  const token = secret(source.bearerTokenFile, source.bearerTokenEnv, 'bearerToken', context);
  if (token !== undefined) {
    headers.authorization = `Bearer ${token}`;
    secrets.push(token);
    described = 'with the bearer token';
  }
  if (basic !== undefined) {
    const password = secret(basic.passwordFile, basic.passwordEnv, 'basic.password', context) ?? '';
    const encoded = Buffer.from(`${basic.username}:${password}`).toString('base64');
    headers.authorization = `Basic ${encoded}`;
    secrets.push(password, encoded);
    described = `as user ${basic.username}`;
  }
  const pem = (key: 'caFile' | 'certFile' | 'keyFile') => {
    const file = tls?.[key];
    return file === undefined
      ? undefined
      : readReferenced(file, folder, `${prometheusPath}.tls.${key}`);
  };
  const [ca, cert, key] = [pem('caFile'), pem('certFile'), pem('keyFile')];
  if (cert !== undefined) described += ', with a client certificate';
  return {
    headers,
    tls: {
      ...(ca && { ca }),
      ...(cert && { cert }),
      ...(key && { key }),
      ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
    },
    described,
    secrets,
  };
}

/** `text` with every secret of four characters or more replaced by ***, also where it was percent-encoded. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((one) => [one, encodeURIComponent(one)])
    .filter((one) => one.length >= 4)
    .sort((a, b) => b.length - a.length)
    .reduce((clean, one) => clean.replaceAll(one, '***'), text);
}

function secret(
  file: string | undefined,
  variable: string | undefined,
  key: string,
  { folder, environment }: CredentialContext,
): string | undefined {
  if (variable !== undefined) {
    const value = environment[variable];
    return usable(value, `the environment variable ${variable}`, `${key}Env`);
  }
  if (file === undefined) return undefined;
  const content = readReferenced(file, folder, `${prometheusPath}.${key}File`);
  return usable(content.toString('utf8').trim(), `the file ${file}`, `${key}File`);
}

function usable(value: string | undefined, what: string, key: string): string {
  if (value !== undefined && /^[\x20-\x7e\x80-\uffff]+$/.test(value)) return value;
  const got = value === undefined ? 'is not set' : value === '' ? 'is empty' : 'has line breaks';
  throw new EdgeError({
    code: 'SourceFailed',
    path: `${prometheusPath}.${key}`,
    summary: `${what} ${got}; expected a secret on one line`,
    remedy: `Put the secret into ${what}.`,
  });
}
