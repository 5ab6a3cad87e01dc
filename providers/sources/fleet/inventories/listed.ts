/** What several inventories say alike: places in labels and annotations, health by a condition, taints of Kubernetes. */
import type { Cluster, Taint } from '../../../../constructs/model/fleet';
import {
  type HubCondition,
  type HubObject,
  instant,
  list,
  member,
  reasonOf,
  text,
} from './hub-object';
import type { ListedHealth, ListedPlace } from './inventory';

/** Labels and annotations with which a person says on the object of the hub where a cluster is. */
const placeKeys = {
  latitude: 'littoral.dev/latitude',
  longitude: 'littoral.dev/longitude',
  region: 'littoral.dev/region',
  country: 'littoral.dev/country',
  city: 'littoral.dev/city',
} as const;
const cloudRegionKeys = [
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/region',
  'region',
];

/** The place that labels and annotations say, and what of it is no number. `also` comes before the usual labels of a cloud region. */
export function placeIn(
  { metadata: { labels = {}, annotations = {} } }: HubObject,
  also: { readonly cloudRegion?: string | undefined; readonly provider?: string | undefined } = {},
): { readonly place: ListedPlace; readonly warnings: readonly string[] } {
  const said = (key: string) => text(annotations[key]) ?? text(labels[key]);
  const warnings: string[] = [];
  const degrees = (key: string, most: number): number | undefined => {
    const written = said(key);
    if (written === undefined) return undefined;
    const value = Number(written);
    if (Math.abs(value) <= most) return value;
    warnings.push(
      `${key} is ${JSON.stringify(written)}, expected degrees from -${most} to ${most}; it is passed over`,
    );
    return undefined;
  };
  const latitude = degrees(placeKeys.latitude, 90);
  const longitude = degrees(placeKeys.longitude, 180);
  const place = {
    cloudRegion: also.cloudRegion ?? cloudRegionKeys.map((key) => text(labels[key])).find(Boolean),
    provider: also.provider,
    latitude,
    longitude,
    region: said(placeKeys.region),
    country: said(placeKeys.country),
    city: said(placeKeys.city),
  };
  return { place: withoutGaps(place), warnings };
}

/** The object without members that are undefined. */
export function withoutGaps<Part extends object>(
  part: Part,
): { readonly [Key in keyof Part]?: Exclude<Part[Key], undefined> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Part]?: Exclude<Part[Key], undefined>;
  };
}

/** Ready while the condition is True; else silent since the condition changed. Without the condition nobody has joined it yet. */
export function healthBy(
  condition: HubCondition | undefined,
  type: string,
  remedy: string,
): ListedHealth {
  if (condition === undefined) {
    const why = `the hub has no condition ${type} of it yet`;
    return { state: 'misconfigured', why, remedy };
  }
  if (condition.status === 'True') return { state: 'ready' };
  const since = instant(condition.lastTransitionTime);
  const why = `the hub says that ${reasonOf(condition)}`;
  return { state: 'unreachable', ...(since === undefined ? {} : { since }), why, remedy };
}

/** A cluster whose object is being deleted takes nothing new; what is there stays until the object is gone and a person says so. */
export function unlessLeaving({ metadata }: HubObject, health: ListedHealth): ListedHealth {
  if (metadata.deletionTimestamp === undefined || health.state === 'unreachable') return health;
  const why = `the hub is deleting it since ${metadata.deletionTimestamp}`;
  return { state: 'cordoned', since: metadata.deletionTimestamp, why };
}

const effects: Readonly<Record<string, Taint['effect']>> = {
  NoSchedule: 'NoPlace',
  NoExecute: 'Evict',
  PreferNoSchedule: 'PreferNoPlace',
};

/** Taints with other words for their effects. Those that a hub sets for its own view of health are states already. */
export function taintsIn(
  taints: unknown,
  isOwn: (key: string) => boolean,
  words: Readonly<Record<string, Taint['effect']>> = effects,
): Cluster['taints'] {
  return list(taints).flatMap((one) => {
    const key = text(member(one, 'key'));
    const effect = words[text(member(one, 'effect')) ?? ''];
    if (key === undefined || effect === undefined || isOwn(key)) return [];
    return [{ key, value: text(member(one, 'value')) ?? '', effect }];
  });
}
