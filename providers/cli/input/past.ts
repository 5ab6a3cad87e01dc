/** Past: demands of earlier times, from a folder of documents or from a metrics server. */
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { BacktestStep } from '../../../constructs/backtest';
import { canonicalJson } from '../../../constructs/model/canonical';
import type { Demand } from '../../../constructs/model/demand';
import { demandDocument } from '../../../constructs/model/demand-document';
import { EdgeError, throwAll } from '../../../constructs/parsing';
import { outsideSource } from '../../../constructs/policy';
import type { PastReading } from '../../sources/demand/prometheus-history';
import { readDemand } from '../../sources/files/documents';
import { resolvePath } from '../../sources/files/text-file';
import { makeFolder, writeFileAtomically } from '../../sources/files/write';
import { nearPath } from '../output/print';
import type { Session } from '../output/terminal';
import type { AppFile } from './app-demand';
import { durationOf } from './durations';
import { type Flags, usageError, type Values } from './flags';

/** The flags that say which past. */
export const pastFlags = {
  demands: {
    value: 'FOLDER',
    doc: 'Recorded Demand documents; each is of the time it was observed.',
  },
  prometheus: { value: 'URL', doc: 'Asks this server. Default: the one that each app names.' },
  query: { value: 'PROMQL', doc: 'Requests/s grouped by place. Default: what each app asks.' },
  from: { value: 'INSTANT', doc: 'The first step, such as 2026-11-01T00:00:00Z.' },
  to: { value: 'INSTANT', doc: 'No step is later. Default: now.' },
  every: { value: 'DURATION', doc: 'Between two steps: 30s, 10m, 1h or 1d. Default: 10m.' },
  record: { value: 'FOLDER', doc: 'Writes the demands that a server answered, to replay them.' },
} as const satisfies Flags;
/** Values of `pastFlags`. */
export type PastValues = Values<typeof pastFlags>;

/** Demands of the past, and what to know about them. */
export interface Past {
  readonly steps: readonly BacktestStep[];
  readonly warnings: readonly string[];
}

/** More would take days, and is a mistyped instant. */
const MOST_STEPS = 200_000;

/** Reads the past that the flags name. Throws EdgeErrors. */
export async function readPast(
  values: PastValues,
  apps: readonly AppFile[],
  session: Session,
  now: string,
  onReading: (done: number, all: number) => void,
): Promise<Past> {
  exclude(values);
  if (values.demands !== undefined) return recorded(values.demands, values, session);
  return fromServer(values, apps, session, now, onReading);
}

function exclude({ demands, prometheus, query, record, every }: PastValues): void {
  if (demands === undefined) return;
  const others = { prometheus, query, record, every };
  throwAll(
    Object.entries(others)
      .filter(([, value]) => value !== undefined)
      .map(([flag]) =>
        usageError(
          'backtest',
          `--${flag}`,
          'is for a server, and --demands is a folder',
          'Leave out one of the two.',
        ),
      ),
  );
}

function recorded(folder: string, { from, to }: PastValues, session: Session): Past {
  const root = resolvePath(folder, session.cwd);
  const names = namesIn(root, folder).filter((name) => /\.(ya?ml|json)$/.test(name));
  const first = from === undefined ? Number.NEGATIVE_INFINITY : secondsOf('--from', from);
  const last = to === undefined ? Number.POSITIVE_INFINITY : secondsOf('--to', to);
  const steps = names
    .map((name) => ({ name, demand: readDemand(join(root, name), { path: '--demands' }) }))
    .map(({ name, demand }) => ({ name, at: demand.observedAt, demand: asOfItsTime(demand) }))
    .filter(({ at }) => Date.parse(at) / 1000 >= first && Date.parse(at) / 1000 <= last)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const twice = steps.find(
    ({ at }, i) => i > 0 && Date.parse(at) === Date.parse(steps[i - 1]?.at ?? ''),
  );
  if (twice !== undefined) {
    throw usageError(
      'backtest',
      '--demands',
      `got two demands that were observed at ${twice.at}, ${twice.name} is one`,
      'Keep one of them.',
    );
  }
  if (steps.length === 0) {
    const remedy = 'Record some: littoral backtest --record FOLDER, or littoral demand -o FILE.';
    throw usageError('backtest', '--demands', `got no Demand of that time in ${folder}`, remedy);
  }
  return { steps: steps.map(({ at, demand }) => ({ at, demand })), warnings: [] };
}

/** A recorded demand was fresh when it was read. */
function asOfItsTime({ readAt: _, ...demand }: Demand): Demand {
  return demand;
}

function namesIn(root: string, folder: string): readonly string[] {
  try {
    return readdirSync(root);
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const why =
      code === 'ENOTDIR'
        ? 'is no folder'
        : code === 'ENOENT'
          ? 'is not there'
          : `cannot be read (${code})`;
    throw usageError(
      'backtest',
      '--demands',
      `${folder} ${why}`,
      'Name a folder of Demand documents.',
    );
  }
}

async function fromServer(
  values: PastValues,
  apps: readonly AppFile[],
  session: Session,
  now: string,
  onReading: (done: number, all: number) => void,
): Promise<Past> {
  if (values.from === undefined) {
    const remedy = 'Add --from INSTANT, or --demands FOLDER.';
    throw usageError('backtest', '--from', 'is missing, and so is --demands', remedy);
  }
  const instants = instantsOf(
    values.from,
    values.to ?? now,
    durationOf('backtest', '--every', values.every ?? '10m'),
  );
  // Loaded here: an HTTP client costs a start-up that a folder does not need.
  const { readPrometheusHistory } =
    require('../../sources/demand/prometheus-history') as typeof import('../../sources/demand/prometheus-history');
  const all = instants.length * apps.length;
  let done = 0;
  const histories: (readonly [string, readonly PastReading[]])[] = [];
  for (const { app, file } of apps) {
    const { minRequestsPerSecond, minClusters } = app.policy.constraints;
    const context = {
      folder: dirname(file),
      file,
      environment: session.env,
      stretchBelowRequestsPerSecond: minRequestsPerSecond * minClusters,
    };
    const history = await readPrometheusHistory(
      sourceOf(values, { app, file }),
      instants,
      context,
      () => onReading(++done, all),
    );
    histories.push([app.name, history]);
  }
  const past = together(histories, instants.length);
  if (values.record !== undefined) keep(values.record, past, apps, session);
  return past;
}

/** What the app asks, at the server and with the query of the flags. */
function sourceOf({ prometheus, query }: PastValues, { app, file }: AppFile) {
  const source = outsideSource(app);
  const own = source !== undefined && 'prometheus' in source ? source.prometheus : undefined;
  if (own === undefined && (prometheus === undefined || query === undefined)) {
    throw new EdgeError({
      code: 'NoDemand',
      path: 'demand',
      file,
      summary: 'the app does not say what to ask a metrics server',
      remedy: 'Add --prometheus URL and --query PROMQL, or --demands FOLDER.',
    });
  }
  const { answer: _, ...kept } = (own ?? {}) as { readonly answer?: unknown };
  return {
    ...(prometheus === undefined ? (own ?? {}) : kept),
    ...(prometheus === undefined ? {} : { url: prometheus }),
    ...(query === undefined ? {} : { query }),
  };
}

/** The steps at which every app has a demand; the others are passed over and counted. */
function together(
  histories: readonly (readonly [string, readonly PastReading[]])[],
  count: number,
): Past {
  const steps: BacktestStep[] = [];
  const missing: EdgeError[] = [];
  for (let at = 0; at < count; at++) {
    const demand: Record<string, Demand> = {};
    const errors: EdgeError[] = [];
    for (const [name, readings] of histories) {
      const { reading } = readings[at] as PastReading;
      if (reading instanceof Error) errors.push(reading);
      else demand[name] = reading.demand;
    }
    missing.push(...errors.slice(0, 1));
    const instant = histories[0]?.[1][at]?.at ?? '';
    if (errors.length === 0) steps.push({ at: instant, demand });
  }
  const [first] = missing;
  if (steps.length === 0 && first !== undefined) throw first;
  if (first === undefined) return { steps, warnings: [] };
  const warning = `${missing.length} of ${count} steps are passed over, the step before them lasts longer: ${first.summary}`;
  return { steps, warnings: [warning] };
}

function keep(folder: string, { steps }: Past, apps: readonly AppFile[], session: Session): void {
  if (apps.length > 1) {
    const remedy = 'Record the demand of one app at a time.';
    throw usageError('backtest', '--record', 'takes the demand of one app', remedy);
  }
  const root = resolvePath(folder, session.cwd);
  makeFolder(root);
  const name = apps[0]?.app.name ?? '';
  for (const { at, demand } of steps) {
    const one = (demand as Readonly<Record<string, Demand>>)[name] as Demand;
    const text = canonicalJson(demandDocument({ ...asOfItsTime(one), observedAt: at }));
    writeFileAtomically(join(root, `${at.replaceAll(':', '')}.json`), `${text}\n`);
  }
  session.remark(`wrote ${steps.length} demands to ${nearPath(root, session.cwd)}\n`);
}

function instantsOf(from: string, to: string, every: number): readonly number[] {
  const [first, last] = [secondsOf('--from', from), secondsOf('--to', to)];
  if (last < first) {
    throw usageError('backtest', '--to', `got ${to}, which is before --from`, 'Swap the two.');
  }
  const count = Math.floor((last - first) / every) + 1;
  if (count > MOST_STEPS) {
    const remedy = 'Take a shorter time, or longer steps with --every.';
    throw usageError(
      'backtest',
      '--every',
      `gives ${count} steps, expected at most ${MOST_STEPS}`,
      remedy,
    );
  }
  return Array.from({ length: count }, (_, index) => first + index * every);
}

function secondsOf(flag: string, text: string): number {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const milliseconds = isInstant ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(milliseconds)) return milliseconds / 1000;
  const summary = `got ${JSON.stringify(text)}, expected an instant with a zone`;
  throw usageError('backtest', flag, summary, 'Write it like 2026-11-21T05:30:00Z.');
}
