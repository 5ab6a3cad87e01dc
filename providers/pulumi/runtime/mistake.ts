/** Mistake: how a Pulumi program ends for something its author can correct: a sentence, and no stack. */
import { inspect } from 'node:util';
import * as pulumi from '@pulumi/pulumi';
import { type EdgeError, edgeErrorsOf } from '../../../constructs/parsing';

/** One or several mistakes; Pulumi prints the message alone. */
export class Mistake extends pulumi.RunError {
  /** Every mistake found. */
  readonly errors: readonly EdgeError[];

  constructor(errors: readonly EdgeError[]) {
    const where = (path: string) => (path === '' ? '' : `${path}: `);
    super(
      errors.map(({ path, summary, remedy }) => `${where(path)}${summary}. ${remedy}`).join('\n'),
    );
    this.errors = errors;
    // Every property that holds it would write its own name in front, into the one message that is printed.
    const { message } = this;
    Object.defineProperty(this, 'message', { get: () => message, set: () => undefined });
    // Pulumi adds the resource to an error, and prints what it holds: everything the program has, for minutes.
    Object.defineProperty(this, inspect.custom, { value: () => this.message });
  }
}

/** Runs a step; EdgeErrors become a Mistake. */
export async function orMistake<T>(step: () => T | Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (thrown) {
    const errors = edgeErrorsOf(thrown);
    if (errors === undefined) throw thrown;
    throw new Mistake(errors);
  }
}
