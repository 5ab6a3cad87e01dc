/** What an API server, or the way to it, can answer instead of doing what it was asked. */
import { EdgeError, type EdgeErrorProps } from '../../constructs/parsing';

/** What a ClusterError carries besides the text. */
export interface ClusterErrorProps extends Omit<EdgeErrorProps, 'code' | 'path'> {
  readonly cluster: string;
  /** HTTP status of the answer; none when there was no answer. */
  readonly status?: number;
  /** Kubernetes' word for it: Forbidden, Invalid, Conflict, NotFound ... */
  readonly reason?: string;
  /** The field that cannot be changed, where that is the reason. */
  readonly immutable?: string;
  /** True when the object itself is wrong. */
  readonly invalid?: boolean;
  /** True when the same request may succeed later. */
  readonly retriable?: boolean;
  /** True when no answer came. */
  readonly unreachable?: boolean;
}

/** A request to one cluster that did not succeed. */
export class ClusterError extends EdgeError {
  readonly cluster: string;
  readonly status?: number;
  readonly reason?: string;
  readonly immutable?: string;
  readonly invalid: boolean;
  readonly retriable: boolean;
  readonly unreachable: boolean;

  constructor(props: ClusterErrorProps) {
    const { cluster, status, reason, immutable, invalid, retriable, unreachable, ...text } = props;
    super({ ...text, code: 'SourceFailed', path: `clusters.${cluster}` });
    this.name = 'ClusterError';
    this.cluster = cluster;
    if (status !== undefined) this.status = status;
    if (reason !== undefined) this.reason = reason;
    if (immutable !== undefined) this.immutable = immutable;
    this.invalid = invalid ?? false;
    this.retriable = retriable ?? false;
    this.unreachable = unreachable ?? false;
  }
}

/** True when the API server could not be reached: no connection, no answer in time, or a gateway that answers for it. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ClusterError && error.unreachable;
}

/** Whose failure it is that a cluster cannot be asked. */
export type Fault = 'forbidden' | 'misconfigured' | 'unreachable';

/**
 * forbidden: the server does not know us, or does not let us. misconfigured: our files, plugins, certificates, names or
 * proxies are wrong, so that nothing is known about the cluster. unreachable: no answer came.
 */
export function faultOf(error: ClusterError): Fault {
  if (error.unreachable) return 'unreachable';
  const isRefused = error.status === 401 || error.status === 403;
  return isRefused || /^(Unauthorized|Forbidden)$/.test(error.reason ?? '')
    ? 'forbidden'
    : 'misconfigured';
}

/** True when the same request may succeed later without anyone changing anything. */
export function isRetriable(error: unknown): boolean {
  return error instanceof ClusterError && error.retriable;
}
