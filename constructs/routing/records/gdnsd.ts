/** Configuration of gdnsd: a geoip map with a list of data centres for every place, and the addresses behind them. */
import { continentOf } from '../places';
import type { RoutingTable, Slot } from '../routing-table';
import { checkTable, targetsWithAddress } from './targets';

/** Texts for the configuration of gdnsd. */
export interface GdnsdFiles {
  /** For `plugins`: the map and the resource of the app. */
  readonly plugin: string;
  /** For `service_types`; empty without a probe. */
  readonly serviceTypes: string;
  /** For the zone: one line per host. */
  readonly zone: string;
}

/** Nested lists of data centres. */
interface Level {
  list: readonly string[] | undefined;
  readonly inside: Map<string, Level>;
}

/** The texts. Throws EdgeErrors where an answer has no address. */
export function gdnsdFiles(table: RoutingTable): GdnsdFiles {
  checkTable(table);
  const { app, hosts, ttlSeconds, probe, isSecure } = table;
  const targets = targetsWithAddress(table);
  const known = new Set(targets.map(({ cluster }) => cluster));
  const root: Level = { list: undefined, inside: new Map() };
  for (const slot of table.slots) {
    let level = root;
    for (const name of pathOf(slot)) {
      const next = level.inside.get(name) ?? { list: undefined, inside: new Map() };
      level.inside.set(name, next);
      level = next;
    }
    level.list = [...slot.answers.map((one) => one.cluster), ...slot.failover].filter((one) =>
      known.has(one),
    );
  }
  const service = `${app}-probe`;
  const centres = targets.map(
    ({ cluster, values }) => `      ${cluster} => ${addressesOf(values)}`,
  );
  const plugin = [
    'geoip => {',
    `  maps => { ${app} => {`,
    '    geoip2_db => GeoLite2-Country.mmdb,',
    `    datacenters => [${targets.map(({ cluster }) => cluster).join(', ')}],`,
    `    map => {\n${linesOf(root, '      ').join('\n')}\n    }`,
    '  } }',
    `  resources => { ${app} => {`,
    `    map => ${app},`,
    `    service_types => ${probe === undefined ? 'up' : service},`,
    `    dcmap => {\n${centres.join('\n')}\n    }`,
    '  } }',
    '}',
  ].join('\n');
  return {
    plugin,
    serviceTypes: probe === undefined ? '' : serviceText(service, probe, hosts[0], isSecure),
    zone: hosts.map((host) => `${host}. ${ttlSeconds} DYNA geoip!${app}`).join('\n'),
  };
}

function pathOf({ kind, code }: Slot): readonly string[] {
  if (kind === 'default') return [];
  if (kind === 'continent') return [code];
  const [country, subdivision] = code.split('-');
  const continent = continentOf(country) ?? country;
  return subdivision === undefined ? [continent, country] : [continent, country, subdivision];
}

/** A place without a list of its own has that of the place around it. */
function linesOf({ list, inside }: Level, indent: string): readonly string[] {
  const own = list === undefined ? [] : [`${indent}default => [${list.join(', ')}]`];
  const rest = [...inside].map(([name, level]) =>
    level.inside.size === 0
      ? `${indent}${name} => [${(level.list ?? []).join(', ')}]`
      : `${indent}${name} => {\n${linesOf(level, `${indent}  `).join('\n')}\n${indent}}`,
  );
  return [...own, ...rest];
}

function addressesOf(values: readonly string[]): string {
  const v6 = values.filter((value) => value.includes(':'));
  const v4 = values.filter((value) => /^[\d.]+$/.test(value));
  if (v4.length + v6.length === 0) return `${values[0]}.`;
  const parts = [
    ...(v4.length > 0 ? [`addrs_v4 => [${v4.join(', ')}]`] : []),
    ...(v6.length > 0 ? [`addrs_v6 => [${v6.join(', ')}]`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}

function serviceText(
  name: string,
  probe: NonNullable<RoutingTable['probe']>,
  host: string,
  isSecure: boolean,
): string {
  // Its HTTP check speaks no TLS, so that behind TLS only the port is looked at.
  if (isSecure) {
    return `${name} => { plugin => tcp_connect, port => 443, interval => ${probe.intervalSeconds}, timeout => ${probe.timeoutSeconds} }`;
  }
  return [
    `${name} => { plugin => http_status, vhost => ${host.replace('*', 'probe')}, url_path => ${probe.path},`,
    `  ok_codes => [${probe.statuses.join(', ')}], interval => ${probe.intervalSeconds}, timeout => ${probe.timeoutSeconds} }`,
  ].join('\n');
}
