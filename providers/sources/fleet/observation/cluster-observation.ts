/** What one API server says about its cluster: ready or not, what is left on its nodes, and which cloud region they are in. */
import { sourceOfAccess } from '../../../clusters/auth/access-source';
import { ClusterError, type Fault, faultOf } from '../../../clusters/errors';
import { askNetwork, brokenBy } from '../../../clusters/http/unreachable';
import { codeOf } from '../../../exchange/exchange';
import {
  type ApiReference,
  type ApiServer,
  type Connect,
  listAll,
  Refused,
  refusedBy,
  tryJson,
} from './api-reading';
import {
  type Capacity,
  capacityOf,
  noCapacity,
  type PodPart,
  plus,
  remaining,
  requestsOf,
} from './quantities';

/** Why nothing could be seen, and what a person can do about it. */
export interface Blind {
  readonly reachable: false;
  readonly fault: Fault;
  readonly why: string;
  readonly remedy: string;
}

/** What was seen, or why nothing could be seen. */
export type Observation = Blind | Seen;

/** What one API server says about its cluster. */
export interface Seen {
  readonly reachable: true;
  /** UID of the namespace kube-system: which cluster this is. */
  readonly uid?: string;
  readonly allocatable: Capacity;
  /** True when every node is cordoned. */
  readonly cordoned: boolean;
  /** Value of topology.kubernetes.io/region of most nodes. */
  readonly region?: string;
  /** By the scheme of providerID, e.g. aws. */
  readonly provider?: string;
  readonly warnings: readonly string[];
}

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
const providers: Readonly<Record<string, string>> = {
  gce: 'gcp',
  hcloud: 'hetzner',
  alicloud: 'alibaba',
  oci: 'oracle',
  ocid: 'oracle',
};
const regionLabels = ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'];

/** So long the words of who failed first are waited for after the deadline. */
const graceMilliseconds = 250;

/** Looks at one cluster. Never throws: of a cluster that cannot be read it says whose failure that is, without secrets. */
export async function observeCluster(
  reference: ApiReference,
  options: ObserveOptions,
): Promise<Observation> {
  const signal = AbortSignal.timeout(options.deadlineMilliseconds);
  let grace: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const end = () => {
      grace = setTimeout(() => reject(signal.reason), graceMilliseconds);
    };
    signal.addEventListener('abort', end, { once: true });
  });
  try {
    // A credential plugin may hang, too, and knows no signal.
    return await Promise.race([look(reference, options, signal), late]);
  } catch (error) {
    return blindBy(error, reference, options, signal);
  } finally {
    clearTimeout(grace);
  }
}

function blindBy(
  error: unknown,
  { name, access }: ApiReference,
  { deadlineMilliseconds }: ObserveOptions,
  signal: AbortSignal,
): Blind {
  const blind = (fault: Fault, why: string, remedy: string): Blind => {
    return { reachable: false, fault, why, remedy };
  };
  if (error instanceof Refused) return blind(error.fault, error.why, error.remedy);
  if (error instanceof ClusterError) {
    const why = error.summary.replace(`${name} cannot be reached: `, '');
    return blind(faultOf(error), why, error.remedy);
  }
  const source = sourceOfAccess(access);
  if (signal.aborted) {
    const why = `no answer within ${deadlineMilliseconds / 1000} s`;
    return blind('unreachable', why, askNetwork(source));
  }
  const code = codeOf(error);
  if (code === undefined) {
    return blind('misconfigured', 'its credentials cannot be used', source.login);
  }
  const { fault = 'unreachable', remedy } = brokenBy(error, { address: name, source });
  return blind(fault, `no connection (${code})`, remedy);
}

async function look(
  reference: ApiReference,
  { connect, subtractOthers, deadlineMilliseconds }: ObserveOptions,
  signal: AbortSignal,
): Promise<Observation> {
  const server = await connect(reference, deadlineMilliseconds);
  try {
    await expectReady(server, signal);
    const nodes = (await listAll(
      server,
      '/api/v1/nodes',
      neededRight,
      signal,
    )) as readonly NodePart[];
    const pods = subtractOthers
      ? ((await listAll(server, podsPath, neededRight, signal)) as readonly PodPart[])
      : [];
    const uid = await identityOf(server, signal);
    return { ...summary(nodes, pods), ...(uid === undefined ? {} : { uid }) };
  } finally {
    server.close();
  }
}

/** The UID of kube-system; undefined where it may not be read. */
async function identityOf(server: ApiServer, signal: AbortSignal): Promise<string | undefined> {
  const { status, text } = await server.get('/api/v1/namespaces/kube-system', signal);
  if (status !== 200) return undefined;
  const body = tryJson(text) as { readonly metadata?: { readonly uid?: unknown } } | undefined;
  const uid = body?.metadata?.uid;
  return typeof uid === 'string' && uid !== '' ? uid : undefined;
}

const podsPath = `/api/v1/pods?fieldSelector=${encodeURIComponent('status.phase!=Succeeded,status.phase!=Failed')}`;

async function expectReady(server: ApiServer, signal: AbortSignal): Promise<void> {
  const { status } = await server.get('/readyz', signal);
  // Some providers close /readyz to users; then the lists below say enough.
  if (status === 200 || status === 401 || status === 403 || status === 404) return;
  throw refusedBy('/readyz', status, neededRight, server);
}

const neededRight =
  'get and list nodes and pods in the whole cluster (ClusterRole view does not have nodes)';

function summary(nodes: readonly NodePart[], pods: readonly PodPart[]): Seen {
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
  const regions = byFrequency(nodes.map(regionOf));
  const region = regions[0]?.[0];
  const provider = byFrequency(nodes.map(providerOf))[0]?.[0];
  const cordoned = ready.length > 0 && ready.every((node) => node.spec?.unschedulable === true);
  const warnings = [
    ...(usable.length > 0 || cordoned ? [] : [`none of its ${nodes.length} nodes takes pods`]),
    ...windowsWarning(nodes),
    ...regionsWarning(regions),
  ];
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

/** Pods of a workload are for Linux, and their security contexts too. */
function runsWindows({ metadata }: NodePart): boolean {
  return metadata?.labels?.['kubernetes.io/os'] === 'windows';
}

/** Ready, of Linux, and open to pods that tolerate nothing. */
function isUsable(node: NodePart): boolean {
  const closed = node.spec?.taints?.some(
    ({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute',
  );
  const isOpen = node.spec?.unschedulable !== true && closed !== true;
  return isOpen && isReady(node) && !runsWindows(node);
}

function regionOf({ metadata }: NodePart): string | undefined {
  return regionLabels.map((label) => metadata?.labels?.[label]).find((value) => value);
}

function providerOf({ spec }: NodePart): string | undefined {
  const scheme = /^([a-z0-9-]+):\/\//.exec(spec?.providerID ?? '')?.[1];
  return scheme === undefined ? undefined : (providers[scheme] ?? scheme);
}

/** Values with how often each is there, the most frequent first. */
function byFrequency(
  values: readonly (string | undefined)[],
): readonly (readonly [value: string, count: number])[] {
  const counts = new Map<string, number>();
  for (const value of values) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function windowsWarning(nodes: readonly NodePart[]): readonly string[] {
  const count = nodes.filter(runsWindows).length;
  if (count === 0) return [];
  const verbs = count === 1 ? 'runs Windows and is' : 'run Windows and are';
  return [`${count} of its ${nodes.length} nodes ${verbs} not counted`];
}

function regionsWarning(regions: ReturnType<typeof byFrequency>): readonly string[] {
  const [most] = regions;
  if (most === undefined || regions.length < 2) return [];
  const list = regions.map(([region, count]) => `${region} (${count})`).join(' and ');
  return [`its nodes are in several regions, ${list}; the place of ${most[0]} is taken`];
}
