/** Objects as the server itself tabulates them for people: its columns and a row per object, once or as they change. */

import type { ClusterError } from '../errors';
import type { ApiServer, Ask } from './api-server';
import { queryOf, type Selection } from './objects';
import { type RequestDescription, refusalError, statusOf } from './status';
import { eventsOf, readRefusal } from './streaming';

/** A column of a table. */
export interface TableColumn {
  readonly name: string;
  /** 0: always shown. Above: only where there is room. */
  readonly priority: number;
}
/** An object in a table. */
export interface TableRow {
  readonly cells: readonly unknown[];
  /** Its metadata alone, unless whole objects were asked for. */
  readonly object: {
    readonly metadata: {
      readonly name: string;
      readonly namespace?: string;
      readonly resourceVersion?: string;
    };
  };
}
/** What a server shows of a kind. */
export interface ServerTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}
/** Which objects. */
export interface TableQuery {
  /** The path of the collection. */
  readonly path: string;
  readonly selection: Selection;
  readonly description: RequestDescription;
}
/** A row that came, changed or went. */
export interface TableChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly row: TableRow;
}

// KEP 555: a server that has no table for a kind answers with the plain list.
const asTable = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const pageSize = 500;

interface RawTable {
  readonly kind?: string;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly columnDefinitions?: readonly {
    readonly name: string;
    readonly priority?: number;
  }[];
  readonly rows?: readonly TableRow[] | null;
  readonly items?: readonly TableRow['object'][];
}

/** All that is selected, page by page. Rejects with a ClusterError. */
export async function listTable(
  server: ApiServer,
  { path, selection, description }: TableQuery,
  limits: Pick<Ask, 'signal' | 'deadlineMilliseconds'> = {},
): Promise<ServerTable> {
  const rows: TableRow[] = [];
  let columns: readonly TableColumn[] = [];
  for (let next = ''; ; ) {
    const paging = { limit: String(pageSize), continue: next };
    const query = queryOf({ includeObject: 'Metadata', ...selection, ...paging });
    const reply = await server.ask({
      ...limits,
      method: 'GET',
      path: `${path}${query}`,
      accept: asTable,
      safe: true,
      description,
    });
    if (reply.status !== 200) throw refusal(server, description, reply);
    const table = tableOf((reply.body ?? {}) as RawTable);
    if (table.columns.length > 0) columns = table.columns;
    rows.push(...table.rows);
    const { continue: more = '', resourceVersion = '' } =
      ((reply.body ?? {}) as RawTable).metadata ?? {};
    next = more;
    if (next === '') return { columns, rows, resourceVersion };
  }
}

/**
 * What changes after a version, until the server ends the watch. Throws a ClusterError with status 410 when the server
 * has forgotten that version: list again.
 */
export async function* watchTable(
  server: ApiServer,
  { path, selection, description }: TableQuery,
  resourceVersion: string,
  signal: AbortSignal,
): AsyncGenerator<TableChange | { readonly type: 'BOOKMARK'; readonly resourceVersion: string }> {
  const query = queryOf({
    includeObject: 'Metadata',
    ...selection,
    watch: '1',
    allowWatchBookmarks: 'true',
    resourceVersion,
  });
  const ask: Ask = {
    method: 'GET',
    path: `${path}${query}`,
    accept: asTable,
    safe: true,
    description,
  };
  const answer = await server.stream(ask, signal);
  if (answer.status !== 200) {
    throw refusal(server, description, { status: answer.status, body: await readRefusal(answer) });
  }
  for await (const { type, object } of eventsOf<RawTable & TableRow['object']>(answer)) {
    if (type === 'ERROR') throw refusal(server, description, { status: 410, body: object });
    const rows = object.kind === 'Table' ? (object.rows ?? []) : [{ cells: [], object }];
    for (const row of rows) {
      if (type !== 'BOOKMARK') yield { type, row };
      else yield { type, resourceVersion: row.object.metadata.resourceVersion ?? resourceVersion };
    }
  }
}

/** A list without a table has a name and nothing else to show. */
function tableOf(body: RawTable): Pick<ServerTable, 'columns' | 'rows'> {
  if (body.kind === 'Table') {
    const columns = (body.columnDefinitions ?? []).map(({ name, priority = 0 }) => ({
      name,
      priority,
    }));
    return { columns, rows: body.rows ?? [] };
  }
  const rows = (body.items ?? []).map((object) => ({ cells: [object.metadata.name], object }));
  return { columns: [{ name: 'Name', priority: 0 }], rows };
}

function refusal(
  { redact, source }: ApiServer,
  description: RequestDescription,
  { status, body }: { readonly status: number; readonly body: unknown },
): ClusterError {
  return refusalError({ httpStatus: status, status: statusOf(body), description, redact, source });
}
