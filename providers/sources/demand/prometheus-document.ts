/** Parses the `demand.prometheus` object: every key known, no two keys at odds, no credential in sight. */
import { type Path, parseDocument, type Report, z } from '../../../constructs/parsing';
import {
  type PlaceLabels,
  type PrometheusSource,
  type PrometheusSourceInput,
  prometheusSchema,
} from './prometheus-config';

/** Where the object stands in an EdgeApp; errors name paths below it. */
export const prometheusPath = 'demand.prometheus';
const base: Path = prometheusPath.split('.');

const wrapped = z.strictObject({ demand: z.strictObject({ prometheus: prometheusSchema }) });

/** Parses the object of an EdgeApp's `demand.prometheus`. Throws EdgeErrors; credentials are never repeated in them. */
export function parsePrometheus(
  source: PrometheusSourceInput | Readonly<Record<string, unknown>>,
  options: { readonly file?: string } = {},
): PrometheusSource {
  return parseDocument(
    {
      schema: wrapped,
      build: ({ demand: { prometheus } }, report) => {
        checkAddress(prometheus, report);
        checkCredentials(prometheus, report);
        checkLabels(prometheus.labels ?? {}, report);
        checkWindow(prometheus, report);
        return prometheus;
      },
    },
    { demand: { prometheus: source } },
    options,
  );
}

function checkAddress({ url, answer, query }: PrometheusSource, report: Report): void {
  if (url !== undefined && answer !== undefined) {
    contradiction(report, ['answer'], 'both url and answer', 'Remove one of the two.');
  }
  if (url === undefined) {
    if (answer === undefined) {
      wrong(report, [], 'neither url nor answer', 'Add url, e.g. http://prometheus:9090.');
    }
    return;
  }
  if (query === undefined) {
    const remedy = 'Add query, e.g. sum by (geohash) (rate(http_requests_total[5m])).';
    wrong(report, ['query'], 'url without query', remedy);
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    const got =
      parsed === undefined ? 'a text that is no address' : `an address of ${parsed.protocol}`;
    wrong(report, ['url'], `${got}, expected http or https`, 'Write e.g. http://prometheus:9090.');
  } else if (parsed.username !== '' || parsed.password !== '') {
    const remedy = 'Remove them and give basic: {username, passwordFile} instead.';
    wrong(report, ['url'], 'an address with credentials in it (not shown)', remedy);
  }
}

function checkCredentials(source: PrometheusSource, report: Report): void {
  const { bearerTokenFile, bearerTokenEnv, basic, tls } = source;
  if (bearerTokenFile !== undefined && bearerTokenEnv !== undefined) {
    const got = 'both bearerTokenFile and bearerTokenEnv';
    contradiction(report, ['bearerTokenEnv'], got, 'Remove one of the two.');
  }
  if (basic !== undefined) {
    if ((bearerTokenFile ?? bearerTokenEnv) !== undefined) {
      contradiction(report, ['basic'], 'both basic and a bearer token', 'Remove one of the two.');
    }
    const given = [basic.passwordFile, basic.passwordEnv].filter((one) => one !== undefined);
    if (given.length !== 1) {
      const got = given.length === 0 ? 'no password' : 'both passwordFile and passwordEnv';
      wrong(report, ['basic'], got, 'Give one of passwordFile and passwordEnv.');
    }
  }
  if (tls !== undefined && (tls.certFile === undefined) !== (tls.keyFile === undefined)) {
    const [one, other] =
      tls.certFile === undefined ? ['keyFile', 'certFile'] : ['certFile', 'keyFile'];
    wrong(report, ['tls', other], `${one} without ${other}`, `Add ${other}.`);
  }
}

function checkLabels(labels: PlaceLabels, report: Report): void {
  const { origin, origins, geohash, city } = labels;
  if (origin !== undefined && origins === undefined) {
    const remedy = 'Add origins: a list of {name, latitude, longitude}, or a path to one.';
    wrong(report, ['labels', 'origins'], 'origin without origins', remedy);
  }
  const kinds = Object.entries({ geohash, city, origin }).filter(([, name]) => name !== undefined);
  const [one, other] = kinds.map(([kind]) => kind);
  if (one !== undefined && other !== undefined) {
    contradiction(report, ['labels', other], `both ${one} and ${other}`, 'Remove one of the two.');
  }
  if (Array.isArray(origins)) {
    const seen = new Set<string>();
    origins.forEach(({ name }, index) => {
      if (seen.has(name)) {
        const path = [...base, 'labels', 'origins', index, 'name'];
        const summary = 'got a name that an earlier place has, expected each name once';
        report({ code: 'Duplicate', path, summary, remedy: 'Remove or rename one of the two.' });
      }
      seen.add(name);
    });
  }
}

function checkWindow({ windowSeconds, stepSeconds }: PrometheusSource, report: Report): void {
  if (stepSeconds <= windowSeconds) return;
  const got = `stepSeconds ${stepSeconds} above windowSeconds ${windowSeconds}`;
  contradiction(report, ['stepSeconds'], got, 'Make the step at most as long as the window.');
}

function wrong(report: Report, path: Path, got: string, remedy: string): void {
  const summary = `got ${got}`;
  report({ code: 'InvalidDocument', path: [...base, ...path], summary, remedy });
}

function contradiction(report: Report, path: Path, got: string, remedy: string): void {
  report({ code: 'Contradiction', path: [...base, ...path], summary: `got ${got}`, remedy });
}
