/** Identity: which leads lead to one cluster, by the UID of kube-system, or by the same address where nothing tells it. */
import type { Observation } from './observation/cluster-observation';

/** A lead as it was found. */
export interface Candidate {
  readonly key: string;
  /** For messages. */
  readonly title: string;
  readonly name: string;
  /** UID of kube-system as the cluster says it, else as the inventory does. */
  readonly uid: string | undefined;
  /** Where it leads; undefined when the files do not say. */
  readonly address: string | undefined;
  /** True when a person or the fleet of the last time speaks of it. */
  readonly spoken: boolean;
  /** False where it was asked and did not answer. */
  readonly isReachable: boolean;
  /** None: nothing says how to ask it. */
  readonly observation: Observation | undefined;
}

/** One cluster: the lead that it is reached by, and the others that lead there. */
export interface OneCluster<C extends Candidate> {
  readonly by: C;
  readonly others: readonly C[];
  readonly warnings: readonly string[];
}

/** Joins what is one cluster. It is reached by the lead that a person speaks of, else by one that may look, else by the first. */
export function joinByIdentity<C extends Candidate>(
  found: readonly C[],
  plural: string,
): readonly OneCluster<C>[] {
  const groups: C[][] = [];
  for (const one of found.filter((each) => each.uid !== undefined)) {
    const group = groups.find(([first]) => first !== undefined && first.uid === one.uid);
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  for (const one of found.filter((each) => each.uid === undefined)) {
    const alike = groups.filter((group) =>
      group.some(({ address }) => address !== undefined && address === one.address),
    );
    // Behind one address that answers as several clusters nobody knows which this is.
    if (alike.length === 1) alike[0]?.push(one);
    else groups.push([one]);
  }
  const place = (one: C) => found.indexOf(one);
  return groups
    .map((group) =>
      joined(
        [...group].sort((a, b) => place(a) - place(b)),
        plural,
      ),
    )
    .sort((a, b) => place(a.by) - place(b.by));
}

function joined<C extends Candidate>(group: readonly C[], plural: string): OneCluster<C> {
  const rank = ({ spoken, isReachable }: C) => (isReachable ? 0 : 2) + (spoken ? 0 : 1);
  const [by, ...others] = [...group].sort((a, b) => rank(a) - rank(b)) as [C, ...C[]];
  if (others.length === 0) return { by, others, warnings: [] };
  const uid = by.uid ?? group.map((one) => one.uid).find((one) => one !== undefined);
  const proof = uid === undefined ? 'one server' : `one UID of kube-system, ${uid}`;
  const names = group.map(({ key }) => JSON.stringify(key)).join(' and ');
  return {
    by,
    others,
    warnings: [
      `the ${plural} ${names} lead to one cluster (${proof}); it is listed once, as ${by.name}, reached by ${JSON.stringify(by.key)}`,
    ],
  };
}
