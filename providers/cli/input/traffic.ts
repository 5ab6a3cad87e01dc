/** Traffic: from flags and documents to the answers that apps are to have in DNS. */
import type { PlacementDecision } from '../../../constructs/model/decision';
import type { Demand } from '../../../constructs/model/demand';
import type { Fleet } from '../../../constructs/model/fleet';
import { EdgeError, throwAll } from '../../../constructs/parsing';
import { place } from '../../../constructs/placement';
import { givenDemand, type PlaceInput } from '../../../constructs/policy';
import { routingOf } from '../../../constructs/routing';
import {
  type LiveHosts,
  namesByTarget,
  parseTraffic,
  parseTrafficSettings,
  type TrafficProps,
} from '../../resources/traffic';
import type { Session } from '../output/terminal';
import type { AppFile } from './app-demand';
import { replay } from './deciding';
import { type Flags, usageError, type Values } from './flags';
import { type InputValues, loadDocuments, loadInput } from './inputs';

/** Flags about the DNS server and its guards. */
export const trafficFlags = {
  powerdns: {
    value: 'URL',
    doc: 'HTTP API of the PowerDNS that answers for the hosts, such as http://127.0.0.1:8081.',
  },
  'api-key-file': {
    value: 'FILE',
    doc: 'File with the key of that API. Default: the environment variable PDNS_API_KEY.',
  },
  zone: {
    value: 'ZONE',
    doc: 'Zone to write to. Default: exposure.dns.zone, else the smallest that the server has.',
  },
  owner: {
    value: 'NAME',
    doc: 'Who keeps the records; those of another owner are left alone. Default: littoral.',
  },
  'max-moved': {
    value: 'SHARE',
    doc: 'A change that gives more than this share of the requests another cluster is refused. Default: 50%.',
  },
  'allow-older': { doc: 'Lets an older decision replace a newer one, to go back on purpose.' },
  ready: {
    value: 'SECONDS',
    doc: 'How long clusters that are newly answered may take until they serve. Default: 120.',
  },
  'endpoint-ca': {
    value: 'FILE',
    doc: 'Certificate authorities (PEM) to trust at clusters instead of the usual ones.',
  },
} as const satisfies Flags;
/** Flags about DNS that others write. */
export const retireFlags = {
  retire: {
    value: 'WHEN',
    doc: 'When clusters that left are cleaned: now (default), later (they serve until an apply without it), or after-dns (once name servers no longer lead there, and the TTL and the drain have passed).',
  },
  nameserver: {
    value: 'ADDRESS',
    multiple: true,
    doc: 'With --retire after-dns: name servers to ask. Default: those of the zone.',
  },
  geoip: {
    value: 'FILE',
    doc: 'With --retire after-dns: a GeoIP database, to ask as from every country of the demand too.',
  },
} as const satisfies Flags;
/** Values of `retireFlags`. */
export type RetireValues = Values<typeof retireFlags>;

/** When clusters that left are cleaned. Throws an EdgeError for other words. */
export function retireOf(name: string, { retire = 'now' }: RetireValues) {
  if (retire === 'now' || retire === 'later' || retire === 'after-dns') return retire;
  const summary = `got ${JSON.stringify(retire)}, expected now, later or after-dns`;
  throw usageError(name, '--retire', summary);
}

/** Values of `trafficFlags`, with the flag that takes over. */
export type TrafficValues = Values<typeof trafficFlags> & { readonly 'take-over': boolean };

/** For commands that write to no server. */
export const withoutServer: TrafficValues = {
  powerdns: undefined,
  'api-key-file': undefined,
  zone: undefined,
  owner: undefined,
  'max-moved': undefined,
  'allow-older': false,
  ready: undefined,
  'endpoint-ca': undefined,
  'take-over': false,
};

/** What a table is computed from. */
export interface DecidedApps {
  readonly decision: PlacementDecision;
  readonly fleet: Fleet;
  readonly apps: readonly AppFile[];
}

/** An app with exposure: what is to be, and where to read what is. */
export interface AppTraffic {
  readonly props: TrafficProps;
  readonly live: LiveHosts;
}

/** Where to read what every app with exposure has now; needs no decision. Throws EdgeErrors. */
export function liveHostsOf(
  name: string,
  values: Pick<InputValues, 'app' | 'fleet'> & TrafficValues,
  session: Session,
): readonly LiveHosts[] {
  const { powerdns, owner } = parseTrafficSettings(settingsOf(name, values));
  const { apps, fleet } = loadDocuments(name, values, session);
  const names = namesIn(fleet);
  const exposed = apps.flatMap(({ app: { name: app, exposure } }) =>
    exposure === undefined
      ? []
      : [{ app, owner, powerdns, hosts: exposure.hosts, zone: exposure.dns.zone, names }],
  );
  if (exposed.length === 0) throw nothingExposed();
  return exposed;
}

/** All clusters of the fleet, also those that the decision left. */
function namesIn({ clusters }: Fleet): LiveHosts['names'] {
  const given = clusters.flatMap(({ name, ingress }) =>
    ingress === undefined ? [] : [[name, ingress] as const],
  );
  return namesByTarget(Object.fromEntries(given));
}

/** Every app with exposure.  Reads the demand as `place` does. Throws EdgeErrors. */
export async function trafficOf(
  name: string,
  values: InputValues & TrafficValues & { readonly decision?: string | undefined },
  session: Session,
  decided?: DecidedApps,
): Promise<readonly AppTraffic[]> {
  const settings = settingsOf(name, values);
  const { input } = await loadInput(name, values, session);
  const { decision, fleet, apps } = decided ?? decide(name, values, input, session);
  if (apps.every(({ app }) => app.exposure === undefined)) throw nothingExposed();
  const names = namesIn(fleet);
  return apps.flatMap(({ app }): readonly AppTraffic[] => {
    if (app.exposure === undefined) return [];
    throwAll(assignmentMistakes(decision, app.name));
    const demand = demandFor(input, app.name);
    const table = routingOf({ decision, demand, fleet, app });
    const props = parseTraffic({ ...settings, table });
    const { owner, powerdns } = props;
    const { hosts, zone } = table;
    return [{ props, live: { app: app.name, owner, powerdns, hosts, zone, names } }];
  });
}

function nothingExposed(): EdgeError {
  return new EdgeError({
    code: 'InvalidDocument',
    path: 'exposure',
    summary: 'got no app with exposure, so there are no hosts to answer for',
    remedy: 'Add exposure to the app: hosts, gateway and dns.',
  });
}

function decide(
  name: string,
  values: InputValues & { readonly decision?: string | undefined },
  input: PlaceInput,
  session: Session,
): DecidedApps {
  if (values.decision !== undefined) {
    return replay(name, '--decision', values.decision, values, session);
  }
  const apps = input.apps.map((app) => ({ app, file: '' }));
  return { decision: place(input), fleet: input.fleet, apps };
}

function demandFor(input: PlaceInput, name: string): Demand {
  const app = input.apps.find((one) => one.name === name);
  const demand = app === undefined ? undefined : (givenDemand(app, input) ?? assumed(app));
  if (demand !== undefined) return demand;
  throw new EdgeError({
    code: 'NoDemand',
    path: '--demand',
    summary: `nothing says where the requests of ${name} come from, so nobody can be sent anywhere`,
    remedy: 'Add --demand DEMAND.yaml, the one that the decision was made from.',
  });
}

function assumed({ policy }: PlaceInput['apps'][number]): Demand | undefined {
  const { assume } = policy;
  return typeof assume === 'object' && 'origins' in assume ? (assume as Demand) : undefined;
}

/** Decisions of states and plans of releases leave out what grows with the demand. */
function assignmentMistakes({ apps }: PlacementDecision, name: string): readonly EdgeError[] {
  const decided = apps.find(({ app }) => app === name);
  if (decided === undefined || decided.assignments.length > 0) return [];
  return [
    new EdgeError({
      code: 'InvalidDocument',
      path: '--decision',
      summary: `got a decision that does not say which users of ${name} go where`,
      remedy: 'Pass the whole decision, as littoral place --output wrote it.',
    }),
  ];
}

function settingsOf(name: string, values: TrafficValues): object {
  const { powerdns, zone, owner } = values;
  const file = values['api-key-file'];
  const share = values['max-moved'];
  const errors: EdgeError[] = [];
  if (powerdns === undefined && (zone ?? file) !== undefined) {
    errors.push(usageError(name, '--powerdns', 'is missing', 'Add --powerdns URL.'));
  }
  const number = (flag: 'max-moved' | 'ready', text: string, most: number) => {
    const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
    const value = Number(digits) / (percent === '%' ? 100 : 1);
    if (value >= 0 && value <= most) return value;
    const expected = most === 1 ? 'a share such as 50%' : `seconds from 0 to ${most}`;
    const summary = `got ${JSON.stringify(text)}, expected ${expected}`;
    errors.push(usageError(name, `--${flag}`, summary));
    return 0;
  };
  const settings = {
    ...(powerdns === undefined
      ? {}
      : {
          powerdns: {
            url: powerdns,
            ...(zone === undefined ? {} : { zone }),
            ...(file === undefined ? {} : { apiKeyFile: file }),
          },
        }),
    ...(owner === undefined ? {} : { owner }),
    ...(share === undefined ? {} : { maxMovedShare: number('max-moved', share, 1) }),
    ...(values.ready === undefined ? {} : { readySeconds: number('ready', values.ready, 3600) }),
    ...(values['endpoint-ca'] === undefined ? {} : { endpointCaFile: values['endpoint-ca'] }),
    allowOlder: values['allow-older'],
    takeOver: values['take-over'],
  };
  throwAll(errors);
  return settings;
}
