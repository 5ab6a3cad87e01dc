/** What one API server says about its cluster: ready or not, what is left on its nodes, and which cloud region they are in. */
import { ClusterError } from '../../clusters/errors';
import { codeOf } from '../demand/exchange';
import type { ApiServer, Connect, ContextReference } from './kube-context';
import {
  type Capacity,
  capacityOf,
  noCapacity,
  type PodPart,
  plus,
  remaining,
  requestsOf,
} from './quantities';

/** What was seen, or why nothing could be seen. */
export type Observation =
  | {
      readonly reachable: true;
      readonly allocatable: Capacity;
      /** True when every node is cordoned. */
      readonly cordoned: boolean;
      /** Value of topology.kubernetes.io/region of most nodes. */
      readonly region?: string;
      /** By the scheme of providerID, e.g. aws. */
      readonly provider?: string;
      readonly warnings: readonly string[];
    }
  | { readonly reachable: false; readonly why: string };

/** How to look. */
export interface ObserveOptions {
  readonly connect: Connect;
  readonly deadlineMilliseconds: number;
  /** Subtract the requests of pods that littoral does not manage. */
  readonly subtractOthers: boolean;
}

interface NodePart {
  readonly metadata?: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly providerID?: string;
    readonly taints?: readonly { readonly effect?: string; readonly key?: string }[];
  };
  readonly status?: {
    readonly allocatable?: Readonly<Record<string, string>>;
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
  };
}

/** The label on everything littoral puts into a cluster. */
const ours: readonly [string, string] = ['app.kubernetes.io/managed-by', 'littoral'];
const providers: Readonly<Record<string, string>> = { gce: 'gcp', hcloud: 'hetzner' };
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];
const pageSize = 500;

/** An answer that is not what was asked for. */
class Refused extends Error {}

/** Looks at one cluster. Never throws: a cluster that cannot be read is unreachable, with the reason and without secrets. */
export async function observeCluster(
  reference: ContextReference,
  options: ObserveOptions,
): Promise<Observation> {
  const signal = AbortSignal.timeout(options.deadlineMilliseconds);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    // A credential plugin may hang, too, and knows no signal.
    return await Promise.race([look(reference, options, signal), late]);
  } catch (error) {
    if (error instanceof Refused) return { reachable: false, why: error.message };
    if (signal.aborted) {
      const seconds = options.deadlineMilliseconds / 1000;
      return { reachable: false, why: `no answer within ${seconds} s` };
    }
    if (error instanceof ClusterError) {
      const known = `${reference.context} cannot be reached: `;
      return { reachable: false, why: error.summary.replace(known, '') };
    }
    const code = codeOf(error);
    const why = code === undefined ? 'its credentials cannot be used' : `no connection (${code})`;
    return { reachable: false, why };
  }
}

async function look(
  reference: ContextReference,
  { connect, subtractOthers }: ObserveOptions,
  signal: AbortSignal,
): Promise<Observation> {
  const server = await connect(reference);
  try {
    await expectReady(server, signal);
    const nodes = (await list(server, '/api/v1/nodes', signal)) as readonly NodePart[];
    const pods = subtractOthers
      ? ((await list(server, podsPath, signal)) as readonly PodPart[])
      : [];
    return summary(nodes, pods);
  } finally {
    server.close();
  }
}

const podsPath = `/api/v1/pods?fieldSelector=${encodeURIComponent('status.phase!=Succeeded,status.phase!=Failed')}`;

async function expectReady(server: ApiServer, signal: AbortSignal): Promise<void> {
  const { status } = await server.get('/readyz', signal);
  // Some providers close /readyz to users; then the lists below say enough.
  if (status === 200 || status === 401 || status === 403 || status === 404) return;
  throw new Refused(`/readyz answers ${status}`);
}

async function list(
  server: ApiServer,
  path: string,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let next = '';
  do {
    const page = `limit=${pageSize}${next === '' ? '' : `&continue=${encodeURIComponent(next)}`}`;
    const { status, text } = await server.get(
      `${path}${path.includes('?') ? '&' : '?'}${page}`,
      signal,
    );
    const short = path.split('?')[0];
    if (status !== 200) throw new Refused(`GET ${short} answers ${status}`);
    const body = tryJson(text) as
      | { readonly items?: unknown; readonly metadata?: { readonly continue?: string } }
      | undefined;
    if (!Array.isArray(body?.items)) throw new Refused(`GET ${short} answers no list`);
    items.push(...body.items);
    next = body.metadata?.continue ?? '';
  } while (next !== '');
  return items;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function summary(nodes: readonly NodePart[], pods: readonly PodPart[]): Observation {
  const usable = nodes.filter(isUsable);
  const names = new Set(usable.map((node) => node.metadata?.name));
  const whole = usable.map((node) => capacityOf(node.status?.allocatable)).reduce(plus, noCapacity);
  const taken = pods
    .filter(
      ({ spec, metadata }) => names.has(spec?.nodeName) && metadata?.labels?.[ours[0]] !== ours[1],
    )
    .map(requestsOf)
    .reduce(plus, noCapacity);
  const ready = nodes.filter(isReady);
  const region = mostCommon(nodes.map(regionOf));
  const provider = mostCommon(nodes.map(providerOf));
  const cordoned = ready.length > 0 && ready.every((node) => node.spec?.unschedulable === true);
  const warnings =
    usable.length > 0 || cordoned ? [] : [`none of its ${nodes.length} nodes takes pods`];
  return {
    reachable: true,
    allocatable: remaining(whole, taken),
    cordoned,
    ...(region === undefined ? {} : { region }),
    ...(provider === undefined ? {} : { provider }),
    warnings,
  };
}

function isReady({ status }: NodePart): boolean {
  return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
}

/** Ready, and open to pods that tolerate nothing. */
function isUsable(node: NodePart): boolean {
  const closed = node.spec?.taints?.some(
    ({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute',
  );
  return isReady(node) && node.spec?.unschedulable !== true && closed !== true;
}

function regionOf({ metadata }: NodePart): string | undefined {
  return regionLabels.map((label) => metadata?.labels?.[label]).find((value) => value);
}

function providerOf({ spec }: NodePart): string | undefined {
  const scheme = /^([a-z0-9-]+):\/\//.exec(spec?.providerID ?? '')?.[1];
  return scheme === undefined ? undefined : (providers[scheme] ?? scheme);
}

function mostCommon(values: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
