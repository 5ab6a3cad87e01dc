/** The contract of a managed resource: its operations, and which interruptions they survive. */
import type { z } from '../../constructs/parsing';

/** Something that is not as desired; everything else was done. */
export interface Problem {
  /** Where: a cluster, an app. */
  readonly subject: string;
  readonly summary: string;
  readonly remedy: string;
}

/** What a change of the world leaves behind, whole or half. */
export interface Reconciled<State, Outcome> {
  /** To be kept even when there are problems; undefined when nothing is left to manage. */
  readonly state: State | undefined;
  readonly outcome: Outcome;
  readonly problems: readonly Problem[];
  /** What a person should know although all was done, such as what was left behind. */
  readonly warnings: readonly string[];
}

/**
 * One kind of thing that is made and kept. Creating, updating and adopting are one flow: observe what is there,
 * ensure what is missing, sync what differs. State is a cache; what is observed is the truth. Every method may be
 * cut off anywhere and called again.
 */
export interface Resource<Props, State, Plan, Outcome, World> {
  readonly kind: string;
  /** One sentence that ends with a full stop. */
  readonly doc: string;
  readonly schema: z.ZodType;
  /** Throws EdgeErrors with every mistake. */
  readonly parse: (source: object) => Props;
  /** Pure: what `reconcile` would do, as far as the state of the last `read` tells. Undefined props: delete. */
  readonly plan: (prior: State | undefined, desired: Props | undefined) => Plan;
  /** What is there now. Undefined: nothing, for certain; what cannot be reached stays as it was recorded. */
  readonly read: (prior: State, world: World) => Promise<State | undefined>;
  readonly reconcile: (
    prior: State | undefined,
    desired: Props,
    world: World,
  ) => Promise<Reconciled<State, Outcome>>;
  /** Removes what the state and the world say is ours. Deleting twice is deleting once. */
  readonly delete: (prior: State, world: World) => Promise<Reconciled<State, Outcome>>;
  /** The state of something that exists. Throws EdgeError when it does not. */
  readonly import: (id: string, world: World) => Promise<State>;
}

/** One kind of thing that is only read. */
export interface DataSource<Props, Value, World> {
  readonly kind: string;
  /** One sentence that ends with a full stop. */
  readonly doc: string;
  readonly schema: z.ZodType;
  /** Throws EdgeErrors with every mistake. */
  readonly parse: (source: object) => Props;
  readonly read: (props: Props, world: World) => Promise<Value>;
}
