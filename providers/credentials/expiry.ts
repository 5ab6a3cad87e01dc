/** Expiry: which credentials and authorities end soon, in sentences. */

import type { Reachable } from '../clusters/api/way';
import { readContext } from '../clusters/auth/kubeconfig';
import { ClusterError } from '../clusters/errors';
import { type Credential, credentialOf } from './credential';

/** People are told so many days before. */
export const WARNED_DAYS = 14;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** What ends within `days`, or has ended, a sentence each. `now`: milliseconds since 1970. */
export function endings(
  { kind, expiresAt, authorityExpiresAt }: Credential,
  now: number,
  days: number,
): readonly string[] {
  return [
    ...ending(
      kind === 'client certificate' ? 'the client certificate' : 'the token',
      expiresAt,
      now,
      days,
    ),
    ...ending('the authority of its server', authorityExpiresAt, now, days),
  ];
}

function ending(
  what: string,
  at: string | undefined,
  now: number,
  days: number,
): readonly string[] {
  const left = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at) - now;
  if (left > days * DAY_MILLISECONDS) return [];
  if (left <= 0) return [`${what} has expired on ${at}`];
  const whole = Math.floor(left / DAY_MILLISECONDS);
  const in_ = whole === 0 ? 'today or tomorrow' : `in ${whole} ${whole === 1 ? 'day' : 'days'}`;
  return [`${what} expires ${in_}, on ${at}`];
}

/** Warnings about these clusters, by what their kubeconfigs say alone: nothing is run and nobody is asked. */
export function expiryWarnings(
  clusters: readonly Reachable[],
  folder: string,
  now: number,
): readonly string[] {
  return clusters.flatMap((cluster) => {
    const { access } = cluster;
    if (access?.kubeconfig === undefined || access.secret !== undefined) return [];
    try {
      const found = endings(credentialOf(readContext(cluster, folder)), now, WARNED_DAYS);
      return found.map((text) => `${cluster.name}: ${text}`);
    } catch (thrown) {
      // Whoever connects says what is wrong with it.
      if (thrown instanceof ClusterError) return [];
      throw thrown;
    }
  });
}
