/** Identity: which contexts lead to one cluster, by the UID of kube-system, or by the same address where nothing tells it. */
import type { Observation } from './cluster-observation';

/** A context as it was found. */
export interface Candidate {
  readonly context: string;
  readonly name: string;
  /** Where it leads; undefined when the files do not say. */
  readonly address: string | undefined;
  /** True when a person or the fleet of the last time speaks of it. */
  readonly spoken: boolean;
  readonly observation: Observation;
}

/** One cluster: the context that it is reached by, and the others that lead there. */
export interface OneCluster<C extends Candidate> {
  readonly by: C;
  readonly others: readonly C[];
  readonly warnings: readonly string[];
}

/** Joins what is one cluster. It is reached by the context that a person speaks of, else by one that may look, else by the first. */
export function joinByIdentity<C extends Candidate>(found: readonly C[]): readonly OneCluster<C>[] {
  const groups: C[][] = [];
  for (const one of found.filter((each) => uidOf(each) !== undefined)) {
    const group = groups.find(([first]) => first !== undefined && uidOf(first) === uidOf(one));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  for (const one of found.filter((each) => uidOf(each) === undefined)) {
    const alike = groups.filter((group) =>
      group.some(({ address }) => address !== undefined && address === one.address),
    );
    // Behind one address that answers as several clusters nobody knows which this is.
    if (alike.length === 1) alike[0]?.push(one);
    else groups.push([one]);
  }
  const place = (one: C) => found.indexOf(one);
  return groups
    .map((group) => joined([...group].sort((a, b) => place(a) - place(b))))
    .sort((a, b) => place(a.by) - place(b.by));
}

function joined<C extends Candidate>(group: readonly C[]): OneCluster<C> {
  const rank = ({ spoken, observation }: C) => (observation.reachable ? 0 : 2) + (spoken ? 0 : 1);
  const [by, ...others] = [...group].sort((a, b) => rank(a) - rank(b)) as [C, ...C[]];
  if (others.length === 0) return { by, others, warnings: [] };
  const uid = uidOf(by) ?? group.map(uidOf).find((one) => one !== undefined);
  const proof = uid === undefined ? 'one server' : `one UID of kube-system, ${uid}`;
  const names = group.map(({ context }) => JSON.stringify(context)).join(' and ');
  return {
    by,
    others,
    warnings: [
      `the contexts ${names} lead to one cluster (${proof}); it is listed once, as ${by.name}, reached by ${JSON.stringify(by.context)}`,
    ],
  };
}

function uidOf({ observation }: Candidate): string | undefined {
  return observation.reachable ? observation.uid : undefined;
}
