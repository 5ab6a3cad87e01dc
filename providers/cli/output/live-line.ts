/** Live line: one line on a terminal that says how far what takes longer than a second has come, and is gone in the end. */
import { cells } from './layout';
import { harmless, type Session, widthOf } from './terminal';

/** Shows one line that is written over. */
export interface LiveLine {
  /** Shows the text where it is time to; `text` is called only then. */
  readonly show: (text: () => string) => void;
  /** Clears the line. May be called again. */
  readonly end: () => void;
}

/** What ends sooner says nothing. */
const QUIET_MILLISECONDS = 1000;
/** Between two frames. */
const FRAME_MILLISECONDS = 100;

/** On a terminal alone: files, pipes and CI get none of it. `now` counts milliseconds. */
export function liveLine(
  { stderr, env, remark }: Session,
  now = () => performance.now(),
): LiveLine {
  const isLive = stderr.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
  if (!isLive) return { show: () => undefined, end: () => undefined };
  const start = now();
  let last = Number.NEGATIVE_INFINITY;
  let isShown = false;
  return {
    show: (text) => {
      const time = now();
      if (time - start < QUIET_MILLISECONDS || time - last < FRAME_MILLISECONDS) return;
      last = time;
      isShown = true;
      remark(`\r\u001b[K${cut(harmless(text()), widthOf(stderr, env) - 1)}`);
    },
    end: () => {
      if (isShown) remark('\r\u001b[K');
      isShown = false;
    },
  };
}

/** A line that wraps could not be written over. */
function cut(text: string, width: number): string {
  if (cells(text) <= width) return text;
  let kept = text;
  while (cells(kept) > width - 3) kept = kept.slice(0, -1);
  return `${kept}...`;
}
