/** Protection: limits, lists of addresses and a firewall in the words of each controller; what one cannot do is refused where the app is read. */
import type { Controller } from '../../model/app/protection';
import type { Manifest } from '../../model/app/workload';
import type { ExposedProps } from './exposed-props';

/** What protects, by where it goes. */
export interface Protection {
  /** Objects of the controller's own kinds. */
  readonly objects: readonly Manifest[];
  /** Of the Ingress. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Of the rule in the HTTPRoute. */
  readonly filters: readonly object[];
}

const nothing: Protection = { objects: [], annotations: {}, filters: [] };
type Wanted = NonNullable<ExposedProps['exposure']['protection']>;
type Render = (props: ExposedProps, wanted: Wanted) => Protection;

/** Limits hold at every replica of the gateway by itself, unless the controller shares them. */
const renderers: Readonly<Record<Controller, Render>> = {
  contour: () => nothing,
  'envoy-gateway': envoyGateway,
  haproxy,
  'ingress-nginx': ingressNginx,
  kong,
  traefik,
};

/** The protection of an exposure; nothing where it asks for none. */
export function protectionOf(props: ExposedProps): Protection {
  const { protection, gateway } = props.exposure;
  if (protection === undefined || gateway.controller === undefined) return nothing;
  return renderers[gateway.controller](props, protection);
}

function object(
  { app, namespace }: ExposedProps,
  apiVersion: string,
  kind: string,
  name: string,
  body: object,
): Manifest {
  const labels = { 'app.kubernetes.io/managed-by': 'littoral', 'app.kubernetes.io/part-of': app };
  return { apiVersion, kind, metadata: { labels, name, namespace }, ...body };
}

const given = (entries: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

function envoyGateway(props: ExposedProps, wanted: Wanted): Protection {
  const { app } = props;
  const { rateLimit, connectionLimit, allow, deny, trustedProxies } = wanted;
  const group = 'gateway.networking.k8s.io';
  const policy = (kind: string, target: string, spec: object) =>
    object(props, 'gateway.envoyproxy.io/v1alpha1', kind, app, {
      spec: { targetRefs: [{ group, kind: target, name: app }], ...spec },
    });
  const objects: Manifest[] = [];
  if (rateLimit !== undefined) {
    const limit = { requests: rateLimit.requestsPerSecond, unit: 'Second' };
    const rules = ['0.0.0.0/0', '::/0'].map((value) => ({
      clientSelectors: [{ sourceCIDR: { type: 'Distinct', value } }],
      limit,
    }));
    objects.push(
      policy('BackendTrafficPolicy', 'HTTPRoute', {
        rateLimit: { type: 'Local', local: { rules } },
      }),
    );
  }
  if (allow !== undefined || deny !== undefined) {
    // The first rule that fits decides, so what is denied comes first.
    const rules = [
      ...(deny === undefined
        ? []
        : [{ name: 'deny', action: 'Deny', principal: { clientCIDRs: [...deny] } }]),
      ...(allow === undefined
        ? []
        : [{ name: 'allow', action: 'Allow', principal: { clientCIDRs: [...allow] } }]),
    ];
    const defaultAction = allow === undefined ? 'Allow' : 'Deny';
    objects.push(
      policy('SecurityPolicy', 'HTTPRoute', { authorization: { defaultAction, rules } }),
    );
  }
  const xForwardedFor = { numTrustedHops: trustedProxies };
  const client = {
    ...(trustedProxies ? { clientIPDetection: { xForwardedFor } } : {}),
    ...(connectionLimit === undefined
      ? {}
      : { connection: { connectionLimit: { value: connectionLimit } } }),
  };
  if (Object.keys(client).length > 0)
    objects.push(policy('ClientTrafficPolicy', 'Gateway', client));
  return { ...nothing, objects };
}

function traefik(props: ExposedProps, wanted: Wanted): Protection {
  const { app, namespace } = props;
  const { rateLimit, connectionLimit, allow, trustedProxies } = wanted;
  const ipStrategy = trustedProxies ? { ipStrategy: { depth: trustedProxies } } : {};
  const source = trustedProxies ? { sourceCriterion: ipStrategy } : {};
  const middlewares = {
    ...(allow === undefined ? {} : { ipAllowList: { sourceRange: [...allow], ...ipStrategy } }),
    ...(rateLimit === undefined
      ? {}
      : {
          rateLimit: {
            average: rateLimit.requestsPerSecond,
            burst: rateLimit.burst ?? rateLimit.requestsPerSecond,
            ...source,
          },
        }),
    // All requests have the same host, so that the limit is that of the cluster, not of a client.
    ...(connectionLimit === undefined
      ? {}
      : { inFlightReq: { amount: connectionLimit, sourceCriterion: { requestHost: true } } }),
  };
  const names = Object.keys(middlewares).map((key) => `${app}-${key.toLowerCase()}`);
  const objects = Object.entries(middlewares).map(([key, value], index) =>
    object(props, 'traefik.io/v1alpha1', 'Middleware', names[index], { spec: { [key]: value } }),
  );
  if (names.length === 0) return nothing;
  const list = names.map((name) => `${namespace}-${name}@kubernetescrd`).join(',');
  return {
    objects,
    annotations: { 'traefik.ingress.kubernetes.io/router.middlewares': list },
    filters: names.map((name) => ({
      type: 'ExtensionRef',
      extensionRef: { group: 'traefik.io', kind: 'Middleware', name },
    })),
  };
}

function haproxy(_: ExposedProps, { rateLimit, allow, deny, trustedProxies }: Wanted): Protection {
  const limited = rateLimit !== undefined;
  const annotations = given({
    'haproxy.org/allow-list': allow?.join(','),
    'haproxy.org/deny-list': deny?.join(','),
    'haproxy.org/rate-limit-requests': rateLimit?.requestsPerSecond.toString(),
    'haproxy.org/rate-limit-period': limited ? '1s' : undefined,
    'haproxy.org/rate-limit-status-code': limited ? '429' : undefined,
    'haproxy.org/src-ip-header': trustedProxies ? 'X-Forwarded-For' : undefined,
  });
  return { ...nothing, annotations };
}

function ingressNginx(_: ExposedProps, wanted: Wanted): Protection {
  const { rateLimit, allow, deny, waf } = wanted;
  const prefix = 'nginx.ingress.kubernetes.io';
  // Its burst is a multiple of the rate, a whole number.
  const burst =
    rateLimit?.burst === undefined
      ? undefined
      : Math.max(1, Math.round(rateLimit.burst / rateLimit.requestsPerSecond));
  const annotations = given({
    [`${prefix}/limit-rps`]: rateLimit?.requestsPerSecond.toString(),
    [`${prefix}/limit-burst-multiplier`]: rateLimit && (burst ?? 1).toString(),
    [`${prefix}/whitelist-source-range`]: allow?.join(','),
    [`${prefix}/denylist-source-range`]: deny?.join(','),
    // Without the last it looks, and lets everything pass.
    [`${prefix}/enable-modsecurity`]: waf ? 'true' : undefined,
    [`${prefix}/enable-owasp-core-rules`]: waf ? 'true' : undefined,
    [`${prefix}/modsecurity-snippet`]: waf ? 'SecRuleEngine On' : undefined,
  });
  return { ...nothing, annotations };
}

function kong(props: ExposedProps, { rateLimit, allow, deny }: Wanted): Protection {
  const plugin = (suffix: string, name: string, config: object) =>
    object(props, 'configuration.konghq.com/v1', 'KongPlugin', `${props.app}-${suffix}`, {
      plugin: name,
      config,
    });
  const limit = { second: rateLimit?.requestsPerSecond, limit_by: 'ip', policy: 'local' };
  const lists = { ...(allow && { allow: [...allow] }), ...(deny && { deny: [...deny] }) };
  const objects = [
    ...(rateLimit === undefined ? [] : [plugin('rate-limit', 'rate-limiting', limit)]),
    ...(Object.keys(lists).length === 0 ? [] : [plugin('addresses', 'ip-restriction', lists)]),
  ];
  if (objects.length === 0) return nothing;
  const names = objects.map(({ metadata }) => metadata.name).join(',');
  return { ...nothing, objects, annotations: { 'konghq.com/plugins': names } };
}
