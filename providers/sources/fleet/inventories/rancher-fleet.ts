/** Rancher Fleet: Cluster of fleet.cattle.io/v1alpha1, whose agents report by pulling. */
import { instant, member, text } from './hub-object';
import type { Inventory, ListedHealth } from './inventory';
import { placeIn, unlessLeaving } from './listed';

/** Agents report every 15 minutes by default; two reports missed and a bit are silence. */
const silentAfterSeconds = 2400;

/** The inventory of Rancher Fleet. */
export const rancherFleet: Inventory = {
  title: 'Cluster of Rancher Fleet',
  doc: 'Clusters of Rancher Fleet: labels, and when their agent was last seen (silent after 40 minutes). A kubeconfig Secret is used where the cluster names one.',
  lists: [{ groupVersion: 'fleet.cattle.io/v1alpha1', plural: 'clusters' }],
  namespaced: true,
  read: (object, now) => {
    const { metadata, spec } = object;
    const { place, warnings } = placeIn(object);
    const secret = text(member(spec, 'kubeConfigSecret'));
    const namespace =
      text(member(spec, 'kubeConfigSecretNamespace')) ?? metadata.namespace ?? 'default';
    const name = metadata.labels?.['management.cattle.io/cluster-display-name'] ?? metadata.name;
    return {
      name,
      place,
      labels: metadata.labels ?? {},
      health: unlessLeaving(object, healthOf(object.status, spec, now)),
      ...(secret === undefined ? {} : { secret: `${namespace}/${secret}` }),
      warnings,
    };
  },
};

function healthOf(status: unknown, spec: unknown, now: string): ListedHealth {
  const seen = instant(member(status, 'agent', 'lastSeen'));
  const remedy = 'Look at the fleet-agent in the cluster.';
  if (seen === undefined) {
    return { state: 'misconfigured', why: 'its agent was never seen', remedy };
  }
  const silentSeconds = (Date.parse(now) - Date.parse(seen)) / 1000;
  if (silentSeconds > silentAfterSeconds) {
    return { state: 'unreachable', since: seen, why: `its agent was last seen at ${seen}`, remedy };
  }
  return member(spec, 'paused') === true
    ? { state: 'cordoned', why: 'spec.paused is true' }
    : { state: 'ready' };
}
