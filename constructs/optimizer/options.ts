/**
 * Effort constants of the optimizer: how long a search goes on, how large a problem may be for a method, how finely a
 * relaxation climbs. Those of one app without capacities are in single-app-options.ts. Each says its unit and why it has that
 * value. None changes what is legal or what a value is; larger numbers cost time and may find better sets or prove more.
 */

// Problem and primitives

/** Largest problem that an incremental flow is kept for. The flow holds its pairs twice, and a save copies a part of them. */
export const LARGEST_FLOW = {
  /** Clusters times origins. */
  pairs: 2_000_000,
};

/** Origins whose rows of costs are transposed at once: so many rows stay in the processor's cache. */
export const ORIGINS_PER_BLOCK = 32;

/** Nodes that one binary knapsack may visit, per item. Most need a few; beyond it only the upper bound is valid. */
export const KNAPSACK_VISITS_PER_ITEM = 400;

/** Multipliers in a certificate. */
export const ROUNDED_MULTIPLIER = {
  /** Significant digits. Further digits change the bound by less than a part in 10^5. */
  digits: 5,
  /** Largest value of the last digit, as a share of the multiplier. */
  lastDigit: 1e-4,
};

// Assignment

/** Assignment of whole origins to one set. */
export const WHOLE_ORIGINS = {
  /** Origins times clusters of the set up to which branch and bound runs first. It rarely ends on larger sets. */
  maxExactPairs: 400,
  /** Random moves for a set that is evaluated: per origin and cluster, and the least and the most in all. */
  thorough: { perPair: 400, min: 200_000, max: 2_000_000 },
  /** Random moves that only show whether a set deserves the thorough search. */
  quick: { perPair: 40, min: 0, max: 40_000 },
  /** Random moves for the first solution of branch and bound, which finds a better one itself. */
  exactStart: { perPair: 10, min: 0, max: 4_000 },
};

/** Branch and bound over whole replicas and whole origins. A node solves a flow over all pairs, so large sets get fewer nodes. */
export const INTEGER_ASSIGNMENT = {
  /** Nodes times pairs, within the two limits on nodes. */
  nodePairs: 400_000,
  minNodes: 40,
  maxNodes: 4000,
};

/** Local search for the generalized assignment problem. */
export const GENERALIZED_ASSIGNMENT = {
  /** Sweeps of shifts and exchanges at one penalty. Most searches reach a local optimum earlier. */
  maxSweeps: 12,
  /** How often the penalty on overload rises before the search gives up. */
  maxRises: 12,
  /** Factor by which the penalty rises. */
  riseFactor: 2,
};

/** Threshold accepting for the generalized assignment problem. */
export const THRESHOLD_ACCEPTING = {
  /** Share of the moves to a full position that are shifts and overload it. The others are exchanges. */
  overloadShare: 0.2,
  /** The last threshold as a share of the first. */
  lastThreshold: 0.01,
  /** Factor on the penalty after a round that ends with an overload, and after one that ends without. */
  penaltyRise: 1.1,
  penaltyFall: 0.95,
};

// Enumeration

/** Problems that are solved by enumeration of all sets. */
export const ENUMERATION = {
  /** Clusters that may be chosen, up to which the number of sets and pairs does not matter: 2^16 sets at most. */
  alwaysClusters: 16,
  /** Sets of a legal size, with more clusters. */
  maxSets: 500_000,
  /** Sets times origins, with more clusters. */
  maxSetOrigins: 200_000_000,
  /** Clusters times origins where origins are whole. With more, the assignment of a set is not proved optimal in reasonable time. */
  maxWholePairs: 200,
  /** Passes over all pairs that bounding by free clusters may take before multipliers are worth their ascent. */
  passesBeforeMultipliers: 30,
  /** The ascent of these multipliers; none is `largest` times as large as the dearest pair of its origin. */
  ascent: { rounds: 150, step: 1, leastStep: 0.01, patience: 6, largest: 4 },
};

/** Capacity cuts that are kept for one app. Each costs origins times clusters of a set to evaluate. */
export const MAX_CAPACITY_CUTS = 24;

// Capacitated

/** How the solver of one capacitated app divides its work. */
export const CAPACITATED_SOLVER = {
  /** Searches may take this part of the work (1 / divisor) in all. */
  searchDivisor: 2,
  /** One part of the work (1 / divisor). The first tree and the local search may take one part each. */
  partDivisor: 8,
  /** Parts after which the tree ends. */
  treeParts: 4,
  /** Sets of the root relaxation from which the local search starts, the latest first. */
  maxRootStarts: 8,
  /** Random moves per origin and cluster that polish the best set, and the most in all. */
  polish: { perPair: 400, max: 2_000_000 },
};

/** Local search over sets. */
export const CAPACITATED_SEARCH = {
  /** Moves applied for one cluster that may open. The bounds put the best move among the first few. */
  maxTries: 3,
  /** Perturbations in a row without improvement after which it stops: with divisible demand, and with whole origins, which cost more. */
  patience: 40,
  wholePatience: 8,
  /** Largest number of changes in one perturbation. */
  maxChanges: 4,
  /** Share of the value by which the thorough assignment of whole origins may be below the quick one. */
  thoroughGain: 0.002,
};

/** Rounding of relaxed answers with whole origins. */
export const ROUNDING_SEARCH = {
  /** Threshold accepting starts from assignments within this share of the best value. */
  near: 0.01,
  /** Random moves per origin and cluster. */
  movesPerPair: 40,
};

/** Branch and bound over sets. */
export const CAPACITATED_TREE = {
  /** Ascent at the root: its multipliers are the start of all other nodes, so it runs long. The fields are those of AscentSchedule. */
  root: { rounds: 800, step: 1, leastStep: 0.003, patience: 20 },
  /** Ascent at every other node. */
  node: { rounds: 60, step: 0.5, leastStep: 0.03, patience: 8 },
  /** Rounds between two attempts to fix clusters. */
  phase: 100,
  /** Rounds at the root between two sets that are considered as answers. */
  considerEvery: 10,
  /** Nodes; the proof lists each. */
  maxNodes: 4000,
  /** Share of the bound by which the steps aim above it while no legal set is known. */
  aim: 0.05,
};

/** Subgradient ascent of the capacitated relaxation. */
export const CAPACITATED_ASCENT = {
  /** Share of the last direction that is added to a subgradient. */
  deflection: 0.7,
  /** Weight of the last round in the running averages that branching uses. */
  averageWeight: 0.08,
};

/** Rounding of multipliers to few digits, which keeps proofs short. */
export const MULTIPLIER_ROUNDING = {
  /** Steps that the mean multiplier is rounded to, tried in this order. */
  steps: [1e3, 1e5],
  /** Share of the distance to the target that rounding may lose. */
  maxLoss: 0.01,
};

/** One app under capacity whose pairs are too many to hold. */
export const CAPACITATED_ON_LISTS = {
  /** Share of the work for the problem of cells, and the part of it that its ascent may take; the search takes the rest. */
  cellShare: 0.25,
  ascentShare: 0.6,
  /** Share of the work for the proof on lists of origins. */
  proofShare: 0.5,
  /** The ascent on cells: rounds between two sets that the search may start from, and how often. The other fields are those of StepSchedule. */
  pace: { phase: 40, phases: 10, step: 1, leastStep: 0.004, patience: 15 },
  /** The share by which that ascent aims above the cost without capacity. */
  aim: 0.01,
  /** Relaxed sets, latest first, that the search starts from. */
  starts: 4,
  /** Clusters that the search looks at, for each cluster of a set. */
  coreFactor: 8,
  /** The search at prices of capacity: its part of the work for cells, ascent included, and the perturbations in a row without improvement. */
  pricedShare: 0.85,
  patience: 200,
  /** Lists of origins reach this many times the second cheapest cost, and this many times the multiplier. */
  secondCostReach: 1.2,
  multiplierReach: 1.05,
};

// Joint

/** Combinations of one set per app up to which all are compared. More would cost minutes. */
export const MAX_JOINT_COMBINATIONS = 300_000;

/** Comparing them may take this part of the work (1 / divisor): where room is scarce, a combination may need thousands of flows. */
export const JOINT_ENUMERATION_DIVISOR = 8;

/** How the joint search spends its work. */
export const JOINT_SEARCH = {
  /** The search may take this part of the work (1 / divisor); the bound takes about as much again. */
  workDivisor: 2,
  /** Share of the value. When chains gain less than this from the previous sets, the search does not start from scratch: the apps stay. */
  negligibleGain: 0.01,
  /** Apps up to which sequential placement is tried in several orders. */
  maxAppsInSeveralOrders: 4,
  /** Apps up to which sequential placement by name runs to its end; with more it stops as soon as the bound rules it out. */
  maxAppsWithoutBound: 16,
  /** Pairs of all apps up to which single apps are placed again with real assignments. The joint state only estimates them. */
  maxPairsReassigned: 3e6,
  /**
   * Share of the value. Where all apps fit on the sets that are best for each alone and together cost no more than this above what they
   * would cost alone, no other sets are searched for.
   */
  negligibleCrowding: 0.001,
  /** Ruin and recreate may take this part of the work (1 / divisor). */
  ruinAndRecreateDivisor: 48,
};

/** Looking for a placement of as many apps as possible, where heuristics left one out. */
export const COMPLETE_SEARCH = {
  /** Apps up to which it runs. Which of them to leave out is tried too, so that their subsets count. */
  maxApps: 8,
  /** The work is this part of all work (1 / divisor) at most. */
  workDivisor: 48,
  /** Listing columns may take this part of its work (1 / divisor); with more of them the search would not end. */
  listingDivisor: 4,
};

/** Columns of small apps: sets with the load of every cluster. */
export const COLUMNS = {
  /** Sets of one app up to which its columns are listed. */
  maxSets: 500,
  /** Columns of one app up to which they are searched. Beyond it they would not be looked through within the work. */
  most: 20_000,
  /** States remembered for each collection of apps to come. Comparing with more costs more than it saves. */
  statesRemembered: 500,
};

/** Proving a joint placement of few small apps by their columns. */
export const COLUMN_PROOF = {
  /** Placed apps, and columns of all of them, up to which it runs: a check lists and searches them again. */
  maxApps: 12,
  maxColumns: 20_000,
  /** The work is this part of all work (1 / divisor) at most. */
  workDivisor: 8,
  /** Listing columns may take this part of its work (1 / divisor). */
  listingDivisor: 4,
  /** Units that a look at a column costs: it compares the room of several clusters. */
  unitsPerLook: 5,
  /** What is proved, as a share of the distance between the bound of multipliers and the value, and the part of the work for each try. */
  shares: [1, 0.7, 0.4],
  efforts: [0.6, 0.2, 0.1],
  /** Ascent of the multipliers: rounds at most, first step, and rounds without a gain after which it is halved. */
  ascent: { rounds: 600, step: 1, patience: 12 },
};

/** Assignment of many apps at once by prices of clusters. */
export const PRICED_ASSIGNMENT = {
  /** Pairs of an origin and a cluster of its set, of all apps, above which prices take the place of branch and bound. */
  minPairs: 20_000,
  /** The least rise of a price, as a share of what a unit costs on average. Smaller rises are nearer to the optimum and slower. */
  rise: 0.0005,
  /** The largest price, as a multiple of the dearest cost of a request/s. An app that would have to pay more is left out. */
  mostPrice: 8,
  /** Passes over all apps in which each moves to what is cheaper for it. */
  rounds: 30,
  /** The work is this part of all work (1 / divisor) at most. */
  workDivisor: 8,
};

/** Sequential placement: each app takes its best set beside the others. */
export const SEQUENTIAL = {
  /** Passes over all apps; each lowers the value or is the last. */
  maxRounds: 6,
  /** Sets times origins up to which all sets of an app are compared. They are compared each time the other apps have moved. */
  maxEnumerated: 2e6,
  /** One placement of one app may take the work divided by the number of apps and by this. */
  workDivisor: 12,
};

/** Ejection chains. */
export const EJECTION_CHAIN = {
  /** Apps in one chain. Longer chains are rarely legal. */
  maxApps: 5,
  /** Illegal ends of chains after which a search stops. Rules and real loads may refuse some. */
  maxRefused: 6,
  /** Clusters considered in the place of one, cheapest first. */
  maxReplacements: 128,
  /** Chains that moved apps may start after a loss, per lost cluster: it is a repair, not a new decision. */
  perLostCluster: 4,
};

/** A pair is near when it costs less than this many times the second cheapest cost of its origin. */
export const NEAR_PAIR = {
  /** In the swaps of a joint search. */
  joint: 2,
  /** In the swaps of one app that is repaired. */
  single: 1.3,
};

/** Tabu repair of clusters beyond their capacity. */
export const TABU_REPAIR = {
  /** Rounds per cluster of all sets. */
  roundsPerCluster: 3,
  /** Rounds in which an app may not return to a cluster it left. */
  tenure: 10,
  /** Added to the weight of an overloaded cluster when no move improves. Weights start at 1. */
  weightStep: 0.2,
};

/** Negotiated congestion. Costs are in units of what one cluster of a set costs on average. */
export const NEGOTIATION = {
  /** Rounds over all apps. */
  rounds: 20,
  /** By how much the history cost of a limit rises in the first round, when one average app is beyond it. */
  firstStep: 0.1,
  /** The step of a round as a share of the step of the round before. */
  stepDecay: 0.9,
  /** Present cost of an app that does not fit, in the first round and in the last; it grows geometrically between them. */
  firstOverload: 0.05,
  lastOverload: 0.5,
  /** Swaps of one app in one round. */
  maxSwaps: 2,
};

/** Ruin and recreate. */
export const RUIN_AND_RECREATE = {
  /** Apps removed at once. */
  maxRemoved: 4,
  /** Rounds in a row without improvement after which it stops, per app. */
  patience: 3,
  /** The same where all apps have at most so many pairs: a round is cheap there, and few large apps leave many local optima. */
  smallPatience: 40,
  smallPairs: 5000,
  /** Largest share of the capacity multipliers that an app pays. A multiplier only prices the last unit. */
  maxMultiplierShare: 1.5,
};

/** The subgradient ascent of the joint relaxation. */
export const JOINT_RELAXATION = {
  /** Pairs that all rounds together may evaluate, within the two limits on rounds. */
  pairs: 4e8,
  minRounds: 100,
  maxRounds: 400,
  /** Small problems have more rounds: as many as evaluate so many pairs, up to this number. Their multipliers are slow to settle, as few large apps use them. */
  smallPairs: 2e6,
  maxSmallRounds: 4000,
  /** Further rounds for assignment multipliers alone, as a share of the rounds. */
  refinement: 0.1,
  /** Every so many rounds evaluate all clusters; the others evaluate clusters near to being chosen. */
  fullEvaluation: 5,
  /** Polyak step in the first round and in the last; it falls geometrically between them. */
  firstStep: 1,
  lastStep: 0.07,
  /** Share of the last direction that is added to a subgradient. */
  deflection: 0.3,
  /** Smallest share of the gap that capacity multipliers aim to close. The column pools alone would aim lower. */
  minAim: 0.4,
  /** Where use depends on load, an assignment multiplier may reach this many times the second cheapest cost of its origin. */
  maxMultiplier: 1.2,
  /** Where an assignment multiplier starts, between the cheapest cost of its origin (0) and the second cheapest (1). */
  start: 0.6,
  /** Columns kept for each app. */
  columns: 16,
  /** Placed apps from which on equal ones share one relaxation. */
  minAppsGrouped: 128,
  /** Loads at which an app needs one replica more, up to which replicas are whole. With more, fractions matter little. */
  maxBreakpoints: 64,
};

/** Sorting pairs by origin. */
export const PAIR_RANKING = {
  /** Positions per cluster that an insertion sort may shift a row by. Beyond that a full sort is cheaper. */
  maxShifts: 4,
};
