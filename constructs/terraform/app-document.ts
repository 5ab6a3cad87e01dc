/** The EdgeApp document of what a construct was given: what a placement reads, without what only a program can hold. */

import type { EdgeAppProps } from '../kubernetes/edge-app';
import { synthKeys } from '../kubernetes/props';
import { isolationOf } from '../model/app/isolation';
import type { Manifest } from '../model/app/workload';
import { type DemandInput, parseDemand } from '../model/demand-document';
import { API_VERSION, EdgeError, pathText, quoted, throwAll, unknownKeys } from '../parsing';
import type { EdgeApp } from '../policy';
import { type EdgeAppInput, parseEdgeApp, withStandIns, writtenDemand } from '../policy';
import { Token } from './cdktf';
import { escaped, tokenIn, tokenKeyIn } from './escape';
import { readProjectFile } from './stack-folder';

/** What runs and the policy that places it: an EdgeApp document, or the props of the construct EdgeApp. */
export interface AppProps extends Omit<EdgeAppProps, 'fleet' | 'policy' | 'demand'> {
  /** The placement policy of the app. */
  readonly policy?: EdgeAppInput['policy'] | EdgeApp['policy'];
  /** Where the demand of the app comes from. */
  readonly demand?: EdgeAppInput['demand'] | EdgeApp['demand'];
}

const appKeys = { ...synthKeys, policy: true, demand: true, team: true } as const;

/** An app with its document. */
export interface DocumentedApp {
  /** Parsed, with every default. */
  readonly app: EdgeApp;
  /** As it was written: it parses to `app`, but for tokens, which have stand-ins there. */
  readonly document: object;
}

/** The document of `props`. Files that it names instead of a demand stay names, except `policy.assume`. Throws EdgeErrors, also for tokens on which the placement depends. */
export function documented(props: AppProps): DocumentedApp {
  throwAll(unknownKeys(props, appKeys));
  const { name, team, workload, overrides, policy, exposure } = props;
  const demand = writtenDemand(props.demand);
  const document = {
    apiVersion: API_VERSION,
    kind: 'EdgeApp',
    name,
    ...(team === undefined ? {} : { team }),
    ...(workload === undefined ? {} : { workload }),
    ...(workload === undefined ? objectsOf(props) : {}),
    ...(overrides === undefined ? {} : { overrides }),
    ...(policy === undefined ? {} : { policy: withAssumption(policy) }),
    ...(demand === undefined ? {} : { demand }),
    ...(exposure === undefined ? {} : { exposure }),
    ...isolationOf(props),
  };
  const key = tokenKeyIn(document);
  const { document: filled, relevant } = withStandIns(document, (value) =>
    Token.isUnresolved(value),
  );
  const [path] = key === undefined ? relevant : [key];
  if (path !== undefined) throw tokenInApp(name, pathText(path));
  return { app: parseEdgeApp(filled), document };
}

/** An app document as an argument: as text, and as an object where it holds tokens, so that Terraform knows all but these. */
export function documentArgument(document: object): unknown {
  const whole = { apiVersion: API_VERSION, kind: 'EdgeApp', ...document };
  return tokenIn(whole) === undefined ? escaped(JSON.stringify(whole)) : escaped(whole);
}

function tokenInApp(name: string, path: string): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path,
    summary: `got a value in the app ${quoted(name)} that only Terraform will know, and on which its placement depends`,
    remedy:
      'Write the value itself: only what runs, such as an image or an environment, may wait for Terraform.',
  });
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
