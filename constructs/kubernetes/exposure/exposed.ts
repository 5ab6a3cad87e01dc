/** Exposed: the objects by which requests of users come into a cluster: Gateway and HTTPRoute, or Ingress, and a Certificate. */
import { AUTHORITY_ANNOTATION, CAA_ANNOTATION, CHALLENGE_ANNOTATION } from '../../certificates';
import type { Manifest } from '../../model/app/workload';
import type { Template } from '../slots';
import type { ExposedProps } from './exposed-props';
import { type Protection, protectionOf } from './protection';

/** Group and version of the Gateway API. */
const gatewayApi = 'gateway.networking.k8s.io/v1';

/** All objects of an exposure. Their names are the app's, so that a change of hosts changes them in place. */
export function exposedObjects(props: ExposedProps): readonly Template[] {
  const protection = protectionOf(props);
  const routes =
    props.exposure.gateway.kind === 'Ingress'
      ? [ingress(props, protection)]
      : [gateway(props), ...httpRoutes(props, protection)];
  const same = [...protection.objects, ...routes];
  return [...certificates(props), ...same.map((manifest) => ({ manifest, slots: [] }))];
}

function metadataOf({ app, namespace }: ExposedProps, name = app) {
  const labels = { 'app.kubernetes.io/managed-by': 'littoral', 'app.kubernetes.io/part-of': app };
  return { labels, name, namespace };
}

/** Name of the Secret with the certificate; undefined without TLS. */
function secretOf({ app, exposure: { tls } }: ExposedProps): string | undefined {
  return tls.secret ?? (tls.issuer === undefined ? undefined : `${app}-tls`);
}

/** The name of a cluster has two labels before the host, so that no wildcard of the hosts makes it redundant, which CAs refuse. */
function certificates(props: ExposedProps): readonly Template[] {
  const { issuer, caa } = props.exposure.tls;
  const secretName = secretOf(props);
  if (issuer === undefined || secretName === undefined) return [];
  const { name, kind, challenge } = issuer;
  const { hosts } = props.exposure;
  const isNamed = issuer.names === 'perCluster';
  const spec = {
    secretName,
    dnsNames: isNamed ? [...hosts, null] : [...hosts],
    issuerRef: { group: 'cert-manager.io', kind, name },
    privateKey: { rotationPolicy: 'Always' },
  };
  const authority = issuer.authority ?? (challenge === 'none' ? 'other' : 'letsencrypt');
  const method = { dns01: 'dns-01', http01: 'http-01', none: undefined }[challenge];
  const annotations = {
    [AUTHORITY_ANNOTATION]: authority,
    ...(caa === undefined ? {} : { [CAA_ANNOTATION]: caa }),
    ...(caa === undefined || method === undefined ? {} : { [CHALLENGE_ANNOTATION]: method }),
  };
  const metadata = { ...metadataOf(props, secretName), annotations };
  const manifest = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata, spec };
  if (!isNamed) return [{ manifest, slots: [] }];
  const text = [{ value: 'cluster' } as const, `.cluster.${hosts[0]?.replace(/^\*\./, '') ?? ''}`];
  return [{ manifest, slots: [{ pointer: `/spec/dnsNames/${hosts.length}`, text }] }];
}

/** Listener names are DNS labels: those of hosts with dashes in the place of dots. */
const listenerOf = (protocol: string, host: string) =>
  `${protocol}-${host.replace('*', 'any').replaceAll('.', '-')}`;

function gateway(props: ExposedProps): Manifest {
  const { hosts, gateway: given } = props.exposure;
  const secret = secretOf(props);
  const allowedRoutes = { namespaces: { from: 'Same' } };
  const listeners = hosts.flatMap((hostname) => {
    const http = {
      name: listenerOf('http', hostname),
      hostname,
      port: 80,
      protocol: 'HTTP',
      allowedRoutes,
    };
    if (secret === undefined) return [http];
    const tls = { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: secret }] };
    const https = {
      name: listenerOf('https', hostname),
      hostname,
      port: 443,
      protocol: 'HTTPS',
      tls,
      allowedRoutes,
    };
    return [http, https];
  });
  const spec = { gatewayClassName: given.class, listeners };
  return { apiVersion: gatewayApi, kind: 'Gateway', metadata: metadataOf(props), spec };
}

/** With TLS, HTTP is answered by a redirect; solvers of HTTP-01 have routes of their own, whose paths are longer. */
function httpRoutes(props: ExposedProps, { filters }: Protection): readonly Manifest[] {
  const { app, component, port } = props;
  const { hosts } = props.exposure;
  const isSecure = secretOf(props) !== undefined;
  const parents = (protocol: string) =>
    hosts.map((host) => ({ kind: 'Gateway', name: app, sectionName: listenerOf(protocol, host) }));
  const route = (name: string, protocol: string, rule: object): Manifest => ({
    apiVersion: gatewayApi,
    kind: 'HTTPRoute',
    metadata: metadataOf(props, name),
    spec: { parentRefs: parents(protocol), hostnames: [...hosts], rules: [rule] },
  });
  const serves = {
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    ...(filters.length === 0 ? {} : { filters }),
    backendRefs: [{ kind: 'Service', name: component, port }],
  };
  if (!isSecure) return [route(app, 'http', serves)];
  const requestRedirect = { scheme: 'https', statusCode: 301 };
  return [
    route(app, 'https', serves),
    route(`${app}-redirect`, 'http', { filters: [{ type: 'RequestRedirect', requestRedirect }] }),
  ];
}

function ingress(props: ExposedProps, { annotations }: Protection): Manifest {
  const { component, port } = props;
  const { hosts, gateway: given } = props.exposure;
  const secretName = secretOf(props);
  const service = { name: component, port: { number: port } };
  const paths = [{ path: '/', pathType: 'Prefix', backend: { service } }];
  const spec = {
    ingressClassName: given.class,
    ...(secretName === undefined ? {} : { tls: [{ hosts: [...hosts], secretName }] }),
    rules: hosts.map((host) => ({ host, http: { paths } })),
  };
  const annotated = Object.keys(annotations).length === 0 ? {} : { annotations };
  const metadata = { ...metadataOf(props), ...annotated };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata, spec };
}
