/** KubeFleet: MemberCluster of cluster.kubernetes-fleet.io, which knows what is free and what a core costs. */
import type { Cluster } from '../../../../constructs/model/fleet';
import { capacityOf } from '../observation/quantities';
import { conditionIn, type HubObject, instant, list, member, text, texts } from './hub-object';
import type { Inventory, ListedHealth } from './inventory';
import { healthBy, placeIn, taintsIn, unlessLeaving } from './listed';

/** Member agents report every 60 seconds by default; after five reports that did not come a cluster is silent. */
const missedReports = 5;
const defaultPeriodSeconds = 60;
/** Properties that are prices, as signals: USD an hour for one core or GiB. */
const prices: Readonly<Record<string, string>> = {
  'kubernetes.azure.com/per-cpu-core-cost': 'usdPerCpuCoreHour',
  'kubernetes.azure.com/per-gb-memory-cost': 'usdPerMemoryGigabyteHour',
};
const daySeconds = 86400;

/** The inventory of KubeFleet. */
export const kubefleet: Inventory = {
  title: 'MemberCluster',
  doc: 'MemberClusters of KubeFleet: what is available of their resources, properties, prices of a core and a GB as signals, taints, and the heartbeat of their agent.',
  lists: [
    { groupVersion: 'cluster.kubernetes-fleet.io/v1', plural: 'memberclusters' },
    { groupVersion: 'cluster.kubernetes-fleet.io/v1beta1', plural: 'memberclusters' },
  ],
  namespaced: false,
  read: (object, now) => {
    const { metadata, spec, status } = object;
    const { place, warnings } = placeIn(object);
    const available = texts(member(status, 'resourceUsage', 'available'));
    const server = text(member(status, 'properties', 'k8s.io/cluster-entrypoint', 'value'));
    return {
      name: metadata.name,
      place,
      labels: metadata.labels ?? {},
      taints: taintsIn(member(spec, 'taints'), () => false),
      ...(Object.keys(available).length === 0 ? {} : { free: capacityOf(available) }),
      signals: signalsOf(object, now),
      health: unlessLeaving(object, healthOf(object, now)),
      ...(server === undefined ? {} : { server }),
      warnings,
    };
  },
};

/** The top-level type Healthy is declared and never set; the agent's is. */
function healthOf({ metadata, spec, status }: HubObject, now: string): ListedHealth {
  const agent = list(member(status, 'agentStatus')).find(
    (one) => member(one, 'type') === 'MemberAgent',
  );
  const remedy = `Look at the member agent of ${metadata.name}.`;
  const health = healthBy(conditionIn(member(agent, 'conditions'), 'Healthy'), 'Healthy', remedy);
  const heartbeat = instant(member(agent, 'lastReceivedHeartbeat'));
  if (health.state !== 'ready' || heartbeat === undefined) return health;
  const written = member(spec, 'heartbeatPeriodSeconds');
  const periodSeconds = typeof written === 'number' ? written : defaultPeriodSeconds;
  const silentSeconds = (Date.parse(now) - Date.parse(heartbeat)) / 1000;
  if (silentSeconds <= missedReports * periodSeconds) return health;
  const why = `its agent was last heard at ${heartbeat}`;
  return { state: 'unreachable', since: heartbeat, why, remedy };
}

function signalsOf({ status }: HubObject, now: string): Cluster['signals'] {
  return Object.fromEntries(
    Object.entries(prices).flatMap(([property, name]): [string, Cluster['signals'][string]][] => {
      const said = member(status, 'properties', property);
      const value = Number.parseFloat(text(member(said, 'value')) ?? '');
      if (!Number.isFinite(value)) return [];
      const observedAt = instant(member(said, 'observationTime')) ?? now;
      return [[name, { value, observedAt, validForSeconds: daySeconds }]];
    }),
  );
}
