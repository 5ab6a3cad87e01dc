/** littoral demand: reads where the requests come from and prints it as a Demand document. */
import { demandDocument } from '../../../constructs/model/demand-document';
import { counted, threeDigits } from '../../../constructs/model/numbers';
import { EdgeError, EdgeErrors, edgeErrorsOf } from '../../../constructs/parsing';
import { inlineDemand } from '../../../constructs/policy';
import type { DemandReading, DemandWindow } from '../../sources/demand/demand-reading';
import { readPrometheusDemand } from '../../sources/demand/prometheus';
import { readApp } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { writeFileAtomically } from '../../sources/files/write';
import { tryReadDemand } from '../input/app-demand';
import { type Flags, usageError, type Values } from '../input/flags';
import { wallClock } from '../input/inputs';
import { exit } from '../output/exit';
import { nearPath, printWarnings } from '../output/print';
import { yamlText } from '../output/print/yaml';
import type { Session } from '../output/terminal';
import { command } from './command';

const flags = {
  app: { value: 'APP.yaml', doc: 'Reads what this app says under demand.' },
  prometheus: { value: 'URL', doc: 'Asks this server instead: Prometheus, Thanos or Mimir.' },
  query: { value: 'PROMQL', doc: 'Requests/s grouped by place. Required with --prometheus.' },
  'geohash-label': { value: 'LABEL', doc: 'Label with a geohash. Default: geohash, if there.' },
  'country-label': { value: 'LABEL', doc: 'Label with a country. Default: country, if there.' },
  'city-label': { value: 'LABEL', doc: 'Label with a city. Default: city, if there.' },
  'origin-label': { value: 'LABEL', doc: 'Label with a name that --origins gives coordinates.' },
  origins: { value: 'FILE', doc: 'YAML, JSON or CSV with name, latitude and longitude.' },
  window: { value: 'SECONDS', doc: 'Averages over this long. Default: 1800.' },
  step: { value: 'SECONDS', doc: 'Distance of the values averaged. Default: 120.' },
  instant: { doc: 'Asks for one instant; the query does its own averaging.' },
  tenant: { value: 'NAME', doc: 'Sent as X-Scope-OrgID.' },
  'token-env': { value: 'NAME', doc: 'Environment variable that holds the bearer token.' },
  'token-file': { value: 'FILE', doc: 'File that holds the bearer token.' },
  'basic-user': { value: 'NAME', doc: 'User name of basic authentication.' },
  'password-env': { value: 'NAME', doc: 'Environment variable that holds its password.' },
  'password-file': { value: 'FILE', doc: 'File that holds its password.' },
  'ca-file': { value: 'FILE', doc: 'PEM of the authorities to trust instead of the usual.' },
  'server-name': { value: 'NAME', doc: 'Name the certificate of the server must have.' },
  'max-lost-share': {
    value: 'SHARE',
    doc: 'Share of the requests that may come from places nobody knows. Default: 0.05.',
  },
  now: { value: 'INSTANT', doc: 'The window ends here. Default: the clock of this machine.' },
  json: { doc: 'Prints JSON instead of YAML.' },
  output: { value: 'FILE', short: 'o', doc: 'Writes the document to this file instead.' },
} as const satisfies Flags;
type DemandValues = Values<typeof flags>;

/** Which key of `demand.prometheus` a flag gives. */
const keys = {
  prometheus: 'url',
  query: 'query',
  'geohash-label': 'labels.geohash',
  'country-label': 'labels.country',
  'city-label': 'labels.city',
  'origin-label': 'labels.origin',
  origins: 'labels.origins',
  window: 'windowSeconds',
  step: 'stepSeconds',
  tenant: 'tenant',
  'token-env': 'bearerTokenEnv',
  'token-file': 'bearerTokenFile',
  'basic-user': 'basic.username',
  'password-env': 'basic.passwordEnv',
  'password-file': 'basic.passwordFile',
  'ca-file': 'tls.caFile',
  'server-name': 'tls.serverName',
  'max-lost-share': 'maxLostShare',
} as const;
const numbers: readonly string[] = ['windowSeconds', 'stepSeconds', 'maxLostShare'];

/** The command `demand`. */
export const demand = command({
  name: 'demand',
  usage: [
    'littoral demand --app APP.yaml [-o FILE]',
    'littoral demand --prometheus URL --query PROMQL [--geohash-label LABEL] [-o FILE]',
  ],
  about:
    'Prints where the requests come from and how many each second. Tokens are read from a file or the environment and never printed.',
  flags,
  examples: [
    ['littoral demand --app shop.yaml -o demand.yaml', 'freeze what the app asks its metrics for'],
    [
      "littoral demand --prometheus http://prometheus:9090 --query 'sum by (geohash) (rate(http_requests_total[5m]))'",
      'without an app',
    ],
  ],
  run: async (values, session) => {
    const { demand: read, warnings, window } = await readingOf(values, session);
    printWarnings(warnings, session);
    const document = demandDocument(read);
    const text = values.json ? `${JSON.stringify(document, null, 2)}\n` : yamlText(document);
    const total = read.origins.reduce((sum, origin) => sum + origin.requestsPerSecond, 0);
    const about = `${counted(read.origins.length, 'origin')}, ${threeDigits(total)} requests/s${spanOf(window)}\n`;
    if (values.output === undefined) {
      session.print(text);
      session.remark(about);
    } else {
      const file = resolvePath(values.output, session.cwd);
      writeFileAtomically(file, text);
      session.remark(`wrote ${nearPath(file, session.cwd)}: ${about}`);
    }
    return exit.done;
  },
});

async function readingOf(values: DemandValues, session: Session): Promise<DemandReading> {
  const now = values.now ?? wallClock();
  if (values.prometheus !== undefined) {
    if (values.app !== undefined) {
      throw usageError(
        'demand',
        '--app',
        'says the same as --prometheus',
        'Leave out one of the two.',
      );
    }
    const folder = session.cwd;
    const context = { now, folder, environment: session.env };
    return readPrometheusDemand(sourceOf(values), context).catch((thrown: unknown) => {
      throw inFlags(thrown);
    });
  }
  if (values.app === undefined) {
    const remedy = 'Add --app APP.yaml, or --prometheus URL and --query PROMQL.';
    throw usageError('demand', '--app', 'is missing', remedy);
  }
  const file = resolvePath(values.app, session.cwd);
  const app = readApp(file, { path: '--app' });
  const read = await tryReadDemand({ app, file }, session, now);
  if (read !== undefined) return read;
  const inline = inlineDemand(app);
  if (inline !== undefined) return { demand: inline, warnings: [] };
  throw new EdgeError({
    code: 'NoDemand',
    path: 'demand',
    file,
    summary: 'the app does not say where its requests come from',
    remedy: 'Add demand to it, or use --prometheus.',
  });
}

/** The flags as the object of `demand.prometheus`. */
function sourceOf(values: DemandValues): Readonly<Record<string, unknown>> {
  const source: Record<string, unknown> = values.instant ? { mode: 'instant' } : {};
  for (const [flag, key] of Object.entries(keys)) {
    const value = values[flag as keyof typeof keys];
    if (value === undefined) continue;
    const [first = '', second] = key.split('.');
    const written = numbers.includes(key) ? asNumber(value) : value;
    source[first] =
      second === undefined ? written : { ...(source[first] as object), [second]: written };
  }
  return source;
}

/** Errors about `demand.prometheus.query` as errors about `--query`. */
function inFlags(thrown: unknown): unknown {
  const errors = edgeErrorsOf(thrown);
  if (errors === undefined) return thrown;
  return new EdgeErrors(
    errors.map((error) => {
      const key = error.path.replace(/^demand\.prometheus\.?/, '');
      const [flag] = Object.entries(keys).find(
        ([, one]) => one === key || (key !== '' && one.startsWith(`${key}.`)),
      ) ?? ['prometheus'];
      const { code, summary, remedy, cause } = error;
      return new EdgeError({ code, path: `--${flag}`, summary, remedy, cause });
    }),
  );
}

function spanOf(window: DemandWindow | undefined): string {
  if (window === undefined) return '';
  const stretched = window.stretched ? ', stretched because there is little traffic' : '';
  return `, ${window.from} to ${window.until}${stretched}`;
}

/** What is no number stays as it was written, for the parser to refuse. */
function asNumber(text: unknown): unknown {
  const number = Number(text);
  return String(text).trim() === '' || Number.isNaN(number) ? text : number;
}
