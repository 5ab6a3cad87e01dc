/** State origin: which state of Terraform a run works for, so that a run that was cut off is known again by the next one. */
import { readFileSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { digestOf } from '../../../constructs/model/canonical';

type Environment = Readonly<Record<string, string | undefined>>;

/** What says where a backend keeps a state. Everything else in its configuration is how to get there, or a secret. */
const locating = new Set([
  ...[
    'address',
    'bucket',
    'conn_str',
    'container_name',
    'endpoint',
    'endpoints',
    'host',
    'hostname',
  ],
  ...['key', 'namespace', 'organization', 'path', 'prefix', 'region', 'resource_group_name'],
  ...['schema_name', 'secret_suffix', 'storage_account_name', 'workspace_dir'],
  ...['workspace_key_prefix', 'workspaces'],
]);

/**
 * A digest of the backend and the workspace; of the machine and the folder where the state is a local file. Terraform
 * tells a provider neither, but starts it in the folder of the configuration, where `init` left both.
 */
export function stateOrigin(environment: Environment, folder: string): string {
  const { TFC_WORKSPACE_SLUG, TF_DATA_DIR, TF_WORKSPACE } = environment;
  if (TFC_WORKSPACE_SLUG) return digestOf({ slug: TFC_WORKSPACE_SLUG });
  const data = resolve(folder, TF_DATA_DIR || '.terraform');
  const workspace = TF_WORKSPACE || textIn(join(data, 'environment'))?.trim() || 'default';
  const backend = backendIn(textIn(join(data, 'terraform.tfstate')));
  const isLocal = backend === undefined || backend.type === 'local';
  const here = isLocal ? { machine: hostname(), folder: realpathSync(folder) } : {};
  return digestOf({ workspace, backend: backend ?? null, ...here });
}

interface Backend {
  readonly type: string;
  readonly config: Readonly<Record<string, string>>;
}

function backendIn(text: string | undefined): Backend | undefined {
  if (text === undefined) return undefined;
  try {
    const { backend } = JSON.parse(text) as {
      readonly backend?: { readonly type?: string; readonly config?: object | null } | null;
    };
    if (typeof backend?.type !== 'string') return undefined;
    const entries = Object.entries(backend.config ?? {}).filter(
      ([key, value]) => locating.has(key) && value !== null,
    );
    const config = entries.map(([key, value]) => [key, withoutPassword(JSON.stringify(value))]);
    return { type: backend.type, config: Object.fromEntries(config) };
  } catch {
    return undefined;
  }
}

function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/@]*@/g, '//').replace(/password=[^\s&"]*/gi, '');
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
