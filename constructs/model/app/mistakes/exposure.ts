/** Exposure mistakes: what contradicts itself in an exposure, or cannot be done by what it names. */
import type { DocumentMistake, Path } from '../../../parsing';
import { quoted, useOneOf } from '../../../parsing';
import type { Exposure } from '../exposure';
import {
  abilities,
  type Controller,
  gatewayControllers,
  type Intent,
  intentsOf,
  trustedProxyLimits,
} from '../protection';

/** A component that requests may go to. */
export interface Served {
  readonly name: string;
  readonly port?: number | undefined;
}

type Say = (path: Path, summary: string, remedy: string, code?: DocumentMistake['code']) => void;

/** Every mistake; paths start at the exposure. `components` is undefined where only objects are known. */
export function exposureMistakes(
  exposure: Exposure,
  components: readonly Served[] | undefined,
): readonly DocumentMistake[] {
  const found: DocumentMistake[] = [];
  const say: Say = (path, summary, remedy, code = 'Contradiction') =>
    found.push({ code, path, summary, remedy });
  hostMistakes(exposure, say);
  componentMistakes(exposure, components, say);
  tlsMistakes(exposure, say);
  probeMistakes(exposure, say);
  protectionMistakes(exposure, say);
  return found;
}

/** Metrics end a drain only when it is known what to ask, and below what nobody comes. */
function drainMistakes({ query, requestsPerSecond }: Exposure['dns']['drain'], say: Say): void {
  if ((query === undefined) !== (requestsPerSecond === undefined)) {
    const [given, missing] =
      query === undefined ? ['requestsPerSecond', 'query'] : ['query', 'requestsPerSecond'];
    const remedy = `Add ${missing}, or remove ${given}.`;
    say(['dns', 'drain', given], `got ${given} without ${missing}`, remedy);
  }
  if (query !== undefined && !query.includes('$cluster')) {
    say(
      ['dns', 'drain', 'query'],
      'got a query without $cluster, so it asks for no cluster in particular',
      'Write $cluster where the name of the cluster belongs, such as {cluster="$cluster"}.',
    );
  }
}

function hostMistakes({ hosts, dns }: Exposure, say: Say): void {
  hosts.forEach((host, index) => {
    if (hosts.indexOf(host) < index) {
      say(['hosts', index], `got ${host} twice`, 'Remove one of the two.', 'Duplicate');
    }
    const isInside = dns.zone === undefined || host === dns.zone || host.endsWith(`.${dns.zone}`);
    if (!isInside) {
      say(
        ['hosts', index],
        `got ${host}, which is not in the zone ${dns.zone}`,
        'Name the zone that all hosts are in.',
      );
    }
  });
  if (dns.zone?.startsWith('*') === true) {
    say(
      ['dns', 'zone'],
      `got ${dns.zone}, expected a zone without "*"`,
      'Remove "*." from the zone.',
    );
  }
  const { floorSeconds, ceilingSeconds } = dns.drain;
  if (floorSeconds > ceilingSeconds) {
    say(
      ['dns', 'drain', 'floorSeconds'],
      `got ${floorSeconds}, more than ceilingSeconds ${ceilingSeconds}`,
      'Raise ceilingSeconds, or lower floorSeconds.',
    );
  }
  drainMistakes(dns.drain, say);
}

function componentMistakes(
  { component, port }: Exposure,
  components: readonly Served[] | undefined,
  say: Say,
): void {
  if (components === undefined) {
    if (component === undefined) {
      say(
        ['component'],
        'got no component beside manifests or a chart, expected the name of the Service that serves',
        'Add component, the name of the Service, and port.',
        'InvalidDocument',
      );
    } else if (port === undefined) {
      say(
        ['port'],
        'got no port beside manifests or a chart',
        `Add the port of the Service ${component}.`,
        'InvalidDocument',
      );
    }
    return;
  }
  const names = components.map(({ name }) => name);
  if (component !== undefined && !names.includes(component)) {
    say(
      ['component'],
      `got component ${quoted(component)}, which the workload does not have`,
      useOneOf(component, names),
      'UnknownName',
    );
    return;
  }
  if (component === undefined && components.length > 1) {
    say(
      ['component'],
      `got no component, expected one of ${names.join(', ')}`,
      'Add component: the one that users ask.',
      'InvalidDocument',
    );
    return;
  }
  const served = components.find(({ name }) => name === (component ?? names[0]));
  if (port === undefined && served !== undefined && served.port === undefined) {
    say(
      ['port'],
      `component ${served.name} has no port to send requests to`,
      'Add port to the component.',
      'InvalidDocument',
    );
  }
}

function tlsMistakes({ hosts, tls }: Exposure, say: Say): void {
  if (tls.issuer !== undefined && tls.secret !== undefined) {
    say(
      ['tls', 'secret'],
      'got secret and issuer, expected one of them',
      'Remove secret or issuer.',
    );
  }
  if (tls.from !== undefined && tls.secret === undefined) {
    say(['tls', 'from'], 'got from without a secret', 'Add secret, the name of the Secret there.');
  }
  if (tls.caa !== undefined && tls.issuer === undefined) {
    say(['tls', 'caa'], 'got caa without an issuer', 'Add issuer, or remove caa.');
  }
  if (tls.issuer?.names === 'perCluster' && tls.issuer.challenge === 'http01') {
    say(
      ['tls', 'issuer', 'names'],
      'got perCluster with http01, but nobody answers for the name of a cluster',
      'Use dns01.',
    );
  }
  const wildcard = hosts.find((host) => host.startsWith('*'));
  if (tls.issuer?.challenge === 'http01' && wildcard !== undefined) {
    say(
      ['tls', 'issuer', 'challenge'],
      `got http01 for ${wildcard}, but no CA issues a wildcard by it`,
      'Use dns01.',
    );
  }
}

/** This process, or an address without a user and a password, which would be kept in states. */
const vantagePoint = /^(here|https?:\/\/[^\s/?#@]+\/[^\s#]*)$/;

function probeMistakes({ probe, dns }: Exposure, say: Say): void {
  if (probe === undefined) return;
  const { vantagePoints, quorum, statuses } = probe;
  vantagePoints.forEach((point, index) => {
    if (!vantagePoint.test(point)) {
      say(
        ['probe', 'vantagePoints', index],
        // What stands before @ may be a password.
        `got ${quoted(point.replace(/\/\/[^/]*@/, '//***@'))}, from where nothing can ask: a cluster runs no probe of littoral`,
        'Write here, or the address of a blackbox exporter there, such as https://probe.example:9115/probe?module=http_2xx.',
      );
    }
    if (vantagePoints.indexOf(point) === index) return;
    say(
      ['probe', 'vantagePoints', index],
      `got ${quoted(point)} twice`,
      'Remove one of the two.',
      'Duplicate',
    );
  });
  if (quorum !== undefined && quorum > vantagePoints.length) {
    say(
      ['probe', 'quorum'],
      `got ${quorum}, more than the ${vantagePoints.length} vantage points`,
      'Lower quorum, or add vantage points.',
    );
  }
  if (dns.system === 'powerdns-lua' && !statuses.includes(200)) {
    say(
      ['probe', 'statuses'],
      `got ${statuses.join(', ')}, but PowerDNS takes 200 alone for well`,
      'Name a path that answers 200.',
    );
  }
}

function protectionMistakes(exposure: Exposure, say: Say): void {
  const { protection, gateway } = exposure;
  const { controller, kind } = gateway;
  if (controller !== undefined && kind === 'Gateway' && !gatewayControllers.includes(controller)) {
    say(
      ['gateway', 'controller'],
      `got ${controller} behind a Gateway, which is written here for ${gatewayControllers.join(' and ')} alone`,
      'Use kind Ingress.',
    );
  }
  if (controller === 'envoy-gateway' && kind === 'Ingress') {
    say(
      ['gateway', 'kind'],
      'got Ingress with envoy-gateway, which reads Gateways alone',
      'Use kind Gateway.',
    );
  }
  if (protection === undefined) return;
  const intents = intentsOf(exposure);
  if (controller === undefined) {
    if (intents.length === 0) return;
    say(
      ['gateway', 'controller'],
      `got ${intents.join(', ')} without a controller; each has words of its own for it`,
      useOneOf('', Object.keys(abilities)),
      'InvalidDocument',
    );
    return;
  }
  for (const intent of intents) {
    const ability = abilities[controller][intent];
    if (ability === true) continue;
    say(
      ['protection', ...(intent === 'burst' ? ['rateLimit'] : []), intent],
      `${controller} cannot do ${intent}: ${ability.why}`,
      ability.instead,
    );
  }
  addressMistakes(protection, controller, intents, say);
}

function addressMistakes(
  { trustedProxies, allow, deny }: NonNullable<Exposure['protection']>,
  controller: Controller,
  intents: readonly Intent[],
  say: Say,
): void {
  const byAddress = intents.filter((intent) => ['rateLimit', 'allow', 'deny'].includes(intent));
  if (byAddress.length > 0 && trustedProxies === undefined) {
    say(
      ['protection', 'trustedProxies'],
      `got ${byAddress.join(', ')} without trustedProxies: whose address the gateway looks at is not known`,
      'Add trustedProxies: 0 where clients connect to the gateway itself.',
      'InvalidDocument',
    );
  }
  const limit = trustedProxyLimits[controller];
  if (byAddress.length > 0 && limit !== undefined && (trustedProxies ?? 0) > limit.most) {
    say(
      ['protection', 'trustedProxies'],
      `got ${trustedProxies} for ${controller}, which can be told of ${limit.most === 0 ? 'none' : 'one'} for an app: it would look at the wrong address`,
      limit.instead,
    );
  }
  const both = allow?.find((block) => deny?.includes(block) === true);
  if (both !== undefined) {
    say(['protection', 'deny'], `got ${both} in allow and in deny`, 'Remove it from one of them.');
  }
}
