/** Who may talk to whom is what an app declares, judged by an oracle that knows NetworkPolicies and not their generator. */
import * as fc from 'fast-check';
import { type SynthProps, synth } from '../../../constructs/kubernetes';
import type { Manifest } from '../../../constructs/model/app/workload';
import { parseEdgeApp } from '../../../constructs/policy';
import { manifestsOf } from '../../../constructs/testing';
import { mistakes, shop, sizing } from '../apps';
import { type Connection, type End, isAllowed } from './policy-oracle';

const web = { name: 'web', image: 'web', port: 8080, ...sizing };
const cart = { name: 'cart', image: 'cart', port: 8081, ...sizing };
const worker = { name: 'worker', image: 'worker', ...sizing, requestsPerRequest: 0 };
const exposure = {
  hosts: ['shop.example.com'],
  component: 'web',
  gateway: { class: 'eg' },
  dns: { system: 'round-robin' },
} as const;
const shopWith = (network: unknown, more: object = {}) =>
  ({
    name: 'shop',
    workload: { components: [web, cart, worker] },
    ...(network === undefined ? {} : { network }),
    ...more,
  }) as SynthProps;

const pod = (namespace: string, app: string, component: string, more: object = {}): End => ({
  namespace,
  labels: { 'app.kubernetes.io/name': app, 'app.kubernetes.io/component': component, ...more },
  address: '10.244.1.7',
});
const webPod = pod('shop', 'shop', 'web');
const cartPod = pod('shop', 'shop', 'cart');
const workerPod = pod('shop', 'shop', 'worker');
const stranger = pod('shop', 'other', 'x');
const stock = pod('stock', 'stock', 'stock');
const gateway = pod('gateways', 'envoy', 'proxy', { role: 'edge' });
const dns = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, address: '10.244.0.2' };
const notDns = { namespace: 'kube-system', labels: { 'k8s-app': 'other' }, address: '10.244.0.3' };
const address = (text: string): End => ({ address: text });
const ends: Readonly<Record<string, End>> = {
  web: webPod,
  cart: cartPod,
  worker: workerPod,
  stranger,
  stock,
  gateway,
  dns,
  notDns,
  scraper: pod('monitoring', 'prometheus', 'server'),
  localDns: address('169.254.20.10'),
  public: address('203.0.113.9'),
  private: address('10.7.0.9'),
  node: address('192.168.0.4'),
};
const own = ['web', 'cart', 'worker'];
const ports = [53, 443, 5432, 8080, 8081, 9090];

const may = (
  policies: readonly Manifest[],
  from: string,
  to: string,
  port: number,
  protocol: Connection['protocol'] = 'TCP',
) => isAllowed(policies, { from: ends[from]!, to: ends[to]!, port, protocol });
/** Every connection that touches the app, as `web -> stock:443/TCP`. */
const open = (policies: readonly Manifest[]) =>
  Object.keys(ends).flatMap((from) =>
    Object.keys(ends).flatMap((to) => {
      if (from === to || !(own.includes(from) || own.includes(to))) return [];
      return ports.flatMap((port) =>
        (['TCP', 'UDP'] as const)
          .filter((protocol) => may(policies, from, to, port, protocol))
          .map((protocol) => `${from} -> ${to}:${port}/${protocol}`),
      );
    }),
  );
const names = own.flatMap((one) =>
  ['dns', 'localDns'].flatMap((server) =>
    ['TCP', 'UDP'].map((protocol) => `${one} -> ${server}:53/${protocol}`),
  ),
);
const amongSelves = own.flatMap((from) =>
  own.flatMap((to) =>
    from === to
      ? []
      : ports.flatMap((port) =>
          ['TCP', 'UDP'].map((protocol) => `${from} -> ${to}:${port}/${protocol}`),
        ),
  ),
);

it('without a word pods ask each other and name servers, and that is all', () => {
  const expected = [...names, ...amongSelves].sort();
  expect(open(manifestsOf(shopWith(undefined))).sort()).toEqual(expected);
  expect(open(manifestsOf(shopWith({}))).sort()).toEqual(expected);
  expect(synth(shopWith({})).warnings).toEqual([]);
  expect(synth(shopWith(undefined)).warnings).toEqual([
    expect.stringContaining('network is not said'),
  ]);
});

it('without policies everything is open: the oracle sees what is not refused', () => {
  const all = Object.keys(ends).length;
  const touching = all * (all - 1) - (all - 3) * (all - 4);
  const manifests = manifestsOf(shopWith(false));
  expect(manifests.filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  expect(open(manifests)).toHaveLength(touching * ports.length * 2);
  expect(synth(shopWith(false)).warnings).toEqual([
    'network is false: no NetworkPolicy refuses anything',
  ]);
});

/** What one declaration is to open, in words of its own. */
interface Declared {
  readonly network: object;
  readonly opens: (from: string, to: string, port: number, protocol: string) => boolean;
}
const served: Readonly<Record<string, number | undefined>> = { web: 8080, cart: 8081 };
const someComponent = fc.constantFrom(undefined, 'web', 'cart');
const somePorts = fc.constantFrom(undefined, [443], [8080, 9090], [5432]);
const ingress: fc.Arbitrary<Declared> = fc
  .tuple(
    fc.constantFrom(
      [{ app: 'stock' }, 'stock'] as const,
      [{ namespace: 'gateways', labels: { role: 'edge' } }, 'gateway'] as const,
      [{ app: 'other', namespace: 'shop' }, 'stranger'] as const,
      [{ cidr: '203.0.113.0/24' }, 'public'] as const,
      [{ cidr: '10.0.0.0/8', except: ['10.7.0.0/24'] }, 'nobody'] as const,
    ),
    someComponent,
    somePorts,
  )
  .map(([[peer, who], component, given]) => ({
    network: {
      ingress: [{ ...peer, ...(component && { component }), ...(given && { ports: given }) }],
    },
    opens: (from, to, port, protocol) =>
      from === who &&
      own.includes(to) &&
      (component ?? to) === to &&
      ((given ?? [served[to]]) as readonly unknown[]).includes(port) &&
      protocol === 'TCP',
  }));
const egress: fc.Arbitrary<Declared> = fc
  .tuple(
    fc.constantFrom(
      [{ app: 'stock' }, 'stock', undefined] as const,
      [{ namespace: 'gateways' }, 'gateway', undefined] as const,
      [{ cidr: '10.7.0.0/16' }, 'private', undefined] as const,
      [{ host: 'api.example.com' }, 'public', [443]] as const,
      [{ host: 'db.example.com', addresses: ['192.168.0.0/30'] }, 'nobody', [443]] as const,
      [{ host: 'db.example.com', addresses: ['192.168.0.4/30'] }, 'node', [443]] as const,
    ),
    someComponent,
    somePorts,
    fc.constantFrom(undefined, 'UDP'),
  )
  .map(([[peer, who, usual], component, given, protocol]) => ({
    network: {
      egress: [
        {
          ...peer,
          ...(component && { component }),
          ...(given && { ports: given }),
          ...(protocol && { protocol }),
        },
      ],
    },
    opens: (from, to, port, used) => {
      const allowed = given ?? usual;
      const isPort =
        allowed === undefined
          ? used === (protocol ?? used)
          : (allowed as readonly number[]).includes(port) && used === (protocol ?? 'TCP');
      return to === who && own.includes(from) && (component ?? from) === from && isPort;
    },
  }));
const metrics: fc.Arbitrary<Declared> = fc.constant({
  network: { metrics: { namespace: 'monitoring', port: 9090 } },
  opens: (from, to, port, protocol) =>
    from === 'scraper' && own.includes(to) && port === 9090 && protocol === 'TCP',
});

it('whatever is declared, exactly that is open besides', () => {
  const always = new Set([...names, ...amongSelves]);
  fc.assert(
    fc.property(fc.array(fc.oneof(ingress, egress, metrics), { maxLength: 5 }), (declared) => {
      const parts = declared.map((one) => one.network as Partial<Record<string, object[]>>);
      const network = {
        ...Object.assign({}, ...parts),
        ingress: parts.flatMap((one) => one.ingress ?? []),
        egress: parts.flatMap((one) => one.egress ?? []),
      };
      const policies = manifestsOf(shopWith(network));
      const expected = Object.keys(ends).flatMap((from) =>
        Object.keys(ends).flatMap((to) =>
          ports.flatMap((port) =>
            ['TCP', 'UDP'].flatMap((protocol) => {
              const text = `${from} -> ${to}:${port}/${protocol}`;
              const isDeclared = declared.some(({ opens }) => opens(from, to, port, protocol));
              return always.has(text) || isDeclared ? text : [];
            }),
          ),
        ),
      );
      expect(open(policies).sort()).toEqual(expected.sort());
    }),
    { numRuns: 60 },
  );
});

describe('requests of users', () => {
  const from = (network: object) => {
    const manifests = manifestsOf(shopWith(network, { exposure }));
    return Object.keys(ends).filter(
      (one) => !own.includes(one) && may(manifests, one, 'web', 8080),
    );
  };

  it('come from the gateway alone where it is named, at the port that is exposed', () => {
    expect(from({ gateway: { namespace: 'gateways' } })).toEqual(['gateway']);
    expect(from({ gateway: { labels: { role: 'edge' } } })).toEqual(['gateway']);
    expect(from({ gateway: { namespace: 'gateways', cidrs: ['192.168.0.0/24'] } })).toEqual([
      'gateway',
      'node',
    ]);
    const manifests = manifestsOf(shopWith({ gateway: { namespace: 'gateways' } }, { exposure }));
    expect(may(manifests, 'gateway', 'web', 9090)).toBe(false);
    expect(may(manifests, 'gateway', 'cart', 8081)).toBe(false);
  });

  it('come from anywhere where nothing says whence, and that is said', () => {
    expect(from({})).toHaveLength(Object.keys(ends).length - own.length);
    expect(synth(shopWith({}, { exposure })).warnings).toContain(
      'network.gateway is not said: anything may ask port 8080 of web',
    );
  });
});

it('pods of others in the namespace of the app are left alone', () => {
  const manifests = manifestsOf(shopWith({}));
  expect(may(manifests, 'stranger', 'public', 443)).toBe(true);
  expect(may(manifests, 'public', 'stranger', 443)).toBe(true);
});

it('name servers are those of OpenShift by the port of their pods, and those that are named', () => {
  const policies = manifestsOf(shopWith({ dns: { addresses: ['10.96.0.10', 'fd00::a'] } }));
  const openShift: End = {
    namespace: 'openshift-dns',
    labels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
    address: '10.128.0.3',
  };
  const asked = (to: End, port: number) =>
    isAllowed(policies, { from: webPod, to, port, protocol: 'UDP' });
  expect(asked(openShift, 5353)).toBe(true);
  expect(asked(openShift, 53)).toBe(false);
  expect(asked(address('10.96.0.10'), 53)).toBe(true);
  expect(asked(address('10.96.0.11'), 53)).toBe(false);
  expect(JSON.stringify(policies)).toContain('"fd00::a/128"');
});

it('a name outside of the cluster opens every public address unless its addresses are known, and that is said', () => {
  const warnings = (rule: object) => synth(shopWith({ egress: [rule] })).warnings.join();
  expect(warnings({ host: 'api.example.com' })).toContain(
    'for api.example.com:443 these ports are open on every public address',
  );
  expect(warnings({ host: 'api.example.com', addresses: ['203.0.113.0/24'] })).toBe('');
});

describe('a network that cannot be', () => {
  const said = (app: SynthProps) =>
    mistakes(() => synth(app))
      .join()
      .replaceAll(/\s+/g, ' ');
  const document = (network: unknown) =>
    mistakes(() =>
      parseEdgeApp({
        ...shopWith(network),
        demand: { observedAt: '2026-01-01T00:00:00Z', validForSeconds: 60, origins: [] },
      } as never),
    )
      .join()
      .replaceAll(/\s+/g, ' ');

  it.each([
    [{ ingress: [{ ports: [80] }] }, 'names nobody'],
    [{ egress: [{ app: 'a', cidr: '10.0.0.0/8' }] }, 'names pods and 10.0.0.0/8'],
    [
      { egress: [{ host: 'a.example.com', cidr: '10.0.0.0/8' }] },
      'names 10.0.0.0/8 and a.example.com',
    ],
    [{ ingress: [{ app: 'a', component: 'webb' }] }, 'Write web'],
    [{ ingress: [{ app: 'a', component: 'worker' }] }, 'no component that is asked has one'],
    [{ gateway: { namespace: 'x' } }, 'got gateway without exposure'],
    [{ egress: [{ app: 'a', addresses: ['10.0.0.0/8'] }] }, 'addresses without host'],
    [{ egress: [{ app: 'a', except: ['10.0.0.0/8'] }] }, 'except without cidr'],
    [{ egress: [{ cidr: '10.0.0.0/33' }] }, 'a block such as'],
    [{ egres: [] }, 'egress'],
    [{ egress: [{ cidr: '10.0.0.0/16', except: ['10.1.0.0/24'] }] }, 'no part of 10.0.0.0/16'],
    [{ egress: [{ cidr: '10.0.0.0/16', except: ['10.0.0.0/8'] }] }, 'no part of 10.0.0.0/16'],
    [{ ingress: [{ labels: { 'a b': 'x' } }] }, 'got "a b", expected a label key'],
    [{ ingress: [{ app: 'a', labels: { a: 'x y' } }] }, 'got "x y", expected at most 63'],
    [{ metrics: { namespace: 'm', port: 1, labels: { a: '-' } } }, 'network.metrics.labels.a'],
    [{ egress: [{ app: 'a', labels: { 'app.kubernetes.io/name': 'b' } }] }, 'got "b" beside app a'],
  ])('%j is refused by programs and documents alike', (network, text) => {
    expect(said(shopWith(network))).toContain(text);
    expect(document(network)).toContain(text);
  });

  it('objects of an author have policies of their own', () => {
    const manifests = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }];
    expect(said({ name: 'shop', manifests, network: {} })).toContain(
      'got network beside manifests',
    );
  });
});

it('an app of one component that asks for nothing has two policies', () => {
  const policies = manifestsOf(shop).filter(({ kind }) => kind === 'NetworkPolicy');
  expect(policies.map(({ metadata }) => metadata.name)).toEqual(['shop-dns', 'shop-isolation']);
});
