/** The zone of PowerDNS' geoip backend: records by country and continent, and the order in which they are looked for. */
import type { RoutingTable } from '../routing-table';
import { type TypedTargets, typedTargets, weightsOf } from './targets';

/** An answer with its weight in the words of the backend, by type in lower case. */
export type GeoipRecord = Readonly<
  Record<string, string | { readonly content: string; readonly weight: number }>
>;

/** What belongs into the domain in `geoip-zones-file`: `records` and `services` beside those that are there. */
export interface GeoipZone {
  /** How long resolvers keep an answer, in seconds. */
  readonly ttl: number;
  /** Answers by name. */
  readonly records: Readonly<Record<string, readonly GeoipRecord[]>>;
  /** By host: names that are looked for, the first that exists is answered. */
  readonly services: Readonly<Record<string, readonly string[]>>;
}

const MOST_WEIGHT = 1000;

/** Records and services of all hosts. The backend checks no health. Throws EdgeErrors where an answer has no address. */
export function geoipZone(table: RoutingTable): GeoipZone {
  const types = typedTargets(table);
  const records: Record<string, GeoipRecord[]> = {};
  const services: Record<string, readonly string[]> = {};
  for (const host of table.hosts) {
    const base = host.replace('*', 'any');
    services[host] = [`%cc.country.${base}`, `%cn.continent.${base}`, `default.${base}`];
    for (const { type, slots } of types) {
      for (const one of slots) {
        const name = `${nameOf(one)}.${base}`;
        records[name] = [...(records[name] ?? []), ...answersOf(one, type)];
      }
    }
  }
  return { ttl: table.ttlSeconds, records, services };
}

/** Codes are in lower case there. */
function nameOf({ slot: { kind, code } }: TypedTargets['slots'][number]): string {
  return kind === 'default' ? 'default' : `${code.toLowerCase()}.${kind}`;
}

function answersOf({ answers }: TypedTargets['slots'][number], type: string): GeoipRecord[] {
  const key = type.toLowerCase();
  const weights = weightsOf(
    answers.map(({ share }) => share),
    MOST_WEIGHT,
  );
  return answers.flatMap(({ values }, index) =>
    values.map((content) =>
      answers.length === 1 ? { [key]: content } : { [key]: { content, weight: weights[index] } },
    ),
  );
}
