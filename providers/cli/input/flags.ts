/** Flags: a table per command, parsed with every mistake reported at once. */
import { parseArgs } from 'node:util';
import { EdgeError, nearest, throwAll } from '../../../constructs/parsing';

/** One flag. With `value` (its placeholder in help) it takes a value, without it is a switch. */
export interface Flag {
  readonly doc: string;
  readonly value?: string;
  readonly multiple?: true;
  readonly short?: string;
  /** Every value it may take. */
  readonly choices?: readonly string[];
}
/** The flags of a command by long name. */
export type Flags = Readonly<Record<string, Flag>>;
/** What was written: lists for `multiple`, text or undefined for other values, true or false for switches. */
export type Values<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends { readonly value: string }
    ? F[K] extends { readonly multiple: true }
      ? readonly string[]
      : string | undefined
    : boolean;
};
/** Flags and the words between them. */
interface Arguments<F extends Flags> {
  readonly values: Values<F>;
  readonly words: readonly string[];
}

interface Token {
  readonly kind: string;
  readonly name?: string;
  readonly rawName?: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** Reads `argv` by the table. Throws EdgeErrors that name each unknown flag with its nearest spelling. */
export function parseFlags<F extends Flags>(
  command: string,
  flags: F,
  argv: readonly string[],
): Arguments<F> {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, option(flag)])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const errors: EdgeError[] = [];
  const found = new Map<string, string[]>();
  const words: string[] = [];
  for (const token of tokens as readonly Token[]) {
    if (token.kind === 'positional') words.push(token.value ?? '');
    if (token.kind !== 'option') continue;
    const error = mistakeIn(command, flags, token, found);
    if (error !== undefined) errors.push(error);
    else found.set(token.name ?? '', [...(found.get(token.name ?? '') ?? []), token.value ?? '']);
  }
  throwAll(errors);
  const values = Object.entries(flags).map(([name, flag]) => [
    name,
    written(flag, found.get(name)),
  ]);
  return { values: Object.fromEntries(values) as Values<F>, words };
}

/** A mistake in how a command was called. */
export function usageError(command: string, flag: string, summary: string, remedy?: string) {
  return new EdgeError({
    code: 'InvalidDocument',
    path: flag,
    summary,
    remedy: remedy ?? `See littoral ${command} --help.`,
  });
}

function option(flag: Flag) {
  const type = flag.value === undefined ? ('boolean' as const) : ('string' as const);
  return { type, multiple: true, ...(flag.short === undefined ? {} : { short: flag.short }) };
}

function written(flag: Flag, found: readonly string[] | undefined) {
  if (flag.value === undefined) return found !== undefined;
  return flag.multiple === true ? (found ?? []) : found?.[0];
}

function mistakeIn(
  command: string,
  flags: Flags,
  token: Token,
  found: ReadonlyMap<string, unknown>,
): EdgeError | undefined {
  const spelled = token.rawName ?? '';
  const wrong = (summary: string, remedy?: string) => usageError(command, spelled, summary, remedy);
  const flag = Object.hasOwn(flags, token.name ?? '') ? flags[token.name ?? ''] : undefined;
  if (flag === undefined) return wrong('there is no such flag', suggestion(command, flags, token));
  if (flag.value === undefined) {
    return token.inlineValue === true ? wrong('is a switch and takes no value') : undefined;
  }
  if (token.value === undefined || (token.inlineValue !== true && /^-./.test(token.value))) {
    return wrong(`needs a value (${flag.value})`);
  }
  if (flag.choices !== undefined && !flag.choices.includes(token.value)) {
    const near = nearest(token.value, flag.choices);
    const choices = `Use one of: ${flag.choices.join(', ')}.`;
    return wrong(
      `cannot be ${JSON.stringify(token.value)}`,
      near === undefined ? choices : `Write ${near}. ${choices}`,
    );
  }
  if (flag.multiple !== true && found.has(token.name ?? '')) return wrong('was given twice');
  return undefined;
}

function suggestion(command: string, flags: Flags, token: Token): string {
  const near = nearest(token.name ?? '', [...Object.keys(flags), 'help']);
  const all = `littoral ${command} --help lists all flags.`;
  return near === undefined ? `Leave it out; ${all}` : `Write --${near}; ${all}`;
}
