/** Terraform's own part in memory: what it does between the calls to a provider, and what it checks of every answer. */
import {
  type Attribute,
  type Context,
  type Diagnostic,
  type Fields,
  isKnown,
  type ManagedResource,
  type Planned,
  Unknown,
  type Value,
} from '../../providers/terraform/protocol/provider';

interface Kept {
  readonly fields: Fields;
  readonly hidden: Uint8Array;
  readonly tainted: boolean;
}

/** A plan as Terraform keeps it in a file. */
export interface Reviewed {
  readonly action: 'none' | 'create' | 'update' | 'replace' | 'delete';
  readonly prior: Fields | null;
  readonly planned: Fields | null;
  readonly hidden: Uint8Array;
  readonly diagnostics: readonly Diagnostic[];
}

const none = new Uint8Array();
const same = (a: unknown, b: unknown) => JSON.stringify(plain(a)) === JSON.stringify(plain(b));
const isError = ({ severity }: Diagnostic) => severity === 'error';

/** Key order says nothing, and an unknown is one of a kind. */
function plain(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: true };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, plain((value as Record<string, unknown>)[key])]);
}

/** One resource in one state. */
export class Core {
  state: Kept | undefined;

  constructor(
    public resource: ManagedResource,
    private readonly context: Context,
  ) {}

  /** Stored state through JSON and `upgrade`'s gate, then what the provider sees. */
  async refresh(): Promise<readonly Diagnostic[]> {
    if (this.state === undefined) return [];
    const { fields, hidden, tainted } = this.state;
    const stored = JSON.parse(JSON.stringify(fields)) as Fields;
    const seen = await this.resource.read(stored, hidden, this.context);
    this.state =
      seen.state === null
        ? undefined
        : { fields: seen.state, hidden: seen.hidden ?? hidden, tainted };
    return seen.diagnostics ?? [];
  }

  /** No configuration: to be destroyed. Throws where Terraform would blame the provider. */
  async plan(config: Fields | null): Promise<Reviewed> {
    const invalid = config === null ? [] : await this.resource.validate(config);
    const before = this.state;
    // Terraform reads every state through it, whether it refreshes or not.
    if (before !== undefined) {
      this.resource.upgrade(
        this.resource.schema.version,
        JSON.parse(JSON.stringify(before.fields)),
      );
    }
    if (invalid.some(isError)) return refused(before, invalid);
    const first = await this.planFrom(before?.tainted ? undefined : before, config);
    if (first.diagnostics?.some(isError)) return refused(before, first.diagnostics);
    const replace = before !== undefined && (before.tainted || this.mustReplace(first, before));
    const answer = replace && !before.tainted ? await this.planFrom(undefined, config) : first;
    const prior = before?.fields ?? null;
    const { planned, diagnostics = [] } = answer;
    const action = replace ? ('replace' as const) : actionOf(prior, planned);
    const hidden = answer.hidden ?? (replace ? none : (before?.hidden ?? none));
    return { action, prior, planned, hidden, diagnostics };
  }

  /** Plans once more as `apply` does, then makes it true. */
  async apply(config: Fields | null, reviewed?: Reviewed): Promise<readonly Diagnostic[]> {
    const plan = reviewed ?? (await this.plan(config));
    if (plan.diagnostics.some(isError)) return plan.diagnostics;
    if (plan.action === 'none') return plan.diagnostics;
    if (plan.action === 'delete') return this.destroy(plan.hidden);
    if (plan.action === 'replace') {
      const gone = await this.destroy(plan.hidden);
      if (gone.some(isError)) return gone;
    }
    const again = await this.planFrom(this.state, config);
    if (again.diagnostics?.some(isError)) return again.diagnostics;
    checkAgain(plan.planned, again.planned);
    return this.make(plan.action !== 'update', again, config);
  }

  private async make(
    isNew: boolean,
    { planned, hidden = this.state?.hidden ?? none }: Planned,
    config: Fields | null,
  ): Promise<readonly Diagnostic[]> {
    const prior = this.state?.fields ?? null;
    const done = await this.resource.apply({ prior, planned, config, hidden }, this.context);
    const diagnostics = done.diagnostics ?? [];
    const failed = diagnostics.some(isError);
    if (!failed) checkApplied(planned, done.state);
    if (done.state === null) this.state = undefined;
    else {
      if (!isKnown(done.state)) throw new Error('the provider left something unknown in the state');
      this.state = {
        fields: done.state,
        hidden: done.hidden ?? hidden,
        tainted: isNew && failed,
      };
    }
    return diagnostics;
  }

  private async destroy(hidden: Uint8Array): Promise<readonly Diagnostic[]> {
    if (this.state === undefined) return [];
    const { fields, tainted } = this.state;
    const done = await this.resource.apply(
      { prior: fields, planned: null, config: null, hidden },
      this.context,
    );
    const diagnostics = done.diagnostics ?? [];
    if (done.state === null) this.state = undefined;
    else this.state = { fields: done.state, hidden: done.hidden ?? hidden, tainted };
    return diagnostics;
  }

  private async planFrom(before: Kept | undefined, config: Fields | null): Promise<Planned> {
    const prior = before?.fields ?? null;
    const proposed = config === null ? null : this.proposed(prior, config);
    const request = { prior, proposed, config, hidden: before?.hidden ?? none };
    const one = await this.resource.plan(request, this.context);
    const two = await this.resource.plan(request, this.context);
    // Stopped, or out of reach by now.
    if (two.diagnostics?.some(isError)) return two;
    if (!same(one, two)) throw new Error('Provider produced inconsistent final plan');
    if (!one.diagnostics?.some(isError) && config !== null) {
      this.checkPlan(prior, config, one.planned ?? {});
    }
    return one;
  }

  private proposed(prior: Fields | null, config: Fields): Fields {
    const { attributes } = this.resource.schema;
    const value = ({ name, use }: Attribute): Value =>
      use === 'computed' || (use === 'optional-computed' && config[name] === null)
        ? (prior?.[name] ?? null)
        : (config[name] ?? null);
    return Object.fromEntries(attributes.map((one) => [one.name, value(one)]));
  }

  /** An argument is planned as configured, or as it was. */
  private checkPlan(prior: Fields | null, config: Fields, planned: Fields): void {
    for (const { name, use } of this.resource.schema.attributes) {
      if (!Object.hasOwn(planned, name)) throw new Error(`the plan lacks ${name}`);
      if (use === 'computed' || same(planned[name], config[name])) continue;
      if (use === 'optional-computed' && config[name] === null) continue;
      const isKept = config[name] !== null && prior !== null && prior[name] !== null;
      if (isKept && same(planned[name], prior[name])) continue;
      throw new Error(`Provider produced invalid plan: planned ${name} is not as configured`);
    }
  }

  private mustReplace({ planned, requiresReplace = [] }: Planned, before: Kept): boolean {
    return requiresReplace.some(
      ([name]) => typeof name === 'string' && !same(planned?.[name], before.fields[name]),
    );
  }
}

function refused(before: Kept | undefined, diagnostics: readonly Diagnostic[]): Reviewed {
  const prior = before?.fields ?? null;
  return { action: 'none', prior, planned: prior, hidden: none, diagnostics };
}

function actionOf(prior: Fields | null, planned: Fields | null): Reviewed['action'] {
  if (planned === null) return prior === null ? 'none' : 'delete';
  if (prior === null) return 'create';
  return same(prior, planned) ? 'none' : 'update';
}

/** What was known when it was reviewed is the same now. */
function checkAgain(reviewed: Fields | null, again: Fields | null): void {
  for (const [name, value] of Object.entries(reviewed ?? {})) {
    if (!fits(value, again?.[name])) throw new Error(`inconsistent final plan: ${name}`);
  }
}

function checkApplied(planned: Fields | null, state: Fields | null): void {
  for (const [name, value] of Object.entries(planned ?? {})) {
    if (!fits(value, state?.[name])) {
      throw new Error(`Provider produced inconsistent result after apply: ${name}`);
    }
  }
}

/** Unknown parts may become anything; keys and lengths may not change. */
function fits(planned: Value | undefined, actual: Value | undefined): boolean {
  if (planned instanceof Unknown) return true;
  if (typeof planned !== 'object' || planned === null) return same(planned, actual);
  if (typeof actual !== 'object' || actual === null) return false;
  const [before, now] = [Object.keys(planned), Object.keys(actual)];
  const inner = (of: Value, key: string) => (of as Record<string, Value>)[key];
  return (
    before.length === now.length &&
    before.every((key) => fits(inner(planned, key), inner(actual, key)))
  );
}
