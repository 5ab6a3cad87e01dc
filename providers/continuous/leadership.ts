/** Leadership: of several that run, one works; it stops before its lease ends, and another goes on after that. */
import type { Clock } from './clock';
import type { Register } from './register';

/** Who leads, as Kubernetes keeps it in a Lease. */
export interface LeaseRecord {
  /** Empty: given up by who had it. */
  readonly holder: string;
  readonly seconds: number;
  /** ISO 8601. */
  readonly acquired: string;
  /** ISO 8601. */
  readonly renewed: string;
  readonly transitions: number;
}

/** How to lead. */
export interface Leading {
  readonly register: Register<LeaseRecord>;
  /** Unique among all that run. */
  readonly identity: string;
  /** How long a lease holds without being renewed. */
  readonly seconds: number;
  readonly clock: Clock;
  /** Ends everything; the lease is given up then. */
  readonly signal: AbortSignal;
  /** A register that fails; it is tried again. */
  readonly onFailure?: (thrown: unknown) => void;
  /** Called whenever that changes. */
  readonly onChange?: (isLeader: boolean) => void;
  /** Gives up at once where another has the lease. Default: false, waits for it. */
  readonly once?: boolean;
}

/** Of the lease: who could not renew it for so long stops, and the rest is for stopping. */
const RENEWED_WITHIN = 2 / 3;
/** Of the lease: between two attempts. */
const RETRIED_EACH = 1 / 6;

/**
 * Works while it holds the lease, and waits for it while another does. `work` gets a signal that aborts once the lease
 * could not be renewed for two thirds of its duration; when it then ends, or fails, the lease is waited for again. When it
 * ends by itself, this ends. Two thirds of a lease are counted from before the renewal was sent, and who waits counts a
 * whole one from when it saw the renewal: as long as clocks run equally fast, whatever they show, no two work at a time,
 * provided that the work stops within a third of a lease after it is told to. False where `once` found another leader.
 */
export async function lead(
  how: Leading,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const { clock, signal, seconds, once = false } = how;
  const seen: Seen = { version: undefined, at: 0 };
  const pause = seconds * 1000 * RETRIED_EACH;
  while (!signal.aborted) {
    const since = clock.now();
    const isHeld = await tryHold(how, seen);
    if (isHeld && (await worked(how, seen, since, work))) return true;
    if (once && !isHeld) return false;
    await clock.sleep(pause, signal);
  }
  return true;
}

/** The record that was seen last, and when, by our own clock. */
interface Seen {
  version: string | undefined;
  at: number;
}

/** Takes or renews the lease where it is free, ours or out of date. */
async function tryHold(how: Leading, seen: Seen): Promise<boolean> {
  const { register, identity, seconds, clock, onFailure, once = false } = how;
  try {
    const { value, version } = await register.read();
    const now = clock.now();
    const renewed = new Date(now).toISOString();
    if (version !== seen.version) Object.assign(seen, { version, at: now });
    if (value === undefined || value.holder !== identity) {
      const isFree = value === undefined || value.holder === '';
      // Who tries once cannot watch for a whole lease: it believes the clock of the holder.
      const since = once && value !== undefined ? Date.parse(value.renewed) : seen.at;
      if (!isFree && now - since <= value.seconds * 1000) return false;
    }
    const isOurs = value?.holder === identity;
    return await register.swap(
      {
        holder: identity,
        seconds,
        acquired: isOurs ? value.acquired : renewed,
        renewed,
        transitions: (value?.transitions ?? -1) + (isOurs ? 0 : 1),
      },
      version,
    );
  } catch (thrown) {
    onFailure?.(thrown);
    return false;
  }
}

/** Works under the lease that is held since `since`; true when the work ended by itself or everything ends. */
async function worked(
  how: Leading,
  seen: Seen,
  since: number,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const { clock, signal, seconds, onChange } = how;
  const [ended, lost] = [new AbortController(), new AbortController()];
  onChange?.(true);
  const renewing = async (): Promise<void> => {
    let last = since;
    while (!ended.signal.aborted) {
      const left = last + seconds * 1000 * RENEWED_WITHIN - clock.now();
      if (left <= 0) return lost.abort();
      const rest = Math.min(left, seconds * 1000 * RETRIED_EACH);
      await clock.sleep(rest, ended.signal);
      if (ended.signal.aborted) return;
      const began = clock.now();
      const deadline = last + seconds * 1000 * RENEWED_WITHIN - began;
      // A register that does not answer must not hold up the end of the lease.
      const isHeld = await Promise.race([
        tryHold(how, seen),
        clock.sleep(Math.max(0, deadline), ended.signal).then(() => false),
      ]);
      if (isHeld) last = began;
    }
  };
  const renewed = renewing();
  const either = AbortSignal.any([signal, lost.signal]);
  try {
    await work(either);
    return signal.aborted || !lost.signal.aborted;
  } catch (thrown) {
    if (!lost.signal.aborted) throw thrown;
    return false;
  } finally {
    ended.abort();
    await renewed;
    onChange?.(false);
    if (!lost.signal.aborted) await giveUp(how);
  }
}

/** So that the next one need not wait; where that fails it waits. */
async function giveUp({ register, identity, onFailure }: Leading): Promise<void> {
  try {
    const { value, version } = await register.read();
    if (value?.holder === identity) await register.swap({ ...value, holder: '' }, version);
  } catch (thrown) {
    onFailure?.(thrown);
  }
}
