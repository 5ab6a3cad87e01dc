/** Terminal: the output streams of a command, their width, and whether they take colours. */

/** The part of a stream that commands use. */
interface Output {
  /** False: what was written waits; `drain` tells when it is gone. */
  write(text: string): unknown;
  once?(event: 'drain', listener: () => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Everything a command takes from the process it runs in. */
export interface Surroundings {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As it was called: `kubectl littoral` where kubectl found it as a plugin. Default: littoral. */
  readonly program?: string;
  /** Stops what changes clusters between two steps. */
  readonly signal?: AbortSignal;
}

const codes = {
  bold: 1,
  dim: 2,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
} as const;
/** The few ways a text can stand out. */
export type Style = keyof typeof codes;
/** Colours a text, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Returns every text as it is. */
export const plain: Paint = (_style, text) => text;
const ansi: Paint = (style, text) =>
  text === ''
    ? ''
    : `\u001b[${codes[style]}m${text}\u001b[${style === 'bold' || style === 'dim' ? 22 : 39}m`;

const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
  /(\u001b\[\d{1,2}m)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Names and answers of others cannot move the cursor, wipe a line or turn it around: what would is written as `\u001b`. Colours stay. */
export function harmless(text: string): string {
  return text.replace(controls, (found, colour: string | undefined) =>
    colour === undefined ? `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}` : colour,
  );
}

/** Writes, and waits where the reader is slower: what follows for hours holds no more than a buffer. */
export async function writeAll(stream: Output, text: string): Promise<void> {
  if (stream.write(text) !== false || stream.once === undefined) return;
  await new Promise<void>((resolve) => stream.once?.('drain', resolve));
}

/** NO_COLOR wins over FORCE_COLOR, which wins over whether the stream is a terminal. */
export function paintFor(stream: Output, env: Surroundings['env']): Paint {
  if ((env.NO_COLOR ?? '') !== '') return plain;
  const forced = env.FORCE_COLOR ?? '';
  if (forced === '0' || forced === 'false') return plain;
  if (forced !== '') return ansi;
  return stream.isTTY === true && env.TERM !== 'dumb' ? ansi : plain;
}

/** Columns to write in: the terminal's own, else COLUMNS, else 100; between 40 and 160. */
export function widthOf(stream: Output, env: Surroundings['env']): number {
  const said = Number(env.COLUMNS);
  const columns = stream.columns ?? (Number.isInteger(said) && said > 0 ? said : 100);
  return Math.min(160, Math.max(40, columns));
}

/** What a command may use while it runs. */
export interface Session extends Surroundings {
  /** Writes a document or a table to standard output. */
  readonly print: (text: string) => void;
  /** Writes a remark to standard error. */
  readonly remark: (text: string) => void;
  readonly paint: Paint;
  readonly width: number;
}
