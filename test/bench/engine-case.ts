/** One case of the engine bench: a problem, the part of the report it belongs to, and the best value that is known of it. */
import type { PlacementDecision } from '../../constructs/model/decision';
import type { PlaceInput } from '../../constructs/policy/place-input';

/** One problem with the best value that is known of it. */
export interface EngineCase {
  readonly name: string;
  /** Heading of the report. */
  readonly goal: keyof typeof goals;
  /** Cases of one family differ in size; a solver that fails a smaller one is not asked the larger. */
  readonly family: string;
  /** Candidates times customers; of all apps together. */
  readonly pairs: number;
  /** Undefined where nothing was published. */
  readonly best?: number;
  readonly input: () => PlaceInput;
  /** What the decision is worth by another measure, which `best` is of; by its own value without. */
  readonly judged?: (decision: PlacementDecision) => number;
  /** Whether general solvers are asked: one app, and not too large to write down. */
  readonly isAsked: boolean;
}

/** What each part of the report is about. */
export const goals = {
  graphs: 'Networks: p-median of OR-Library, and graphs drawn like them',
  facilities: 'Opening costs and capacities: cap of OR-Library, and drawn like its large ones',
  plane: 'Points of the plane: p-median',
  random: 'Opening costs without a map: costs at random, and families made to be hard to bound',
  whole: 'Whole origins: single-source capacities',
  world: 'Places and people of the world',
  even: 'Places spread evenly over the globe, with the default minimum load',
  huge: 'The world at full size',
  rules:
    'The world with rules: residency, two spreads that cross, places that must and must not be',
  joint: 'Many apps on a fleet with little more room than they need',
  latency: 'Measured round trips between 246 cities',
} as const;

/** General solvers are asked up to so many pairs: more take a gigabyte to write down. */
const MOST_ASKED = 1_000_000;

/** A case before it is known who is asked. */
export type Described = Pick<EngineCase, 'name' | 'goal' | 'family' | 'pairs' | 'input' | 'judged'>;

/** General solvers are asked about one app on not too many pairs. */
export function caseOf(one: Described, best?: number): EngineCase {
  const isAsked = one.pairs <= MOST_ASKED && one.goal !== 'joint' && one.judged === undefined;
  return { ...one, isAsked, ...(best !== undefined && { best }) };
}
