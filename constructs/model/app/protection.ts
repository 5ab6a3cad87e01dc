/** Protection: which gateway controllers can keep what away, and what to use where one cannot. */
import type { Exposure } from './exposure';

/** A controller that a gateway class can have. */
export type Controller = NonNullable<Exposure['gateway']['controller']>;
/** Something that a gateway may be asked to keep away. */
export type Intent = 'rateLimit' | 'burst' | 'connectionLimit' | 'allow' | 'deny' | 'waf';

/** Controllers that route by the Gateway API here; the others by Ingress. */
export const gatewayControllers: readonly Controller[] = ['envoy-gateway', 'traefik'];

/** A controller does it, or why not and what does. */
type Ability = true | { readonly why: string; readonly instead: string };

const cannot = (why: string, instead: string): Ability => ({ why, instead });
const limitBefore =
  'Limit connections at the load balancer before it, or use envoy-gateway or traefik.';
const wafBefore =
  'Put a firewall before the gateway, or use envoy-gateway with an extension of Coraza of your own.';

const burstElsewhere = 'Leave burst out, or use traefik or ingress-nginx.';

/** By controller, then by intent. `burst` belongs to the rate limit. */
export const abilities: Readonly<Record<Controller, Readonly<Record<Intent, Ability>>>> = {
  contour: {
    rateLimit: cannot(
      'its local limit counts all clients together, and only in an HTTPProxy',
      'Use envoy-gateway, haproxy or traefik for a limit by client.',
    ),
    burst: cannot('its local limit is only in an HTTPProxy', burstElsewhere),
    connectionLimit: cannot('an Ingress has no limit of connections there', limitBefore),
    allow: cannot(
      'lists of addresses are only in an HTTPProxy',
      'Use envoy-gateway, haproxy or traefik.',
    ),
    deny: cannot('lists of addresses are only in an HTTPProxy', 'Use envoy-gateway or haproxy.'),
    waf: cannot('it has none', wafBefore),
  },
  'envoy-gateway': {
    rateLimit: true,
    burst: cannot('its local limit is a number for each second', burstElsewhere),
    connectionLimit: true,
    allow: true,
    deny: true,
    waf: cannot('its firewall is an extension with an image of your own', wafBefore),
  },
  haproxy: {
    rateLimit: true,
    burst: cannot('its limit is a number for each period', burstElsewhere),
    connectionLimit: cannot(
      'maxconn is a setting of the whole controller, not of an app',
      'Set maxconn in the ConfigMap of the controller.',
    ),
    allow: true,
    deny: true,
    waf: cannot('its annotations have none', wafBefore),
  },
  'ingress-nginx': {
    rateLimit: true,
    burst: true,
    connectionLimit: cannot(
      'its limit counts the connections of each client, not all at the cluster',
      limitBefore,
    ),
    allow: true,
    deny: true,
    waf: true,
  },
  kong: {
    rateLimit: true,
    burst: cannot('its plugin counts in windows of a second', burstElsewhere),
    connectionLimit: cannot('it has no plugin for connections', limitBefore),
    allow: true,
    deny: true,
    waf: cannot('it has none without a licence', wafBefore),
  },
  traefik: {
    rateLimit: true,
    burst: true,
    connectionLimit: true,
    allow: true,
    deny: cannot(
      'its middleware knows lists of who may come alone',
      'Turn the list around into allow, or use envoy-gateway or haproxy.',
    ),
    waf: cannot('it has none without a licence', wafBefore),
  },
};

/** Proxies that a controller can be told of for one app, and what to do with more. */
interface TrustedProxies {
  readonly most: number;
  readonly instead: string;
}

/** Controllers that take any number are not here. */
export const trustedProxyLimits: Readonly<Partial<Record<Controller, TrustedProxies>>> = {
  // It takes the last value of the header, which the proxy right before it wrote.
  haproxy: { most: 1, instead: 'Use envoy-gateway or traefik, which count proxies.' },
  'ingress-nginx': {
    most: 0,
    instead:
      'Set use-forwarded-headers and proxy-real-ip-cidr in the ConfigMap of the controller, and trustedProxies: 0 here; or use envoy-gateway or traefik.',
  },
  kong: {
    most: 0,
    instead:
      'Set trusted_ips and real_ip_header of Kong itself, and trustedProxies: 0 here; or use envoy-gateway or traefik.',
  },
};

/** The intents that an exposure has. */
export function intentsOf({ protection }: Exposure): readonly Intent[] {
  if (protection === undefined) return [];
  const { rateLimit, connectionLimit, allow, deny, waf } = protection;
  const given = {
    rateLimit,
    burst: rateLimit?.burst,
    connectionLimit,
    allow,
    deny,
    waf: waf || undefined,
  };
  return (Object.keys(given) as Intent[]).filter((intent) => given[intent] !== undefined);
}
