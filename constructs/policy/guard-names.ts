/** Names of guards, as policies and wires write them to lift one. */

/** Every guard. maxDroppedShare: too many clusters at once. partialDemand: any cluster, on a demand that is incomplete. */
export const guards = ['maxDroppedShare', 'partialDemand'] as const;
/** The name of a guard. */
export type Guard = (typeof guards)[number];
