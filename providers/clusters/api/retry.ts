/** Decides whether, and after how long, a request is sent again. Computes only. */
import { isMoment, isOtherObject, type Status } from './status';

/** How one attempt ended. */
export type Attempt =
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly status: Status;
      /** Seconds, as the header says. */
      readonly retryAfter?: string;
    }
  | {
      readonly kind: 'broken';
      /** False when the server has certainly not seen the request. */
      readonly sent: boolean;
      /** False for what only a person can mend, such as a certificate. */
      readonly passing: boolean;
    };

/** What the decision depends on. */
export interface RetryContext {
  /** True when doing it twice is doing it once. */
  readonly safe: boolean;
  /** True when the request says what must be there: then a conflict is its answer. Default: false. */
  readonly conditional?: boolean;
  /** 0 for the first. */
  readonly attempt: number;
  /** Until the deadline. */
  readonly remainingMilliseconds: number;
  readonly random: () => number;
}

/** Attempts of one request, the first included. */
export const maxAttempts = 5;
const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5000;

/** Milliseconds to wait before the next attempt, or undefined when this one is final. */
export function pauseAfter(attempt: Attempt, context: RetryContext): number | undefined {
  if (context.attempt + 1 >= maxAttempts) return undefined;
  const description = isPassing(attempt, context);
  if (description === undefined) return undefined;
  const doubling = firstPauseMilliseconds * 2 ** context.attempt;
  // Half of the pause is random: a thousand requests refused together do not come back together.
  const jittered = Math.min(longestPauseMilliseconds, doubling) * (0.5 + context.random() / 2);
  const pause = Math.max(description, jittered);
  return pause < context.remainingMilliseconds ? pause : undefined;
}

/** The least pause in milliseconds when another attempt may help, or undefined. */
function isPassing(
  attempt: Attempt,
  { safe, conditional = false }: RetryContext,
): number | undefined {
  if (attempt.kind === 'broken') {
    return attempt.passing && (safe || !attempt.sent) ? 0 : undefined;
  }
  const { httpStatus, status } = attempt;
  const wait = retryAfterMilliseconds(attempt.retryAfter, status);
  // A 429 is refused before anything is done.
  if (httpStatus === 429) return wait;
  if (!safe) return undefined;
  const isBusy = httpStatus === 503 || status.reason === 'ServerTimeout';
  const isRace =
    httpStatus === 409 &&
    !conditional &&
    !isOtherObject(status) &&
    (status.details?.causes ?? []).length === 0;
  const raced = isRace && /^(Conflict|AlreadyExists)$/.test(status.reason ?? '');
  return isBusy || isMoment(status) || raced ? wait : undefined;
}

function retryAfterMilliseconds(header: string | undefined, status: Status): number {
  const seconds = Number(header ?? status.details?.retryAfterSeconds ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
