/** Which pod may talk to which under NetworkPolicies, in the words of the Kubernetes documentation: the oracle of what is generated. */
import type { Manifest } from '../../../constructs/model/app/workload';

/** One end of a connection: a pod, or an address that is none. */
export interface End {
  /** Absent: an address outside of pods. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly address: string;
}
/** What is asked for. */
export interface Connection {
  readonly from: End;
  readonly to: End;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
}
interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
}
interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port?: number; readonly protocol?: string }[];
}
interface Spec {
  readonly podSelector: Selector;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/** A connection stands when the egress of its source and the ingress of its target allow it. */
export function isAllowed(policies: readonly Manifest[], connection: Connection): boolean {
  const { from, to } = connection;
  return (
    passes(policies, 'Egress', from, to, connection) &&
    passes(policies, 'Ingress', to, from, connection)
  );
}

function passes(
  policies: readonly Manifest[],
  direction: 'Ingress' | 'Egress',
  pod: End,
  other: End,
  { port, protocol }: Connection,
): boolean {
  if (pod.namespace === undefined) return true;
  const selecting = policies.filter(({ kind, metadata, spec }) => {
    if (kind !== 'NetworkPolicy' || metadata.namespace !== pod.namespace) return false;
    const { podSelector, policyTypes } = spec as Spec;
    return policyTypes.includes(direction) && selects(podSelector, pod.labels ?? {});
  });
  if (selecting.length === 0) return true;
  return selecting.some(({ metadata, spec }) => {
    const { ingress = [], egress = [] } = spec as Spec;
    return (direction === 'Ingress' ? ingress : egress).some((rule) => {
      const peers = direction === 'Ingress' ? rule.from : rule.to;
      const isPeer =
        peers === undefined ||
        peers.length === 0 ||
        peers.some((peer) => isThe(peer, other, String(metadata.namespace)));
      const isPort =
        rule.ports === undefined ||
        rule.ports.some(
          (one) =>
            (one.port === undefined || one.port === port) && (one.protocol ?? 'TCP') === protocol,
        );
      return isPeer && isPort;
    });
  });
}

function isThe(peer: Peer, end: End, home: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    // Whether a block holds pods is left to the plugin: nobody may rely on it, so it does not.
    if (end.namespace !== undefined) return false;
    return contains(cidr, end.address) && !except.some((one) => contains(one, end.address));
  }
  if (end.namespace === undefined) return false;
  const isHome =
    peer.namespaceSelector === undefined
      ? end.namespace === home
      : selects(peer.namespaceSelector, { 'kubernetes.io/metadata.name': end.namespace });
  return isHome && selects(peer.podSelector ?? {}, end.labels ?? {});
}

function selects(
  { matchLabels = {} }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

/** IPv4 alone: a block of IPv6 holds none of the addresses of these tests. */
function contains(cidr: string, address: string): boolean {
  if (cidr.includes(':')) return false;
  const [base = '', bits = ''] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(base) / size) === Math.floor(number(address) / size);
}

const number = (address: string) =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
