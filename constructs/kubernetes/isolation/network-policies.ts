/** Network policies: nothing reaches the pods of an app, and they reach nothing, but what the app declares, each other and name servers. */
import type { EgressRule, IngressRule, Network } from '../../model/app/network';
import type { Component, Manifest } from '../../model/app/workload';

/** An app and what it declares. */
export interface NetworkProps {
  readonly app: string;
  readonly namespace: string;
  readonly components: readonly Component[];
  readonly network: Network;
  /** Where requests of users go; undefined where nothing says so. */
  readonly exposed: { readonly component: string; readonly port: number } | undefined;
}

/** One policy. Policies add up, and what none of them allows is refused: pods bear the app's name, so pods of others are left alone. */
export function networkPolicies(props: NetworkProps): readonly Manifest[] {
  const { app, components, network } = props;
  const own = { podSelector: { matchLabels: ofApp(app) } };
  const { ingress = [], egress = [], metrics } = network;
  const both = { ingress: [{ from: [own] }], egress: [{ to: [own] }] };
  const everywhere = egress.filter(({ component }) => component === undefined);
  const scraped =
    metrics === undefined
      ? []
      : [{ from: [podsPeer(metrics)], ports: portsOf([metrics.port], 'TCP') }];
  return [
    policy(props, 'isolation', undefined, both),
    policy(props, 'dns', undefined, { egress: nameServers(network) }),
    ...some(props, 'egress', undefined, { egress: everywhere.map(egressRule) }),
    ...some(props, 'metrics', undefined, { ingress: scraped }),
    ...components.flatMap((component) => {
      const { name } = component;
      const entering = [
        ...fromGateway(props, name),
        ...ingress.flatMap((rule) => ingressRule(rule, component)),
      ];
      const leaving = egress.filter((rule) => rule.component === name).map(egressRule);
      return [
        ...some(props, `${name}-ingress`, name, { ingress: entering }),
        ...some(props, `${name}-egress`, name, { egress: leaving }),
      ];
    }),
  ];
}

type Rules = { readonly ingress: readonly object[] } | { readonly egress: readonly object[] };

function some(
  props: NetworkProps,
  what: string,
  component: string | undefined,
  rules: Rules,
): readonly Manifest[] {
  const distinct = Object.entries(rules).map(([key, list]) => {
    return [key, [...new Map(list.map((one) => [JSON.stringify(one), one])).values()]] as const;
  });
  const isNothing = distinct.every(([, list]) => list.length === 0);
  return isNothing ? [] : [policy(props, what, component, Object.fromEntries(distinct))];
}

function policy(
  { app, namespace }: NetworkProps,
  what: string,
  component: string | undefined,
  rules: object,
): Manifest {
  const labels = { 'app.kubernetes.io/managed-by': 'littoral', 'app.kubernetes.io/part-of': app };
  const types = { ingress: 'Ingress', egress: 'Egress' };
  const matchLabels =
    component === undefined
      ? ofApp(app)
      : { 'app.kubernetes.io/component': component, ...ofApp(app) };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { labels, name: `${app}-${what}`, namespace },
    spec: {
      ...rules,
      podSelector: { matchLabels },
      policyTypes: Object.entries(types).flatMap(([key, type]) => (key in rules ? type : [])),
    },
  };
}

const ofApp = (app: string) => ({ 'app.kubernetes.io/name': app });
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

/** Pods by their app, namespace and labels; without either of the first two those of every namespace. */
function podsPeer({
  app,
  namespace = app,
  labels,
}: Pick<IngressRule, 'app' | 'namespace' | 'labels'>) {
  const matchLabels = { ...(app === undefined ? {} : ofApp(app)), ...labels };
  return {
    namespaceSelector: namespace === undefined ? {} : inNamespace(namespace),
    ...(Object.keys(matchLabels).length === 0 ? {} : { podSelector: { matchLabels } }),
  };
}

function portsOf(ports: readonly number[], protocol: string) {
  return [...new Set(ports)].sort((a, b) => a - b).map((port) => ({ port, protocol }));
}

function ingressRule(rule: IngressRule, { name, port }: Component): readonly object[] {
  if (rule.component !== undefined && rule.component !== name) return [];
  const ports = rule.ports ?? (port === undefined ? undefined : [port]);
  if (ports === undefined) return [];
  return [{ from: [peerOf(rule)], ports: portsOf(ports, rule.protocol ?? 'TCP') }];
}

/** Without ports a protocol is all of its ports, and neither is everything. */
function portsOfRule(ports: readonly number[] | undefined, protocol: EgressRule['protocol']) {
  if (ports !== undefined) return { ports: portsOf(ports, protocol ?? 'TCP') };
  return protocol === undefined ? {} : { ports: [{ protocol }] };
}

function peerOf({ cidr, except, ...pods }: IngressRule): object {
  if (cidr === undefined) return podsPeer(pods);
  return { ipBlock: { cidr, ...(except === undefined ? {} : { except }) } };
}

function egressRule({ host, addresses, ...rule }: EgressRule): object {
  const to =
    host === undefined
      ? [peerOf(rule)]
      : (addresses ?? []).map((cidr): object => ({ ipBlock: { cidr } }));
  const ports = rule.ports ?? (host === undefined ? undefined : [443]);
  return {
    to: to.length === 0 ? publicAddresses : to,
    ...portsOfRule(ports, rule.protocol),
  };
}

/** All addresses but private, shared, link-local and loopback ones: RFC 1918, 6598, 3927, 1122, 4193, 4291. */
const publicAddresses = [
  {
    ipBlock: {
      cidr: '0.0.0.0/0',
      except: [
        '10.0.0.0/8',
        '172.16.0.0/12',
        '192.168.0.0/16',
        '100.64.0.0/10',
        '169.254.0.0/16',
        '127.0.0.0/8',
      ],
    },
  },
  { ipBlock: { cidr: '::/0', except: ['fc00::/7', 'fe80::/10', '::1/128'] } },
];

/** Nothing says where the gateway is: then its port is open. */
function fromGateway({ exposed, network }: NetworkProps, component: string): readonly object[] {
  if (exposed === undefined || exposed.component !== component) return [];
  const ports = portsOf([exposed.port], 'TCP');
  const { gateway } = network;
  if (gateway === undefined) return [{ ports }];
  const { cidrs = [], ...pods } = gateway;
  const isPods = pods.namespace !== undefined || pods.labels !== undefined;
  const from = [
    ...(isPods ? [podsPeer(pods)] : []),
    ...cidrs.map((cidr) => ({ ipBlock: { cidr } })),
  ];
  return [{ from, ports }];
}

/**
 * Where names are asked: kube-dns; NodeLocal DNSCache, which is in the network of its node and so no pod; that of OpenShift,
 * by the port of its pods, because rules are applied behind the translation of addresses.
 */
function nameServers({ dns }: Network): readonly object[] {
  const both = (port: number) => ['UDP', 'TCP'].map((protocol) => ({ port, protocol }));
  const blocks = ['169.254.20.10', ...(dns?.addresses ?? [])].map((address) => ({
    ipBlock: { cidr: `${address}/${address.includes(':') ? 128 : 32}` },
  }));
  const kubeDns = {
    namespaceSelector: inNamespace('kube-system'),
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const openShift = {
    namespaceSelector: inNamespace('openshift-dns'),
    podSelector: { matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
  };
  return [
    { to: [kubeDns, ...blocks], ports: both(53) },
    { to: [openShift], ports: both(5353) },
  ];
}

/** What a reviewer should know. `given` is undefined where the app says nothing of its network. */
export function networkWarnings(
  given: Network | false | undefined,
  exposed: NetworkProps['exposed'],
): readonly string[] {
  if (given === false) return ['network is false: no NetworkPolicy refuses anything'];
  const said: string[] = [];
  if (given === undefined) {
    said.push(
      'network is not said: its pods may ask each other and name servers, and nobody else; write network: {} if that is all',
    );
  }
  if (exposed !== undefined && given?.gateway === undefined) {
    said.push(
      `network.gateway is not said: anything may ask port ${exposed.port} of ${exposed.component}`,
    );
  }
  const open = (given?.egress ?? []).filter(
    ({ host, addresses }) => host !== undefined && addresses === undefined,
  );
  if (open.length > 0) {
    const names = open.map(({ host, ports = [443] }) => `${host}:${ports.join(',')}`);
    said.push(
      `NetworkPolicies know no names: for ${names.join(' and ')} these ports are open on every public address; addresses narrows them`,
    );
  }
  return said;
}
