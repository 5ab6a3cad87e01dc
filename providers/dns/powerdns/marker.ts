/** Marker: a TXT record beside each host that says whose its records are, which decision they follow, and what they answer. */
import { byCodeUnits } from '../../../constructs/model/canonical';
import { z } from '../../../constructs/parsing';
import type { AnswersBySlot, RoutingTable, Slot, TargetShare } from '../../../constructs/routing';

/** What littoral wrote for a host. */
export interface Marker {
  /** Who keeps the records. */
  readonly owner: string;
  readonly app: string;
  /** Digest of the decision that the records follow. */
  readonly decision: string;
  /** ISO 8601: when it was made. */
  readonly decidedAt: string;
  /** Answers by slot, such as `default`, `continent-EU`, `country-DE`. */
  readonly slots: AnswersBySlot;
}

/** Version of the text; another one is somebody else's. */
const VERSION = 1;
const PART_LENGTH = 250;

const storedSchema = z.strictObject({
  littoral: z.literal(VERSION),
  owner: z.string(),
  app: z.string(),
  decision: z.string(),
  decidedAt: z.string(),
  targets: z.array(z.string()),
  slots: z.record(z.string(), z.array(z.tuple([z.int().min(0), z.number()]))),
});

/** Name of the marker of a host, with a dot at the end. A wildcard's is no wildcard. */
export function markerName(host: string): string {
  return `_littoral.${host.replace(/^\*/, '_wildcard')}.`;
}

/** The marker of every host of a table. */
export function markerOf(table: RoutingTable, owner: string): Marker {
  return {
    owner,
    app: table.app,
    decision: table.decision,
    decidedAt: table.now,
    slots: Object.fromEntries(table.slots.map((slot) => [slot.key, answersOf(slot, table)])),
  };
}

/** Where a cluster takes requests, as one text; its name where nothing is known. */
export function targetText({ targets }: Pick<RoutingTable, 'targets'>, cluster: string): string {
  const target = targets[cluster];
  if (target === undefined) return cluster;
  const places = [...target.ipv4, ...target.ipv6].sort(byCodeUnits);
  return places.length > 0 ? places.join(' ') : (target.hostname ?? cluster);
}

function answersOf({ answers }: Slot, table: RoutingTable): readonly TargetShare[] {
  const shares = new Map<string, number>();
  for (const { cluster, share } of answers) {
    const target = targetText(table, cluster);
    // Clusters may share an address: to DNS they are one.
    shares.set(target, (shares.get(target) ?? 0) + share);
  }
  return [...shares]
    .map(([target, share]) => ({ target, share: Number(share.toFixed(6)) }))
    .sort((a, b) => byCodeUnits(a.target, b.target));
}

/** As the content of a TXT record. */
export function markerContent({ slots, ...rest }: Marker): string {
  const targets = [...new Set(Object.values(slots).flatMap((all) => all.map((a) => a.target)))];
  const numbered = Object.fromEntries(
    Object.entries(slots).map(([key, all]) => [
      key,
      all.map(({ target, share }) => [targets.indexOf(target), share]),
    ]),
  );
  const text = JSON.stringify({ littoral: VERSION, ...rest, targets, slots: numbered });
  const ascii = text.replace(
    /[^ -~]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const parts: string[] = [];
  for (let at = 0; at < ascii.length; at += PART_LENGTH) {
    parts.push(ascii.slice(at, at + PART_LENGTH));
  }
  return parts.map((part) => `"${part.replace(/[\\"]/g, '\\$&')}"`).join(' ');
}

/** Reads the content of a TXT record; undefined when it is no marker. */
export function readMarker(content: string): Marker | undefined {
  const parts = content.match(/"(?:[^"\\]|\\.)*"/gs) ?? [];
  const text = parts
    .map((part) =>
      part
        .slice(1, -1)
        .replace(/\\(\d{3}|.)/gs, (_, escaped: string) =>
          escaped.length === 3 ? String.fromCharCode(Number(escaped)) : escaped,
        ),
    )
    .join('');
  try {
    const { littoral: _, targets, slots, ...rest } = storedSchema.parse(JSON.parse(text));
    const named = Object.entries(slots).map(([key, all]): [string, readonly TargetShare[]] => [
      key,
      all.map(([index, share]) => ({ target: targets[index] ?? '', share })),
    ]);
    return { ...rest, slots: Object.fromEntries(named) };
  } catch {
    return undefined;
  }
}
