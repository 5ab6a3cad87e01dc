/**
 * Effort constants of the search and proof of one app without capacities, with pairs held or implicit. Like those of options.ts,
 * none changes what is legal or what a value is.
 */

// Uncapacitated

/** Candidate lists of an app whose pairs are all held. */
export const CANDIDATE_LISTS = {
  /** Pairs up to which lists are complete: shortening them would not save time. */
  maxCompletePairs: 200_000,
  /** List length as a multiple of clusters divided by the smallest set size, so that most origins find an open cluster on their list. */
  lengthFactor: 6,
  /** Clusters on a list, at least. */
  minLength: 64,
};

/** Effort of a node of branch and bound: `phase` is in rounds, `patience` in rounds without progress before the step is halved. */
export const NODE_EFFORT = {
  root: { phase: 40, phases: 12, patience: 20, step: 1, leastStep: 0.004 },
  /** For the root of an aggregated problem, of which only good multipliers are needed. */
  approximateRoot: { phase: 40, phases: 8, patience: 10, step: 1, leastStep: 0.03 },
  /** For the root where a gap is to be expected: the target is out of reach, so the steps are shorter. */
  gappedRoot: { phase: 40, phases: 12, patience: 15, step: 0.5, leastStep: 0.01 },
  /** A child starts from good multipliers of its parent, so it takes few rounds with long steps. */
  child: { phase: 30, phases: 2, patience: 15, step: 1.5, leastStep: 0.1 },
};

/** The bound of one node. */
export const NODE_BOUND = {
  /** Rounds after which clusters are fixed from a good start. */
  fixingRounds: 6,
  /** Lists are copied without fixed clusters when these are more than this share of the free ones; a copy costs about a round. */
  narrowingShare: 0.1,
  /** Phase of the root after which multipliers hardly rise beyond `reach` times their value, so longer pairs are dropped. */
  settledPhase: 2,
  reach: 2,
  /** The same for a child, as a multiple of the multiplier's excess over the cheapest cost of its origin. */
  childReach: 1.3,
  /** Share of multipliers at the cap of a shortened list above which the list is made longer. */
  maxCappedShare: 0.02,
  /** While no legal set is known, the target exceeds the bound by this share. */
  targetGrowth: 0.05,
};

/** The certificate of an unfinished tree. */
export const CERTIFICATE = {
  /** Multipliers of all nodes: they are the size of the text. */
  maxMultipliers: 300_000,
  /** Pairs that checking all nodes evaluates. */
  maxPairs: 300_000_000,
  /** Share of the root's gap. A tree that closes less is left out, and the root alone is the certificate. */
  minGain: 0.01,
};

/** Nodes that the work left must suffice for where a gap is to be expected: a smaller tree closes nothing of it. */
export const MIN_TREE = 64;

/** Small sets may take this part of the work (1 / divisor) when they are proved apart from larger sets. They are few. */
export const SMALL_SETS_WORK_DIVISOR = 3;

/** The subgradient ascent of one app. */
export const SUBGRADIENT_ASCENT = {
  /** Share of the last direction that is added to a subgradient. */
  deflection: 0.8,
  /** Sizes of the mean multiplier as a whole number after rounding, tried in this order: a certificate is text. */
  meanSizes: [1e3, 1e5, 1e7],
  /** Share of the gap, and of the gain over the parent, that rounding may cost. */
  roundingLoss: 0.01,
  /** Weight of the last round in the average of relaxed sets, which branching selects by. */
  recency: 0.05,
};

/** Share by which the price of a capacity may move from one round to the next and be found in one pass over the pairs. */
export const KNAPSACK_BAND = 0.2;

/** Clusters squared times origins / 2 up to which all pairs of clusters are compared for conflicts. It takes about a second. */
export const MAX_CONFLICT_COMPARISONS = 500_000_000;

/** Clique inequalities per cluster. Each costs time in every round. */
export const MAX_CLIQUES_PER_CLUSTER = 2;

/** Kinds of origins (by legal clusters) that get survival inequalities of their own, those with fewest clusters first. */
export const MAX_SURVIVAL_KINDS = 200;

/** An origin without an open cluster on its shortened list is estimated to cost this many times the cheapest pair left out. */
export const UNSERVED_COST_FACTOR = 1.5;

/** Share of the best value. With implicit costs, relaxed sets that cost more than this beyond the best are not improved. */
export const MAX_IMPROVED_GAP = 0.05;

/** Descents that evaluate sets by assigning. */
export const EVALUATED_DESCENT = {
  /** Multiple of the work allowed after which a descent stops, so that the last sweep may end. */
  overrun: 1.2,
  /** Sets assigned for one newcomer, most promising first. */
  maxAssigned: 4,
};

/** Sets assigned before the best of them is taken, by how exact the table of exchanges is. */
export const STEEPEST_DESCENT_TRIES = {
  exact: 1,
  /** The table is of groups of origins. */
  aggregated: 3,
  /** The table ignores rules about load. */
  assigned: 6,
  /** While no legal set is known. */
  repair: 24,
} as const;

/** Iterated local search. */
export const ITERATED_LOCAL_SEARCH = {
  /** Perturbations in a row without improvement after which it stops. */
  patience: 20,
  /** Clusters exchanged at once, and clusters of the set for each of them. */
  maxExchanges: 4,
  clustersPerExchange: 3,
};

/** Clusters around one origin that a local perturbation exchanges at once. A descent would undo more. */
export const MAX_PERTURBED_CLUSTERS = 4;

// Implicit

/** Origins per group on average from which demand is aggregated. With fewer, groups save less than they cost in accuracy. */
export const MIN_ORIGINS_PER_GROUP = 3;

/** Origins of one spatial group. Larger groups save distances to centres but have longer radii. */
export const ORIGINS_PER_GROUP = { savings: 32, assignment: 32, lists: 64 };

/** Radius of a group divided by the distance up to which it counts as one point; the error is half the square, 0.5 %. */
export const FAR_GROUP_RATIO = 0.1;

/** Origins sampled to estimate how long lists become. */
export const LIST_LENGTH_SAMPLES = 500;

/** The start from an aggregated problem. */
export const COARSE_START = {
  /** Lists of all clusters reach this many times the multiplier of the origin. */
  multiplierReach: 1.1,
  /** Lists of free clusters reach this many times the cost of the origin's second cheapest cluster. */
  secondCostReach: 1.7,
  /** Where there is no second cluster, its cost as a multiple of the first. */
  missingSecondCost: 2,
  /** The same where a gap is to be expected: hardly any cluster is fixed, so the lists would be long. */
  gappedSecondCostReach: 1.3,
  /** Share of the value. An aggregated problem with a wider gap tells that one is to be expected. */
  wideGap: 0.003,
  /** Cells per chosen cluster from which multipliers are taken between cells. With fewer, neighbours are served by other clusters. */
  minInterpolatedCells: 30,
  /** Pairs of free clusters up to which their lists are complete. */
  maxCompletePairs: 1_000_000,
};

/** Column generation over clusters. */
export const COLUMN_GENERATION = {
  /** Rounds of one ascent on the restricted problem. */
  rounds: 70,
  /** The same for an aggregated problem: its rounds are cheap, and the next problem starts from its multipliers. */
  approximateRounds: 300,
  /** Restricted problems solved. */
  maxIterations: 3,
  pace: { step: 1, leastStep: 0.01, patience: 12 },
  /** Size of the mean multiplier as a whole number after rounding: a certificate is text. */
  meanSize: 1e4,
  /** Pairs on the lists of the restricted problem, about: the lower of the two. */
  pairs: 4_000_000,
  pairsPerOrigin: 200,
  /** Pairs of all free clusters up to which they are listed and branching goes on. It is a limit of memory. */
  maxListedPairs: 10_000_000,
  /** Lists reach this many times the cost of the origin's second cheapest cluster. */
  reach: 1.5,
  /** Share of the cutoff. With a smaller gap no further ascent starts: each takes seconds. */
  negligibleGap: 0.001,
  /** Origins sampled to estimate how long lists become. */
  samples: 200,
};

// Single-app solver

/** The problem without limits, among sets that keep them. */
export const BINDING_LIMITS = {
  /** Load of a first descent as a multiple of capacity up to which sets that keep the limits are expected near. */
  slack: 1.05,
  /** Share of the value. With a wider gap the limits are priced instead. */
  maxGap: 0.005,
};

/** Candidates (clusters that may be chosen) up to which all sets are enumerated. */
export const ENUMERATED_CANDIDATES = {
  /** Under capacities: each set takes a flow. */
  capacitated: 8,
  /** Clusters up to which enumeration starts without a set from local search to prune with. */
  withoutStart: 12,
};

/** How one app spends its work. */
export const SINGLE_APP = {
  /** The proof may take this part of the work (1 / divisor). */
  proofDivisor: 1,
  /** The same where sets must be assigned: the relaxation then misses a part of the cost. */
  assignedProofDivisor: 3,
  /** Rounds over all lists that the proof always has work for. */
  minRounds: 300,
  /** Share of the proof's work that improves relaxed sets below the root. */
  childImprovementShare: 0.1,
  /** Perturbations of the best set may take this part of the work (1 / divisor). */
  perturbationDivisor: 8,
  /** Perturbations in a row without improvement after which they stop, per cluster of the set. */
  perturbationPatience: 4,
  /** Multipliers start at no more than this many times the second cheapest cost of their origin. */
  maxMultiplier: 4,
  /** The aggregated problem may take this part of the work (1 / divisor). */
  coarseDivisor: 4,
  /** Perturbations of the aggregated problem's set may take this part of its work (1 / divisor). */
  coarsePerturbationDivisor: 2,
  /** Descents over all lists that the work must suffice for, where a gap is to be expected. */
  minDescents: 64,
  /** Lists reach this many times an origin's second cost while the set of a problem with a wide gap is perturbed. */
  perturbationReach: 1.5,
  /** Share of the work that the proof leaves to the last local search. */
  lastSearchShare: 0.02,
  /** Relaxed sets, latest first, that the last local search starts from; the second with implicit costs. */
  restarts: 8,
  implicitRestarts: 2,
};
