/** Site: what a chart is told about the cluster it is for; what only a decision knows is a stand-in found again later. */
import type { Fill } from '../model/app/bundle';
import type { Cluster } from '../model/fleet';
import { EdgeError, quoted, useOneOf } from '../parsing';

/**
 * What a chart is told about one cluster. Name and region are the cluster's own where the fleet is known. Everything
 * else but `cluster` is a stand-in for a value that the decision fills in, and so are name and region without a fleet:
 * use it as it is, or inside a longer text; a chart that computes with it or compares it is refused.
 */
export interface Site {
  /** Facts known before the decision: region, labels, provider... Reading one here makes clusters that differ in it differ. */
  readonly cluster: Cluster;
  /** Name of the cluster; a stand-in without a fleet. Clusters that only show it share one bundle entry. */
  readonly name: string;
  /** Region of the cluster; a stand-in without a fleet. */
  readonly region: string;
  /** Stand-in for the replicas of the only component. Throws EdgeError when `workload` has several or is not given. */
  readonly replicas: number;
  /** Stand-in for the upper bound of an autoscaler: `replicas` times `autoscaling.maxReplicasFactor` (2). */
  readonly maxReplicas: number;
  /** Stand-in for the requests/s that the app serves on this cluster. */
  readonly requestsPerSecond: number;
  /** Stand-in for the digest of the decision. */
  readonly decision: string;
  /** As `replicas`, of the named component. Throws EdgeError UnknownName. */
  replicasOf(component: string): number;
  /** As `maxReplicas`, of the named component. Throws EdgeError UnknownName. */
  maxReplicasOf(component: string): number;
}

/**
 * A chart runs once with stand-ins far above real values and once with stand-ins far below: whatever it computes
 * from them (a sum, a maximum, a branch) comes out different, and what it merely places comes out the same. Texts
 * have no character in common, other lengths, and dashes in one round only. `probe` is a run with possible values.
 */
export type Round = 'large' | 'small' | 'probe';

/** What a site gives for values that only a decision knows. */
export interface SiteValues {
  /** `isUpper` ones are greater than the others, as bounds must be. */
  number(fill: Fill, isUpper?: boolean): number;
  text(fill: Fill): string;
}

/** Hands out stand-ins, and knows which value each of them stands for. */
export class StandIns implements SiteValues {
  readonly #round: Round;
  readonly #texts = new Map<string, Fill>();
  readonly #numbers = new Map<number, Fill>();
  readonly #byFill = new Map<string, string | number>();
  #pattern: RegExp | undefined;

  constructor(round: Round) {
    this.#round = round;
  }

  /** True once any stand-in was handed out. */
  get used(): boolean {
    return this.#byFill.size > 0;
  }

  /** True once a number was handed out. */
  get gaveNumbers(): boolean {
    return this.#numbers.size > 0;
  }

  /** True once the name or the region was handed out. */
  get gavePlace(): boolean {
    return [...this.#texts.values()].some(({ value }) => value !== 'decision');
  }

  /** The same stand-in for the same fill. */
  number(fill: Fill, isUpper = false): number {
    const known = this.#byFill.get(JSON.stringify(fill));
    if (known !== undefined) return known as number;
    const serial = this.#numbers.size + (isUpper ? 500 : 0);
    const digits = String(serial).padStart(4, '0');
    // The last digit is not 0, so that the number written as text is exactly these digits.
    const number = Number(this.#round === 'large' ? `19876${digits}3` : `0.31876${digits}3`);
    this.#numbers.set(number, fill);
    return this.#remember(fill, number);
  }

  text(fill: Fill): string {
    const known = this.#byFill.get(JSON.stringify(fill));
    if (known !== undefined) return known as string;
    const serial = this.#texts.size;
    const text =
      this.#round === 'large' ? `qz7-k${'gjmv'[serial]}x-qqzz7k-x9` : `w4${'bdhp'[serial]}r5wfw`;
    this.#texts.set(text, fill);
    return this.#remember(fill, text);
  }

  /** The stand-in of a fill, if it was handed out. */
  standInOf(fill: Fill): string | number | undefined {
    return this.#byFill.get(JSON.stringify(fill));
  }

  /** What a number stands for, if it is a stand-in. */
  fillOf(number: number): Fill | undefined {
    return this.#numbers.get(number);
  }

  /** A text cut at its stand-ins, or undefined when it has none. Only once a stand-in was handed out. */
  partsOf(text: string): readonly (string | Fill)[] | undefined {
    const parts = text.split(this.#matcher());
    if (parts.length === 1) return undefined;
    return parts
      .map((part, position) => (position % 2 === 0 ? part : this.#meaning(part)))
      .filter((part) => part !== '');
  }

  #remember<T extends string | number>(fill: Fill, standIn: T): T {
    this.#byFill.set(JSON.stringify(fill), standIn);
    this.#pattern = undefined;
    return standIn;
  }

  #matcher(): RegExp {
    if (this.#pattern !== undefined) return this.#pattern;
    const all = [...this.#texts.keys(), ...this.#numbers.keys()].map(String);
    this.#pattern = new RegExp(`(${all.map((one) => one.replace('.', '\\.')).join('|')})`);
    return this.#pattern;
  }

  #meaning(part: string): string | Fill {
    return this.#texts.get(part) ?? this.#numbers.get(Number(part)) ?? part;
  }
}

/** What a Site is made of. */
export interface SiteProps {
  readonly values: SiteValues;
  /** Names of the components. */
  readonly components: readonly string[];
  readonly maxReplicasFactor: number;
  /** Called when the chart looks at the cluster. */
  readonly cluster: () => Cluster;
}

/** The Site of one run of a chart. */
export function siteOf({ values, components, maxReplicasFactor, cluster }: SiteProps): Site {
  const only = (member: string): string => {
    const [first] = components;
    if (first === undefined || components.length > 1) throw notOne(member, components);
    return first;
  };
  const replicas = (component: string): number => values.number({ value: 'replicas', component });
  const maxReplicas = (component: string): number =>
    values.number({ value: 'replicas', component, times: maxReplicasFactor }, true);
  return {
    get cluster() {
      return cluster();
    },
    get name() {
      return values.text({ value: 'cluster' });
    },
    get region() {
      return values.text({ value: 'region' });
    },
    get replicas() {
      return replicas(only('replicas'));
    },
    get maxReplicas() {
      return maxReplicas(only('maxReplicas'));
    },
    get requestsPerSecond() {
      return values.number({ value: 'requestsPerSecond' });
    },
    get decision() {
      return values.text({ value: 'decision' });
    },
    replicasOf: (component) => replicas(known(component, components)),
    maxReplicasOf: (component) => maxReplicas(known(component, components)),
  };
}

function known(component: string, components: readonly string[]): string {
  if (components.includes(component)) return component;
  throw new EdgeError({
    code: 'UnknownName',
    path: 'chart',
    summary: `the chart asks for the replicas of ${quoted(component)}, which is no component of the workload`,
    remedy: useOneOf(component, components),
  });
}

function notOne(member: string, components: readonly string[]): EdgeError {
  const isNone = components.length === 0;
  const count = isNone ? 'nothing says' : `the workload has ${components.length} components`;
  return new EdgeError({
    code: 'UnknownName',
    path: 'chart',
    summary: `the chart reads site.${member}, but ${count}${isNone ? ' how replicas follow requests' : ''}`,
    remedy: isNone
      ? 'Add workload beside chart: its resources and requestsPerSecondPerReplica are what the decision needs.'
      : `Use site.${member}Of(name) with one of: ${components.join(', ')}.`,
  });
}
