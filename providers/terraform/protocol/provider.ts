/** The interface of a Terraform provider: schemas, values and calls, independent of the wire format. */

/** A cty type as Terraform writes it in JSON. */
export type CtyType =
  | 'string'
  | 'number'
  | 'bool'
  | 'dynamic'
  | readonly ['list' | 'set' | 'map', CtyType]
  | readonly ['object', Readonly<Record<string, CtyType>>];

/** How a nested attribute repeats. */
type Nesting = 'single' | 'list' | 'set' | 'map';

/** Who gives an attribute its value: the configuration, the provider, or the provider when the configuration does not. */
export type Use = 'required' | 'optional' | 'computed' | 'optional-computed';

/**
 * One attribute of a block: it has either a type or nested attributes. With the type `dynamic` nested attributes only
 * describe what is inside: Terraform passes every key on, where it would drop those that a nested type does not have.
 */
export interface Attribute {
  /** snake_case. */
  readonly name: string;
  readonly type?: CtyType;
  readonly nested?: { readonly nesting: Nesting; readonly attributes: readonly Attribute[] };
  /** Markdown. */
  readonly description: string;
  readonly use: Use;
  readonly sensitive?: boolean;
}

/** The attributes of a provider, a resource or a data source. */
export interface Schema {
  /** Of the state; `upgrade` is called for every older one. */
  readonly version: number;
  /** Markdown. */
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** A value that Terraform learns only while applying. There is one instance, `unknown`. */
export class Unknown {
  toString(): string {
    return '(known after apply)';
  }
}

/** The value that is not known yet. */
export const unknown: Unknown = new Unknown();

/** A value as Terraform has it: null when absent, `unknown` when it is not known yet. Big numbers that no double holds are strings. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Unknown
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Every attribute of a schema; null when absent. */
export type Fields = Readonly<Record<string, Value>>;

/** Strings are attribute names, or the key directly below a map; numbers are places in a list. */
export type Path = readonly (string | number)[];

/** What is wrong, for the person who wrote the configuration. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** One sentence: what is wrong. */
  readonly summary: string;
  /** What was got, what was expected, and what to do. */
  readonly detail: string;
  readonly path?: Path;
}

/** Bytes that Terraform keeps beside the state and never shows: JSON text, empty when there is none. */
type Private = Uint8Array;

/** What a call knows besides its arguments. */
export interface Context {
  /** Aborted when Terraform asks the provider to stop (Ctrl-C). */
  readonly signal: AbortSignal;
  /** One line of TF_LOG. Never pass environments or sensitive values. */
  readonly log: (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;
  /** The provider's own configuration; every attribute null before Terraform has configured it. */
  readonly settings: Fields;
}

/** As Terraform names them in TF_LOG, in lower case. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Something that has a state after a call, or is gone. */
export interface Kept {
  /** Null: it does not exist (any more). */
  readonly state: Fields | null;
  /** Stays as it was when left out. */
  readonly hidden?: Private;
  readonly diagnostics?: readonly Diagnostic[];
}

/** A request to plan: no prior is a creation, no proposed a deletion. */
export interface PlanRequest {
  readonly prior: Fields | null;
  /** Configuration over prior state, as Terraform merges them. */
  readonly proposed: Fields | null;
  readonly config: Fields | null;
  readonly hidden: Private;
  /** What the plan that was reviewed left in `hidden`; only Terraform 1.16 and later keep it for the plan made at apply. */
  readonly reviewed?: Private;
}

/** The answer to a request to plan; must be the same for the same request. */
export interface Planned {
  readonly planned: Fields | null;
  /** Stays as it was when left out. */
  readonly hidden?: Private;
  /** Attributes whose change needs another object instead of this one. */
  readonly requiresReplace?: readonly Path[];
  readonly diagnostics?: readonly Diagnostic[];
}

/** A request to make a plan true. */
export interface ApplyRequest {
  readonly prior: Fields | null;
  readonly planned: Fields | null;
  readonly config: Fields | null;
  /** What the plan left in `hidden`. */
  readonly hidden: Private;
}

/**
 * One type of resource. An EdgeError or EdgeErrors thrown by any method becomes diagnostics; anything else thrown
 * becomes one diagnostic that calls it a defect. Load what is heavy inside the methods: every start pays for the rest.
 */
export interface ManagedResource {
  readonly schema: Schema;
  /** `config` may hold unknowns at any depth. */
  validate(config: Fields): Promise<readonly Diagnostic[]> | readonly Diagnostic[];
  /** State of an older schema, as parsed JSON, in today's shape. */
  upgrade(version: number, state: unknown): Fields;
  read(prior: Fields, hidden: Private, context: Context): Promise<Kept>;
  plan(request: PlanRequest, context: Context): Promise<Planned>;
  apply(request: ApplyRequest, context: Context): Promise<Kept>;
  import(id: string, context: Context): Promise<Kept & { readonly state: Fields }>;
}

/** One type of data source. */
export interface ReadSource {
  readonly schema: Schema;
  /** `config` may hold unknowns at any depth. */
  validate(config: Fields): Promise<readonly Diagnostic[]> | readonly Diagnostic[];
  read(
    config: Fields,
    context: Context,
  ): Promise<{ readonly state: Fields; readonly diagnostics?: readonly Diagnostic[] }>;
}

/** One argument of a function; never null and never unknown. */
export interface Parameter {
  /** snake_case. */
  readonly name: string;
  readonly type: CtyType;
  /** Markdown. */
  readonly description: string;
}

/** One function. Terraform calls it more often than needed, and the same arguments must give the same. */
export interface ProviderFunction {
  /** One line without a full stop. */
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly returns: CtyType;
  /** An EdgeError thrown is told about the parameter that its path begins with, else about the first. */
  call(values: readonly Value[]): Value;
}

/** A whole provider. */
export interface Provider {
  /** Of the provider block. */
  readonly schema: Schema;
  /** By full type name, e.g. `littoral_placement`. */
  readonly resources: Readonly<Record<string, ManagedResource>>;
  readonly dataSources: Readonly<Record<string, ReadSource>>;
  /** By name, as after `provider::NAME::`. */
  readonly functions?: Readonly<Record<string, ProviderFunction>>;
  validate(config: Fields): Promise<readonly Diagnostic[]> | readonly Diagnostic[];
}

/** Whether nothing in `value` is unknown, at any depth. */
export function isKnown(value: Value): boolean {
  if (value instanceof Unknown) return false;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((inner: Value) => isKnown(inner));
}
