/** Tells the rows of a collection and then every change, for as long as nobody says stop; keeps one version in memory and no row. */

import type { ApiServer } from '../clusters/api/api-server';
import {
  listTable,
  type ServerTable,
  type TableColumn,
  type TableQuery,
  type TableRow,
  watchTable,
} from '../clusters/api/tables';
import { pause } from '../clusters/deadline';
import { ClusterError } from '../clusters/errors';

/** Who is told. */
export interface TableFollower {
  readonly onRows: (columns: readonly TableColumn[], rows: readonly TableRow[]) => void;
  /** Nothing comes at the moment, and why; told once until something comes again. */
  readonly onTrouble: (error: ClusterError) => void;
}

/** Follows until `signal` is aborted. Rejects with a ClusterError when the first list fails, or the server refuses for good. */
export async function followTable(
  server: ApiServer,
  query: TableQuery,
  { onRows, onTrouble }: TableFollower,
  signal: AbortSignal,
): Promise<void> {
  const first = await listTable(server, query, { signal });
  const { columns } = first;
  onRows(columns, first.rows);
  let version = first.resourceVersion;
  let failures = 0;
  while (!signal.aborted) {
    const began = performance.now();
    let events = 0;
    try {
      for await (const change of watchTable(server, query, version, signal)) {
        events += 1;
        failures = 0;
        if (change.type === 'BOOKMARK') {
          version = change.resourceVersion;
          continue;
        }
        version = change.row.object.metadata.resourceVersion ?? version;
        onRows(columns, [change.row]);
      }
      // A server that ends watches at once, without an event, is not asked a thousand times per second.
      failures = events === 0 && performance.now() - began < 1000 ? failures + 1 : 0;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ClusterError)) server.retire();
      else if (error.status === 401 || error.status === 403) throw error;
      failures += 1;
      if (failures === 1 && error instanceof ClusterError && error.status !== 410) onTrouble(error);
      const again = await listedAgain(server, query, signal);
      if (again !== undefined) {
        const newer = again.rows.filter((row) =>
          isNewer(row.object.metadata.resourceVersion, version),
        );
        if (newer.length > 0) onRows(columns, newer);
        version = again.resourceVersion;
      }
    }
    if (failures > 0)
      await pause(Math.min(5000, 50 * 2 ** failures) * (0.5 + server.random() / 2), signal);
  }
}

/** What there is now; undefined while the server does not say. */
async function listedAgain(
  server: ApiServer,
  query: TableQuery,
  signal: AbortSignal,
): Promise<ServerTable | undefined> {
  return await listTable(server, query, { signal }).catch((error: unknown) => {
    if (error instanceof ClusterError) return undefined;
    throw error;
  });
}

/** Versions of one collection of one server are numbers that grow (KEP 5504). */
function isNewer(version: string | undefined, than: string): boolean {
  if (version === undefined || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return true;
  return BigInt(version) > BigInt(than);
}
