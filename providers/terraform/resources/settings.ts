/** Settings: the provider block as the options of sources and clusters. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { EdgeError } from '../../../constructs/parsing';
import type { SourceWorld } from '../../resources/source-world';
import type { Context, Diagnostic, Fields, Schema } from '../protocol/provider';
import { stepsOf } from '../schema/values';
import { attribute, textOf } from './attributes';
import { diagnosticsOf } from './diagnostics';
import { clusterMistakes, clustersAttribute } from './provider-clusters';

/** The schema of the provider block. */
export const settingsSchema: Schema = {
  version: 0,
  description:
    'littoral decides where software runs at the edge while Terraform plans: it reads where the requests come from, chooses the clusters, says how good the choice is, and rolls out what was reviewed.',
  attributes: [
    attribute(
      'base_directory',
      'string',
      'optional',
      'Relative paths start here. Default: the directory Terraform runs in.',
    ),
    attribute(
      'request_timeout_seconds',
      'number',
      'optional',
      'How long one request to an API server may take. Default `30`.',
    ),
    attribute(
      'powerdns_api_key',
      'string',
      'optional',
      'Key of the PowerDNS API for `littoral_traffic`, which may be ephemeral: it is in no state and no plan. Default: the environment variable `PDNS_API_KEY`, or what `powerdns` of the resource names.',
      { sensitive: true },
    ),
    clustersAttribute,
  ],
};

/** What is wrong with a provider block. */
export function settingsMistakes(settings: Fields): readonly Diagnostic[] {
  const mistakes = clusterMistakes(settings);
  return [...timeoutMistakes(settings), ...diagnosticsOf(mistakes, stepsOf)];
}

function timeoutMistakes({ request_timeout_seconds: seconds }: Fields): readonly Diagnostic[] {
  if (typeof seconds !== 'number' || (seconds > 0 && seconds <= 3600)) return [];
  return [
    {
      severity: 'error',
      summary: `Got ${seconds}, expected seconds, more than 0 and at most 3600.`,
      detail: 'Correct request_timeout_seconds, or leave it out.',
      path: ['request_timeout_seconds'],
    },
  ];
}

/** Where relative paths start. */
export function folderOf({ settings }: Context): string {
  const base = textOf(settings.base_directory) ?? '.';
  return base === '~' || base.startsWith('~/') ? resolve(homedir(), base.slice(2)) : resolve(base);
}

/** What reading a source needs. The clock is read here and nowhere else: only data sources ask for it. */
export function sourceWorldOf(context: Context): SourceWorld {
  return {
    now: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    folder: folderOf(context),
    environment: process.env,
  };
}

/** The environment, with the secrets of the provider block under the names by which they are looked up. */
export function secretEnvironmentOf({
  settings,
}: Context): Readonly<Record<string, string | undefined>> {
  const key = textOf(settings.powerdns_api_key);
  return key === undefined ? process.env : { ...process.env, PDNS_API_KEY: key };
}

/** How long a request to an API server may take; undefined: its default. */
export function requestSecondsOf({ settings }: Context): number | undefined {
  const seconds = settings.request_timeout_seconds;
  return typeof seconds === 'number' ? seconds : undefined;
}

/** The object in JSON text of the attribute `name`. Throws EdgeError. */
export function jsonOf(name: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new EdgeError({
    code: 'InvalidDocument',
    path: name,
    summary: `got a text that is no JSON object, expected a document as JSON`,
    remedy: `Give ${name} a document of littoral's data sources and resources, or jsonencode one.`,
  });
}
