/** Kubernetes quantities (`250m`, `1.5`, `2Gi`) and what pods and nodes say in them. */

/** CPU, memory and pod count, in our units. */
export interface Capacity {
  readonly cpuMillicores: number;
  readonly memoryMebibytes: number;
  readonly pods: number;
}
/** The part of a container that counts. */
export interface ContainerPart {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
}
/** The part of a pod that counts. */
export interface PodPart {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>> };
  readonly spec?: {
    readonly nodeName?: string;
    readonly containers?: readonly ContainerPart[];
    readonly initContainers?: readonly ContainerPart[];
    readonly overhead?: Readonly<Record<string, string>>;
  };
  readonly status?: { readonly phase?: string };
}

const factors: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** Dividing keeps 3920m exact where multiplying by a thousandth would not. */
const divisors: Readonly<Record<string, number>> = { n: 1e9, u: 1e6, m: 1e3 };

/** Nothing at all. */
export const noCapacity: Capacity = { cpuMillicores: 0, memoryMebibytes: 0, pods: 0 };

/** The number a quantity stands for (cores, bytes, pieces); undefined when it is none. */
export function tryQuantity(text: string): number | undefined {
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(n|u|m|k|[MGTPE]i?|Ki)?$/.exec(
    text.trim(),
  );
  if (found === null) return undefined;
  const unit = found[2] ?? '';
  return (Number(found[1]) * (factors[unit] ?? 1)) / (divisors[unit] ?? 1);
}

/** A map of quantities, e.g. a node's `allocatable`, in our units; what is not there is 0. */
export function capacityOf(quantities: Readonly<Record<string, string>> = {}): Capacity {
  const amount = (key: string) => Math.max(0, tryQuantity(quantities[key] ?? '0') ?? 0);
  return {
    cpuMillicores: amount('cpu') * 1000,
    memoryMebibytes: amount('memory') / 2 ** 20,
    pods: amount('pods'),
  };
}

/** Both together. */
export function plus(a: Capacity, b: Capacity): Capacity {
  return combined(a, b, (x, y) => x + y);
}

/** a - b, never below 0, in whole units so that equal clusters read equal. */
export function remaining(a: Capacity, b: Capacity): Capacity {
  return combined(a, b, (x, y) => Math.max(0, Math.floor(x - y + 1e-6)));
}

/** What the scheduler sets aside for a pod: its containers and sidecars, or its largest init step if that is more. */
export function requestsOf({ spec = {} }: PodPart): Capacity {
  const requests = (one: ContainerPart) => capacityOf(one.resources?.requests);
  const greater = (a: Capacity, b: Capacity) => combined(a, b, Math.max);
  let sidecars = noCapacity;
  let starting = noCapacity;
  for (const one of spec.initContainers ?? []) {
    if (one.restartPolicy === 'Always') sidecars = plus(sidecars, requests(one));
    else starting = greater(starting, plus(sidecars, requests(one)));
  }
  const running = (spec.containers ?? []).map(requests).reduce(plus, sidecars);
  const most = plus(greater(running, starting), capacityOf(spec.overhead));
  return { ...most, pods: 1 };
}

function combined(a: Capacity, b: Capacity, f: (x: number, y: number) => number): Capacity {
  return {
    cpuMillicores: f(a.cpuMillicores, b.cpuMillicores),
    memoryMebibytes: f(a.memoryMebibytes, b.memoryMebibytes),
    pods: f(a.pods, b.pods),
  };
}
