/** Objects by which users come in: what of a Gateway, an Ingress and a certificate is made of an exposure. */
import type { EdgeErrors } from '../../../constructs';
import { synth } from '../../../constructs/kubernetes';
import type { Manifest } from '../../../constructs/model/app/workload';
import { edgeApp } from '../../../constructs/policy';

const workload = {
  image: 'shop:1',
  port: 8080,
  resources: { cpuMillicores: 100, memoryMebibytes: 128 },
  requestsPerSecondPerReplica: 50,
};
const hosts = ['shop.example.com', '*.shop.example.com'];
const dns = { system: 'powerdns-lua' as const };

function objectsOf(exposure: object): readonly Manifest[] {
  const app = { name: 'shop', workload, exposure: { hosts, dns, ...exposure } };
  const props = app as unknown as Parameters<typeof synth>[0];
  return synth(props).objects.map(({ manifest }) => manifest as unknown as Manifest);
}

const kind = (objects: readonly Manifest[], name: string) =>
  objects.filter((one) => one.kind === name) as readonly (Manifest & { readonly spec?: unknown })[];

it('makes a Gateway with a listener for every host and a route to the port of the component', () => {
  const objects = objectsOf({ gateway: { class: 'edge' } });
  const [gateway] = kind(objects, 'Gateway');
  expect(gateway?.spec).toMatchObject({
    gatewayClassName: 'edge',
    listeners: [
      { name: 'http-shop-example-com', hostname: 'shop.example.com', port: 80 },
      { name: 'http-any-shop-example-com', hostname: '*.shop.example.com', port: 80 },
    ],
  });
  const [route] = kind(objects, 'HTTPRoute');
  expect(route?.spec).toMatchObject({ rules: [{ backendRefs: [{ name: 'shop', port: 8080 }] }] });
  expect(kind(objects, 'Certificate')).toEqual([]);
});

it('asks an issuer for a certificate of all hosts, terminates with it, and redirects plain HTTP', () => {
  const objects = objectsOf({ gateway: { class: 'edge' }, tls: { issuer: { name: 'le' } } });
  const [certificate] = kind(objects, 'Certificate');
  expect(certificate?.spec).toMatchObject({
    secretName: 'shop-tls',
    dnsNames: hosts,
    issuerRef: { kind: 'ClusterIssuer', name: 'le' },
  });
  const [gateway] = kind(objects, 'Gateway');
  expect(gateway?.spec).toHaveProperty('listeners.length', 4);
  const routes = kind(objects, 'HTTPRoute').map(({ metadata }) => metadata.name);
  expect(routes).toEqual(['shop', 'shop-redirect']);
});

it('tells whoever applies a Certificate whose CAA records are to be looked up, where that is asked for', () => {
  const annotationsFor = (tls: object) =>
    kind(objectsOf({ gateway: { class: 'edge' }, tls }), 'Certificate')[0]?.metadata.annotations;
  const issuer = { name: 'le' };
  expect(annotationsFor({ issuer, caa: 'letsencrypt.org' })).toMatchObject({
    'littoral.dev/certificate-caa': 'letsencrypt.org',
    'littoral.dev/certificate-challenge': 'dns-01',
  });
  expect(Object.keys(annotationsFor({ issuer }) ?? {})).toEqual([
    'littoral.dev/certificate-authority',
  ]);
});

it('makes an Ingress with a Secret of one’s own', () => {
  const objects = objectsOf({
    gateway: { kind: 'Ingress', class: 'nginx' },
    tls: { secret: 'own' },
  });
  const [ingress] = kind(objects, 'Ingress');
  expect(ingress?.spec).toMatchObject({
    ingressClassName: 'nginx',
    tls: [{ secretName: 'own', hosts }],
  });
  expect(kind(objects, 'Certificate')).toEqual([]);
});

const protection = {
  rateLimit: { requestsPerSecond: 10 },
  allow: ['192.0.2.0/24'],
  trustedProxies: 1,
};
const withBurst = { ...protection, rateLimit: { requestsPerSecond: 10, burst: 20 } };

it.each([
  ['envoy-gateway', 'Gateway', ['BackendTrafficPolicy', 'ClientTrafficPolicy', 'SecurityPolicy']],
  ['traefik', 'Gateway', ['Middleware', 'Middleware']],
  ['kong', 'Ingress', ['KongPlugin', 'KongPlugin']],
])('protects with the objects of %s', (controller, gateway, kinds) => {
  const trustedProxies = controller === 'kong' ? 0 : 1;
  const objects = objectsOf({
    gateway: { kind: gateway, class: 'edge', controller },
    protection: { ...protection, trustedProxies },
  });
  const found = objects.filter(({ apiVersion }) => /envoyproxy|traefik|konghq/.test(apiVersion));
  expect(found.map((one) => one.kind).sort()).toEqual(kinds);
});

it.each([
  [
    'haproxy',
    { 'haproxy.org/rate-limit-requests': '10', 'haproxy.org/allow-list': '192.0.2.0/24' },
  ],
  ['ingress-nginx', { 'nginx.ingress.kubernetes.io/limit-burst-multiplier': '2' }],
])('protects with the annotations of %s', (controller, annotations) => {
  const objects = objectsOf({
    gateway: { kind: 'Ingress', class: 'edge', controller },
    protection: controller === 'ingress-nginx' ? { ...withBurst, trustedProxies: 0 } : protection,
  });
  expect(kind(objects, 'Ingress')[0]?.metadata).toMatchObject({ annotations });
});

const mistakes = (exposure: object) => {
  const app = {
    name: 'shop',
    workload,
    exposure: { hosts, dns, gateway: { class: 'edge' }, ...exposure },
  };
  try {
    edgeApp(app as never);
    return '';
  } catch (error) {
    return (error as EdgeErrors).message;
  }
};

/** What the documentation of each controller says that it can do for one app; `proxies` it can be told of. */
const documented = {
  contour: { can: [], proxies: 16 },
  'envoy-gateway': { can: ['rateLimit', 'connectionLimit', 'allow', 'deny'], proxies: 16 },
  haproxy: { can: ['rateLimit', 'allow', 'deny'], proxies: 1 },
  'ingress-nginx': { can: ['rateLimit', 'burst', 'allow', 'deny', 'waf'], proxies: 0 },
  kong: { can: ['rateLimit', 'allow', 'deny'], proxies: 0 },
  traefik: { can: ['rateLimit', 'burst', 'connectionLimit', 'allow'], proxies: 16 },
} as const;
const wishes = {
  rateLimit: { rateLimit: { requestsPerSecond: 10 } },
  burst: { rateLimit: { requestsPerSecond: 10, burst: 20 } },
  connectionLimit: { connectionLimit: 100 },
  allow: { allow: ['192.0.2.0/24'] },
  deny: { deny: ['198.51.100.0/24'] },
  waf: { waf: true },
};

describe.each(Object.entries(documented))('the controller %s', (controller, { can, proxies }) => {
  const kind = ['envoy-gateway', 'traefik'].includes(controller) ? 'Gateway' : 'Ingress';
  const gateway = { kind, class: 'edge', controller };
  it.each(Object.entries(wishes))(
    'keeps %s, or refuses it by name and says what does',
    (intent, wish) => {
      const asked = { gateway, protection: { trustedProxies: 0, ...wish } };
      const said = mistakes(asked);
      if (!(can as readonly string[]).includes(intent)) {
        expect(said).toContain(`${controller} cannot do ${intent}: `);
        expect(said).toMatch(/\n +(Use|Put|Limit|Set|Leave|Turn) /);
        return;
      }
      expect(said).toBe('');
      // It is in the objects: without the wish they are others.
      expect(objectsOf(asked)).not.toEqual(objectsOf({ gateway }));
    },
  );

  it('is told of as many proxies as it can be, and of no more', () => {
    const said = (trustedProxies: number) =>
      mistakes({ gateway, protection: { ...wishes.rateLimit, trustedProxies } });
    expect(said(proxies)).not.toContain('trustedProxies');
    if (proxies < 16) expect(said(proxies + 1)).toMatch(/wrong address\n +(Use|Set) /);
  });
});

it.each<[string, object, RegExp]>([
  [
    'what a controller cannot do, by name and with what to use',
    {
      gateway: { class: 'edge', controller: 'traefik' },
      protection: { deny: ['192.0.2.0/24'], trustedProxies: 0 },
    },
    /exposure\.protection\.deny: traefik cannot do deny.*\n.*envoy-gateway or haproxy/,
  ],
  ...['envoy-gateway', 'haproxy', 'kong'].map((controller): [string, object, RegExp] => [
    `a burst that ${controller} would not keep`,
    {
      gateway: {
        kind: controller === 'envoy-gateway' ? 'Gateway' : 'Ingress',
        class: 'edge',
        controller,
      },
      protection: { ...withBurst, trustedProxies: 0 },
    },
    new RegExp(
      `exposure\\.protection\\.rateLimit\\.burst: ${controller} cannot do burst.*\\n.*Leave burst out`,
    ),
  ]),
  ['protection without a controller', { protection: { waf: true } }, /without a controller/],
  [
    'addresses without trusted proxies',
    { gateway: { class: 'e', controller: 'envoy-gateway' }, protection: { allow: ['10.0.0.0/8'] } },
    /trustedProxies: got allow without trustedProxies/,
  ],
  [
    'a wildcard by HTTP-01',
    { tls: { issuer: { name: 'le', challenge: 'http01' } } },
    /no CA issues a wildcard/,
  ],
  [
    'a Secret beside an issuer',
    { tls: { issuer: { name: 'le' }, secret: 'own' } },
    /secret and issuer/,
  ],
  [
    'a host twice',
    { hosts: ['a.example.com', 'a.example.com'] },
    /hosts\[1\]: got a\.example\.com twice/,
  ],
  [
    'a host outside of the zone',
    { dns: { ...dns, zone: 'example.org' } },
    /not in the zone example\.org/,
  ],
  ['a component that is not there', { component: 'web' }, /does not have/],
  [
    'a cluster to look from',
    { probe: { vantagePoints: ['here', 'fra'] } },
    /"fra", from where nothing can ask/,
  ],
  [
    'a vantage point with a password',
    { probe: { vantagePoints: ['https://me:planted@probe.example/probe'] } },
    /\/\/\*\*\*@probe.example\/probe", from where nothing can ask/,
  ],
  ['a quorum of more than there are', { probe: { quorum: 2 } }, /more than the 1 vantage points/],
  [
    'a floor above the ceiling',
    { dns: { ...dns, drain: { floorSeconds: 9, ceilingSeconds: 1 } } },
    /more than ceilingSeconds/,
  ],
  [
    'a name without a dot',
    { hosts: ['localhost'] },
    /expected a name in lower case|shop\.example\.com/,
  ],
  ['a quote in the path of a probe', { probe: { path: "/a'b" } }, /other signs as %XX/],
  [
    'a status that PowerDNS does not take',
    { probe: { statuses: [204] } },
    /PowerDNS takes 200 alone/,
  ],
])('refuses %s', (_, exposure, words) => {
  expect(mistakes(exposure)).toMatch(words);
});
