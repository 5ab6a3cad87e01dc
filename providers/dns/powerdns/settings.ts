/** Settings: where the HTTP API of a PowerDNS is, and where its key is kept; the key itself is read at the last moment. */
import { EdgeError, z } from '../../../constructs/parsing';
import { readReferenced } from '../../sources/files/referenced-file';

/** Schema of the settings, for every wire. */
export const powerDnsSchema = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, 'an address such as http://127.0.0.1:8081')
    .describe('Address of the HTTP API, without /api/v1.'),
  server: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, 'the id of a server such as localhost')
    .default('localhost')
    .describe('Id of the server in the API.'),
  zone: z.string().min(1).optional().describe('Zone to write to. Default: that of the exposure.'),
  apiKeyEnv: z
    .string()
    .min(1)
    .optional()
    .describe('Environment variable with the API key. Default: PDNS_API_KEY.'),
  apiKeyFile: z.string().min(1).optional().describe('Instead: a file with the API key.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('Certificate authorities (PEM) to trust for https instead of the usual ones.'),
});

/** Where to write. */
export type PowerDnsSettings = z.output<typeof powerDnsSchema>;

/** Where relative paths start, and where variables are looked up. */
export interface SecretWorld {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The API key. Throws an EdgeError that names the variable or the file, never what is in it. */
export function readApiKey(
  { apiKeyEnv, apiKeyFile }: PowerDnsSettings,
  { folder, environment }: SecretWorld,
): string {
  if (apiKeyFile !== undefined) {
    const content = readReferenced(apiKeyFile, folder, 'powerdns.apiKeyFile');
    return usable(content.toString('utf8').trim(), `the file ${apiKeyFile}`, 'apiKeyFile');
  }
  const variable = apiKeyEnv ?? 'PDNS_API_KEY';
  return usable(environment[variable], `the environment variable ${variable}`, 'apiKeyEnv');
}

function usable(value: string | undefined, where: string, key: string): string {
  if (value !== undefined && /^[\x21-\x7e]+$/.test(value)) return value;
  const got = value === undefined ? 'is not set' : value === '' ? 'is empty' : 'has other letters';
  throw new EdgeError({
    code: 'SourceFailed',
    path: `powerdns.${key}`,
    summary: `${where} ${got}, expected the API key on one line, without blanks`,
    remedy: `Put the key of the PowerDNS API into ${where}.`,
  });
}
