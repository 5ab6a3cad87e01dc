/** The EdgeApp document of what a construct was given: what a placement reads, without what only a program can hold. */

import type { EdgeAppProps } from '../kubernetes/edge-app';
import { synthKeys } from '../kubernetes/props';
import { type DemandInput, parseDemand } from '../model/demand-document';
import type { Manifest } from '../model/workload';
import { API_VERSION, throwAll, unknownKeys } from '../parsing';
import type { EdgeApp } from '../policy';
import { type EdgeAppInput, parseEdgeApp, writtenDemand } from '../policy';
import { readProjectFile } from './stack-folder';

/** What runs and the policy that places it: an EdgeApp document, or the props of the construct EdgeApp. */
export interface AppProps extends Omit<EdgeAppProps, 'fleet' | 'policy' | 'demand'> {
  /** The placement policy of the app. */
  readonly policy?: EdgeAppInput['policy'] | EdgeApp['policy'];
  /** Where the demand of the app comes from. */
  readonly demand?: EdgeAppInput['demand'] | EdgeApp['demand'];
}

const appKeys = { ...synthKeys, policy: true, demand: true } as const;

/** An app with its document. */
export interface DocumentedApp {
  /** Parsed, with every default. */
  readonly app: EdgeApp;
  /** As it was written: it parses to `app`. */
  readonly document: object;
}

/** The document of `props`. Files that it names instead of a demand stay names, except `policy.assume`. Throws EdgeErrors. */
export function documented(props: AppProps): DocumentedApp {
  throwAll(unknownKeys(props, appKeys));
  const { name, workload, overrides, policy } = props;
  const demand = writtenDemand(props.demand);
  const document = {
    apiVersion: API_VERSION,
    kind: 'EdgeApp',
    name,
    ...(workload === undefined ? {} : { workload }),
    ...(workload === undefined ? objectsOf(props) : {}),
    ...(overrides === undefined ? {} : { overrides }),
    ...(policy === undefined ? {} : { policy: withAssumption(policy) }),
    ...(demand === undefined ? {} : { demand }),
  };
  return { app: parseEdgeApp(document), document };
}

/** Where the objects are from is all a placement may know of them; a chart is only a name. */
function objectsOf({ name, manifests, scaling, sizing }: AppProps) {
  const [size] = sizing ?? [];
  const { name: component, requestsPerRequest: _, ...rest } = size ?? { name: '' };
  const derived = size === undefined ? undefined : { component, ...rest };
  const scales = scaling ?? derived;
  return {
    manifests: manifests?.map(manifestName) ?? [`${name} (chart)`],
    ...(scales === undefined ? {} : { scaling: scales }),
  };
}

function manifestName(
  manifest: { readonly text: string; readonly file?: string } | Manifest,
): string {
  if ('text' in manifest) return (manifest.file as string | undefined) ?? 'manifests';
  const { kind, metadata } = manifest as Manifest;
  return `${kind}/${metadata.name}`;
}

/** A placement reads no file: the demand to assume goes with the app. */
function withAssumption(policy: NonNullable<AppProps['policy']>): unknown {
  const { assume } = policy as { readonly assume?: string | DemandInput };
  if (typeof assume !== 'string') return policy;
  const text = readProjectFile(assume, 'policy.assume');
  return { ...policy, assume: parseDemand(text, { file: assume }) };
}
