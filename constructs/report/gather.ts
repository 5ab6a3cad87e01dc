/** Gather: from a decision and its documents to the data of a page, within the size that a page may have. */
import type { AppDecision, PlacementDecision } from '../model/decision';
import type { Demand } from '../model/demand';
import { counted } from '../model/numbers';
import { VERSION } from '../model/version';
import { type ScenarioResult, servedBy } from '../placement';
import { type EdgeApp, givenDemand, type PlaceInput } from '../policy';
import { appRow, detailsOf, type OwnOrigins, type Surroundings, withFlows } from './app-details';
import { fourDigits, numberClusters, numberOrigins } from './columns';
import type { ReportApp, ReportData, ReportOrigins } from './report-data';
import { usualWhatIfs, whatIfsOf } from './what-ifs';

/** Characters of data about single apps; with script, land, clusters, origins and what-ifs a page stays below 1.5 MB. */
const MAX_APP_CHARACTERS = 450_000;
/** Columns of origins: one for each different demand. */
const MAX_ORIGIN_CHARACTERS = 450_000;

/** What a report is made from. */
export interface ReportInput {
  /** The decision to report. */
  readonly decision: PlacementDecision;
  /** What it was decided from, for places, demand, prices and what-ifs. Default: the report has none of these. */
  readonly documents?: PlaceInput;
  /** The decision before it. Default: that of the documents. */
  readonly previous?: PlacementDecision;
  /** What-ifs to tell, worst first. Default: losses of each cluster, provider, region and country in use, and twice the demand. */
  readonly whatIfs?: readonly ScenarioResult[];
}

/** Without a demand a previous decision would stand in every what-if. */
function isSilent(app: EdgeApp, documents: PlaceInput): boolean {
  const { assume } = app.policy;
  return givenDemand(app, documents) === undefined && typeof assume !== 'object';
}

/** The data of the page. */
export function reportData(input: ReportInput): ReportData {
  const { decision, documents } = input;
  const previous = input.previous ?? documents?.previous;
  const clusters = numberClusters(decision, previous, documents?.fleet);
  const around: Surroundings = { decision, documents, previous, clusters };
  const { apps, origins, notes } = appsWithin(around);
  const found = whatIfsFor(input);
  return {
    title: titleOf(decision),
    version: VERSION,
    now: decision.now,
    digest: decision.digest,
    objective: decision.objective,
    clusters: clusters.columns,
    fleetSize: clusters.fleetSize,
    origins,
    apps,
    prices: [...decision.prices]
      .sort((a, b) => b.saves - a.saves)
      .slice(0, 50)
      .map(({ cluster, resource, saves }) => ({
        cluster: clusters.numberOf(cluster),
        resource,
        saves: fourDigits(saves),
      })),
    arePricesEstimates: decision.certificate.limitPrices !== undefined,
    ...(found.results === undefined ? {} : { whatIfs: whatIfsOf(found.results, clusters) }),
    notes: [...clusters.notes, ...notes, ...found.notes],
  };
}

/** The what-ifs that are given, else the usual ones; documents may say of an app what it runs, and not where its requests come from. */
function whatIfsFor({ decision, documents, whatIfs }: ReportInput): {
  readonly results?: readonly ScenarioResult[];
  readonly notes: readonly string[];
} {
  if (whatIfs !== undefined) return { results: whatIfs, notes: [] };
  if (documents === undefined) return { notes: [] };
  const silent = documents.apps.filter((app) => isSilent(app, documents));
  if (silent.length === 0) return { results: usualWhatIfs(decision, documents), notes: [] };
  const names = silent.slice(0, 3).map(({ name }) => name);
  const more = silent.length > names.length ? ` and ${silent.length - names.length} more apps` : '';
  const summary = `nothing says where the requests of ${names.join(', ')}${more} come from`;
  return { notes: [`There are no what-ifs: ${summary}.`] };
}

function titleOf({ apps }: PlacementDecision): string {
  const names = apps.map(({ app }) => app);
  return names.length <= 3 ? names.join(', ') : counted(names.length, 'app');
}

interface Gathered {
  readonly apps: readonly ReportApp[];
  readonly origins: readonly ReportOrigins[];
  readonly notes: readonly string[];
}

/** Most requests first: who serves whom is told as long as there is room, then only the clusters, then only a row. */
function appsWithin(around: Surroundings): Gathered {
  const bySize = [...around.decision.apps].sort(
    (a, b) => servedBy(b) - servedBy(a) || (a.app < b.app ? -1 : 1),
  );
  const origins = new OriginColumns(around.documents);
  let room = MAX_APP_CHARACTERS;
  const left = { flows: 0, details: 0 };
  const apps = bySize.map((app): ReportApp => {
    const row = appRow(app);
    if (room <= 0) {
      left.details++;
      return row;
    }
    const details = detailsOf(app, around);
    const full = withFlows(details, app, around, origins.of(app));
    const length = JSON.stringify(full).length;
    // The first is always whole: 10,000 origins with a decision before them take 200,000 characters.
    if (length <= room || room === MAX_APP_CHARACTERS) {
      room -= length;
      return { ...row, details: full };
    }
    left.flows++;
    const shorter = JSON.stringify(details).length;
    room -= shorter;
    if (room >= 0) return { ...row, details };
    left.details++;
    return row;
  });
  return {
    apps,
    origins: origins.columns,
    notes: [
      ...origins.notes,
      ...(left.flows + left.details > 0
        ? [
            `To stay small the page says nothing of who serves whom for ${counted(left.flows + left.details, 'app')} with few requests, and only one row about ${left.details} of them; a report of its own has all of it.`,
          ]
        : []),
    ],
  };
}

/** The columns of every different demand, once. */
class OriginColumns {
  readonly columns: ReportOrigins[] = [];
  readonly notes: string[] = [];
  readonly #known = new Map<Demand, OwnOrigins | undefined>();
  #room = MAX_ORIGIN_CHARACTERS;
  readonly #documents: PlaceInput | undefined;

  constructor(documents: PlaceInput | undefined) {
    this.#documents = documents;
  }

  /** Undefined without a demand, or without room for it. */
  of({ app }: AppDecision): OwnOrigins | undefined {
    const edgeApp = this.#documents?.apps.find(({ name }) => name === app);
    if (this.#documents === undefined || edgeApp === undefined) return undefined;
    const demand = givenDemand(edgeApp, this.#documents);
    if (demand === undefined) return undefined;
    if (this.#known.has(demand)) return this.#known.get(demand);
    const origins = this.#room > 0 ? numberOrigins(demand) : undefined;
    const length = origins === undefined ? 0 : JSON.stringify(origins.columns).length;
    const fits = origins !== undefined && (length <= this.#room || this.columns.length === 0);
    const own = fits ? { position: this.columns.length, origins } : undefined;
    if (own !== undefined) {
      this.#room -= length;
      this.columns.push(own.origins.columns);
      this.notes.push(...own.origins.notes);
    }
    this.#known.set(demand, own);
    return own;
  }
}
