/** Tables: everything that the map shows, in rows. */
import { threeDigits, usd } from '../constructs/model/numbers';
import { type Column, dataTable } from './data-table';
import { section } from './elements';
import { number } from './overview';
import { rejectionIn } from './rejection';
import type { State } from './state';

/** Every cluster, and why it is or is not chosen. */
export function clusterTable(state: State): HTMLElement | undefined {
  const { data, details } = state;
  if (details === undefined) return undefined;
  const chosen = new Map(details.chosen.map((one) => [one.cluster, one]));
  const status = (row: number) => {
    const one = chosen.get(row);
    if (one !== undefined) return one.change === 'added' ? 'added' : 'kept';
    return rejectionIn(details, row)?.rule ?? 'not chosen';
  };
  const why = (row: number) => chosen.get(row)?.reason ?? rejectionIn(details, row)?.reason ?? '';
  const name = (row: number) => data.clusters.name[row] ?? '';
  const columns: readonly Column[] = [
    { title: 'Cluster', text: name, key: name },
    {
      title: 'Place',
      text: (row) => data.clusters.place[row] ?? '',
      key: (row) => data.clusters.place[row] ?? '',
    },
    { title: 'Chosen, or by which rule not', text: status, key: status },
    number('Requests/s', (row) => chosen.get(row)?.requestsPerSecond ?? 0, threeDigits),
    number('Replicas', (row) => chosen.get(row)?.replicas ?? 0, String),
    number('USD/h', (row) => chosen.get(row)?.usdPerHour ?? 0, usd),
    { title: 'Why', text: why, key: why },
  ];
  const rows = [...data.clusters.name.keys()].sort(
    (a, b) =>
      (chosen.get(b)?.requestsPerSecond ?? -1) - (chosen.get(a)?.requestsPerSecond ?? -1) || a - b,
  );
  const search = (row: number) => `${name(row)} ${data.clusters.place[row] ?? ''} ${status(row)}`;
  return section('all-clusters', 'All clusters', dataTable('Clusters', columns, rows, search));
}

/** Every origin, and who serves it. */
export function originTable(state: State): HTMLElement | undefined {
  const { origins, details } = state;
  if (origins === undefined) return undefined;
  const { flows, before } = details ?? {};
  const parts = new Map<number, string[]>();
  for (const [origin, cluster, share] of flows?.divided ?? []) {
    const known = parts.get(origin) ?? [];
    known.push(`${state.nameOf(cluster)} ${Math.round(share * 100)} %`);
    parts.set(origin, known);
  }
  const whole = (cluster: number | undefined) =>
    cluster === undefined || cluster < 0 ? '' : state.nameOf(cluster);
  const served = (row: number) => parts.get(row)?.join(', ') ?? whole(flows?.cluster[row]);
  const earlier = (row: number) => whole(before?.flows?.cluster[row]);
  const name = (row: number) => origins.name[row] ?? '';
  const country = (row: number) => origins.country[row] ?? '';
  const columns: readonly Column[] = [
    { title: 'Origin', text: name, key: name },
    { title: 'Country', text: country, key: country },
    number('Requests/s', (row) => origins.requestsPerSecond[row] ?? 0, threeDigits),
    { title: 'Served by', text: served, key: served },
    ...(before?.flows === undefined ? [] : [{ title: 'Before', text: earlier, key: earlier }]),
    number('ms', (row) => flows?.milliseconds[row] ?? 0, String),
  ];
  const rows = [...origins.name.keys()].sort(
    (a, b) => (origins.requestsPerSecond[b] ?? 0) - (origins.requestsPerSecond[a] ?? 0) || a - b,
  );
  const search = (row: number) => `${name(row)} ${country(row)} ${served(row)}`;
  return section('all-origins', 'All origins', dataTable('Origins', columns, rows, search));
}
