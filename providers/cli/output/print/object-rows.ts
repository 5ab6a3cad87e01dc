/** The rows in which servers tabulate their objects, with the cluster before them. */
import type { NamedResource } from '../../../clusters/api/resource-names';
import type { ServerTable } from '../../../clusters/api/tables';
import type { ClusterRows } from './merged-table';

/** How much is shown. */
interface Shown {
  /** Also the columns that a server shows where there is room. */
  readonly isWide: boolean;
  /** Names get their kind, as there are several tables. */
  readonly isSeveral: boolean;
}
/** What the rows are of. */
interface Of {
  readonly resource: NamedResource;
  /** Undefined: of all namespaces, so that each row needs its own. */
  readonly namespace: string | undefined;
}

/** The rows of one cluster. */
export function objectRows(
  cluster: string,
  { resource, namespace }: Of,
  { columns, rows }: Pick<ServerTable, 'columns' | 'rows'>,
  { isWide, isSeveral }: Shown,
): Omit<ClusterRows, 'place'> {
  const isScattered = resource.namespaced && namespace === undefined;
  const shown = columns.flatMap(({ priority, name }, at) =>
    isWide || priority === 0 ? [{ name, at }] : [],
  );
  const { kind, group } = resource;
  const prefix = isSeveral ? `${kind.toLowerCase()}${group === '' ? '' : `.${group}`}/` : '';
  return {
    columns: [
      'CLUSTER',
      ...(isScattered ? ['NAMESPACE'] : []),
      ...shown.map(({ name }) => name.toUpperCase()),
    ],
    rows: rows.map(({ cells, object }) => [
      cluster,
      ...(isScattered ? [object.metadata.namespace ?? ''] : []),
      ...shown.map(({ name, at }) => `${name === 'Name' ? prefix : ''}${oneLine(cells[at])}`),
    ]),
  };
}

/** A cell on one line, without control characters; what is absent is `<none>`. */
export function oneLine(cell: unknown): string {
  const text = cell === null || cell === undefined ? '<none>' : String(cell);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
