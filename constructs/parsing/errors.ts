/** Errors a person can act on: what was received, what was expected, where, and one remedy. */

/** What kind of thing went wrong; decides the exit code and the wording of the wires. */
export type EdgeErrorCode =
  | 'InvalidDocument' // the text is not YAML/JSON, or a value breaks its shape
  | 'UnknownKey' // a key that the document does not have
  | 'UnknownName' // a name or value that nothing else defines
  | 'Duplicate' // the same name twice
  | 'Contradiction' // two rules that can never hold together, visible without data
  | 'NoDemand' // nothing says where requests come from
  | 'SourceFailed' // a file, metrics server or API server did not answer as it should
  | 'MissingPackage' // an optional peer package is not installed
  | 'TooLarge' // more than can be computed with what was asked for
  | 'Unsatisfied' // no placement satisfies the policy, and a wire was not told to go on
  | 'GuardStopped'; // a guard refused the change

/** Everything an EdgeError carries. */
export interface EdgeErrorProps {
  /** Kind of the mistake, stable for programs. */
  readonly code: EdgeErrorCode;
  /** Where in the user's own document, e.g. `policy.constraints.minClusters`; empty for the document itself. */
  readonly path: string;
  /** What was received and what was expected, in one sentence without a final full stop. */
  readonly summary: string;
  /** One remedy in the imperative. */
  readonly remedy: string;
  /** The file or address the document came from. */
  readonly file?: string;
  /** 1-based line in that file. */
  readonly line?: number;
  /** The underlying error, for programs; never printed to users. */
  readonly cause?: unknown;
}

/** One mistake in one place. */
export class EdgeError extends Error {
  /** Kind of the mistake, stable for programs. */
  readonly code: EdgeErrorCode;
  /** Where in the document the mistake is, e.g. `policy.constraints.minClusters`. */
  readonly path: string;
  /** What is wrong, in one sentence. */
  readonly summary: string;
  /** What to change, in one sentence. */
  readonly remedy: string;
  /** The file the document came from, if known. */
  readonly file?: string;
  /** Line in that file, counted from 1, if known. */
  readonly line?: number;

  constructor(props: EdgeErrorProps) {
    super(describe(props), props.cause === undefined ? undefined : { cause: props.cause });
    this.name = 'EdgeError';
    this.code = props.code;
    this.path = props.path;
    this.summary = props.summary;
    this.remedy = props.remedy;
    if (props.file !== undefined) this.file = props.file;
    if (props.line !== undefined) this.line = props.line;
  }
}

/** All mistakes found in one go; parsers gather before they throw. */
export class EdgeErrors extends Error {
  /** Every mistake found, at least one. */
  readonly errors: readonly EdgeError[];

  constructor(errors: readonly EdgeError[]) {
    super(errors.map((error) => error.message).join('\n'));
    this.name = 'EdgeErrors';
    this.errors = errors;
  }
}

/** The EdgeErrors in a thrown value, or undefined when it is not ours (a bug). */
export function edgeErrorsOf(thrown: unknown): readonly EdgeError[] | undefined {
  if (thrown instanceof EdgeErrors) return thrown.errors;
  if (thrown instanceof EdgeError) return [thrown];
  return undefined;
}

/** Throws all of `errors` at once; does nothing when there are none. */
export function throwAll(errors: readonly EdgeError[]): void {
  if (errors.length > 0) throw new EdgeErrors(errors);
}

function describe(props: EdgeErrorProps): string {
  const where = [props.file, props.line].filter((part) => part !== undefined).join(':');
  const at = [where, props.path].filter((part) => part !== '').join(' ');
  return `${props.code}${at === '' ? '' : ` at ${at}`}: ${props.summary}\n  ${props.remedy}`;
}
