/** World: how a release reaches clusters and reports its progress. */

import { EdgeError, edgeErrorsOf } from '../../../../constructs/parsing';
import { leaseCluster } from '../../../clusters/api/lease';
import type { OpenOptions } from '../../../clusters/api/open';
import type { Reachable } from '../../../clusters/api/way';
import type { ClusterClient, ObjectRef } from '../../../clusters/cluster';
import { isUnreachable } from '../../../clusters/errors';
import type { CaaLookup } from '../../../dns/question/caa';
import type { Owner } from '../state/owner';

/** The phase of a cluster during a release. */
export type Phase =
  | 'observing'
  | 'observed'
  | 'applying'
  | 'waiting'
  | 'ready'
  | 'removing'
  | 'removed'
  | 'rolling back'
  | 'rolled back'
  | 'failed'
  | 'unreachable'
  | 'kept'
  | 'left'
  | 'skipped';

/** Something happened in one cluster. */
export interface ReleaseEvent {
  readonly cluster: string;
  readonly phase: Phase;
  readonly object?: ObjectRef;
  readonly reason?: string;
}

/** What a release needs from outside. */
export interface World {
  /** Gives up after `seconds`. */
  readonly connect: (cluster: Reachable, seconds: number) => Promise<ClusterClient>;
  /** Who acts, where no state says it yet. Default: nobody in particular, for readers. */
  readonly owner?: Owner;
  /** Owners whose release this run may take without being told to, because it replaces them. */
  readonly follows?: (held: Owner) => boolean;
  readonly onEvent?: (event: ReleaseEvent) => void;
  /** Stops between two steps; what was begun stays recorded. */
  readonly signal?: AbortSignal;
  /**
   * Called once new clusters are ready and before the release is removed from any cluster: sends users elsewhere and
   * waits until they are gone. Gives why nothing may be removed yet, or undefined.
   */
  readonly beforeRemoval?: (
    release: string,
    leaving: readonly string[],
  ) => Promise<string | undefined>;
  /** CAA records by name. Default: the resolver of this machine. */
  readonly caa?: CaaLookup;
  /** Milliseconds since 1970, for what certificates say of their time. Default: the clock. */
  readonly clock?: () => number;
  /** Pauses between waves. Default: the clock. */
  readonly pause?: (seconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Clusters as kubeconfigs describe them, shared with all who reach them in this process; relative paths start in `folder`. `given` tells of clusters that are reached otherwise. */
export function worldOf(
  folder: string,
  more: Omit<World, 'connect'> &
    Pick<OpenOptions, 'given'> & { readonly requestSeconds?: number } = {},
): World {
  const { requestSeconds, given, ...rest } = more;
  const options = {
    folder,
    ...(given === undefined ? {} : { given }),
    ...(requestSeconds === undefined ? {} : { deadlineSeconds: requestSeconds }),
  };
  return {
    ...rest,
    connect: (cluster, connectSeconds) => leaseCluster(cluster, { ...options, connectSeconds }),
  };
}

/** Why a request to a cluster failed; rethrows anything that is no error of a cluster. */
export function failureOf(thrown: unknown): { readonly reason: string; readonly dead: boolean } {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) throw thrown;
  const reason = errors.map(({ summary, remedy }) => `${summary}. ${remedy}`).join(' ');
  return { reason, dead: isUnreachable(thrown) };
}

/** Thrown where a run stops on request. */
class Stopped extends EdgeError {
  constructor() {
    super({
      code: 'SourceFailed',
      path: '',
      summary: 'stopped on request',
      remedy: 'What is done stays done.',
    });
  }
}

/** Throws Stopped once `signal` is given. */
export function goOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new Stopped();
}

/** Waits on the clock; ends early when stopped. */
export function pauseFor(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    signal?.addEventListener('abort', done);
  });
}

/** Rejects with `late()` when `work` takes longer. */
export async function within<T>(seconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
