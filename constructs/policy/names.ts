/** Names: those used by policies and overrides must exist in the fleet or among the apps. */
import { byCodeUnits } from '../model/canonical';
import { isCountryCode, meantCountryCode } from '../model/countries';
import type { Demand } from '../model/demand';
import type { Cluster, Fleet } from '../model/fleet';
import type { Match } from '../model/match';
import { EdgeError, edgeErrorOf, nearest, type Path, pathText, quoted, useOneOf } from '../parsing';
import { rowsOf } from './constraints/constraints';
import { absentNamesOfMatches, type NameUse } from './constraints/row';
import type { EdgeApp } from './edge-app';
import { grantMistakes } from './grant-mistakes';
import { givenDemand, type PlaceInput } from './place-input';

/** The values that exist in a fleet, by attribute, sorted. */
interface Vocabulary {
  readonly attributes: ReadonlyMap<string, readonly string[]>;
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly signals: readonly string[];
  readonly apps: readonly string[];
}

interface MatchAtPath {
  readonly path: Path;
  readonly match: Match;
}

type ReportName = (path: Path, what: string, value: string, existing: readonly string[]) => void;

const attributes = ['region', 'country', 'provider', 'city', 'name'] as const;

/** Values that are words of littoral's own tables: a fleet need not have them to make sense. */
const commonRegions = [
  ...['europe', 'north-america', 'south-america', 'asia', 'middle-east', 'africa', 'oceania'],
  'antarctica',
];

/** An error for every Match value, label, signal and app name that nothing defines, and for every app name given twice. */
export function checkNames(apps: readonly EdgeApp[], fleet: Fleet): readonly EdgeError[] {
  const vocabulary = vocabularyOf(apps, fleet);
  const errors: EdgeError[] = [];
  const seen = new Set<string>();
  for (const app of apps) {
    const at = (path: Path) => `${app.name}: ${pathText(path)}`;
    if (seen.has(app.name)) errors.push(duplicateApp(app.name));
    seen.add(app.name);
    for (const use of namesIn(app)) {
      const match = 'origins' in use ? use.origins : 'match' in use ? use.match : undefined;
      const mayBeAbsent = 'origins' in use || ('match' in use && use.mayBeAbsent === true);
      if (match === undefined || !mayBeAbsent) continue;
      const countries = vocabulary.attributes.get('country') ?? [];
      checkCountries({ path: use.path, match }, countries, (path, value, code) => {
        const summary = `got country ${quoted(value)}, which is no code of ISO 3166-1 alpha-2`;
        const remedy = `Write ${code}.`;
        errors.push(new EdgeError({ code: 'UnknownName', path: at(path), summary, remedy }));
      });
    }
    for (const mistake of grantMistakes(app, fleet, namesIn(app))) {
      errors.push(new EdgeError({ ...mistake, path: at(mistake.path) }));
    }
    checkApp(app, vocabulary, (path, what, value, existing) => {
      const summary = `got ${what} ${quoted(value)}, which ${what === 'app' ? 'is not among the apps' : 'no cluster of the fleet has'}`;
      const remedy = useOneOf(value, existing);
      errors.push(new EdgeError({ code: 'UnknownName', path: at(path), summary, remedy }));
    });
  }
  return errors;
}

/**
 * By app: sentences about names that may be absent and are: probable slips of the pen in prohibitions and preferences, and rules
 * about origins that bind none. Silent about what the decision in force knew, and about countries and regions that exist.
 */
export function absentNames(input: PlaceInput): (app: EdgeApp) => readonly string[] {
  const vocabulary = vocabularyOf(input.apps, input.fleet);
  return (app) => {
    const warnings: string[] = [];
    for (const use of namesIn(app)) {
      if ('origins' in use) warnings.push(...unboundOrigins(use, givenDemand(app, input)));
      if (!('match' in use) || use.mayBeAbsent !== true) continue;
      checkMatch(use, vocabulary, (path, what, value, existing) => {
        if (isKnown(what, value, input)) return;
        const near = nearest(value, existing);
        const remedy = near === undefined ? '' : `; write ${near} if that is meant`;
        warnings.push(
          `${pathText(path)} names the ${what} ${quoted(value)}, which no cluster of the fleet has${remedy}`,
        );
      });
    }
    return warnings;
  };
}

/** Whether a name makes sense though no cluster has it: it was there before, or it is the name of a country or a region. */
function isKnown(what: string, value: string, { previous, lost }: PlaceInput): boolean {
  if (what === 'country') return isCountryCode(value);
  if (what === 'region') return commonRegions.includes(value);
  if (what !== 'cluster') return false;
  const wasThere = (previous?.apps ?? []).some(
    ({ clusters, dropped, rejected }) =>
      [...clusters, ...dropped].some(({ name }) => name === value) ||
      rejected.some((one) => 'clusters' in one && one.clusters.includes(value)),
  );
  return wasThere || (lost?.includes(value) ?? false);
}

/** A rule about origins that no origin has is no protection: said, unless the requests of a real country are only not there now. */
function unboundOrigins(
  { path, origins: wanted }: Extract<NameUse, { readonly origins: unknown }>,
  demand: Demand | undefined,
): readonly string[] {
  if (demand === undefined || demand.origins.length === 0) return [];
  return (['country', 'region', 'name'] as const).flatMap((key) => {
    const existing = sorted(demand.origins.flatMap((origin) => origin[key] ?? []));
    const values = [wanted[key] ?? []].flat();
    if (values.length > 0 && existing.length === 0) {
      return [
        `${pathText([...path, key])} asks for a ${key}, which no origin of the demand has: the rule binds nothing`,
      ];
    }
    return values.flatMap((value) => {
      if (existing.includes(value)) return [];
      if (key === 'country' && isCountryCode(value)) return [];
      if (key === 'region' && commonRegions.includes(value)) return [];
      const near = nearest(value, existing);
      const remedy = near === undefined ? '' : `; write ${near} if that is meant`;
      return [
        `${pathText([...path, key])} names ${quoted(value)}, which no origin of the demand has: it binds nothing${remedy}`,
      ];
    });
  });
}

/** An error for a country that is written otherwise than documents write it: such a rule would never bind. */
function checkCountries(
  { path, match }: { readonly path: Path; readonly match: Pick<Match, 'country'> },
  existing: readonly string[],
  report: (path: Path, value: string, code: string) => void,
): void {
  eachValue(match.country, [...path, 'country'], (value, place) => {
    const code = existing.includes(value) ? undefined : meantCountryCode(value);
    if (code !== undefined) report(place, value, code);
  });
}

/** Names of one kind are reported together: matches, then labels, signals and apps. */
function checkApp(app: EdgeApp, vocabulary: Vocabulary, report: ReportName): void {
  const uses = namesIn(app);
  for (const use of uses) {
    if ('match' in use && use.mayBeAbsent !== true) checkMatch(use, vocabulary, report);
  }
  for (const use of uses) {
    if (!('label' in use) || vocabulary.labels.has(use.label)) continue;
    report(use.path, 'label', use.label, [...vocabulary.labels.keys()]);
  }
  for (const use of uses) {
    if (!('signal' in use) || vocabulary.signals.includes(use.signal)) continue;
    report(use.path, 'signal', use.signal, vocabulary.signals);
  }
  for (const use of uses) {
    if (!('app' in use)) continue;
    const others = vocabulary.apps.filter((other) => other !== app.name);
    if (!others.includes(use.app)) report(use.path, 'app', use.app, others);
  }
}

/** Every use of a name in the constraints, tiers, objective and overrides of an app. */
function namesIn({ policy, overrides }: EdgeApp): readonly NameUse[] {
  const { constraints, objective, tiers } = policy;
  const below = (path: Path, uses: readonly NameUse[]) =>
    uses.map((use) => ({ ...use, path: [...path, ...use.path] }));
  return [
    ...[...rowsOf(constraints)].flatMap(({ key, row, value }) =>
      below(['policy', 'constraints', key], row.names?.(value) ?? []),
    ),
    ...below(['policy', 'tiers'], absentNamesOfMatches(tiers)),
    ...below(['policy', 'objective', 'preferred'], absentNamesOfMatches(objective.preferred)),
    ...Object.keys(objective.signals).map((name) => ({
      path: ['policy', 'objective', 'signals', name],
      signal: name,
    })),
    ...overrides.map(({ match }, index) => ({
      path: ['overrides', index, 'match'],
      match,
      mayBeAbsent: true,
    })),
  ];
}

function checkMatch(
  { path, match }: MatchAtPath,
  vocabulary: Vocabulary,
  report: ReportName,
): void {
  for (const key of attributes) {
    const existing = vocabulary.attributes.get(key) ?? [];
    eachValue(match[key], [...path, key], (value, place) => {
      const what = key === 'name' ? 'cluster' : key;
      if (!existing.includes(value)) report(place, what, value, existing);
    });
  }
  for (const [label, wanted] of Object.entries(match.labels ?? {})) {
    const place = [...path, 'labels', label];
    const existing = vocabulary.labels.get(label);
    if (existing === undefined) report(place, 'label', label, [...vocabulary.labels.keys()]);
    else {
      eachValue(wanted, place, (value, at) => {
        if (!existing.includes(value)) report(at, `label ${label}`, value, existing);
      });
    }
  }
  checkExpressions({ path, match }, vocabulary, report);
}

/** What must be there by an expression; NotIn and DoesNotExist may name what no cluster has. */
function checkExpressions(
  { path, match: { matchExpressions = [] } }: MatchAtPath,
  { labels }: Vocabulary,
  report: ReportName,
): void {
  for (const [index, { key, operator, values }] of matchExpressions.entries()) {
    if (operator === 'NotIn' || operator === 'DoesNotExist') continue;
    const place = [...path, 'matchExpressions', index];
    const existing = labels.get(key);
    if (existing === undefined) report([...place, 'key'], 'label', key, [...labels.keys()]);
    else if (operator === 'In') {
      eachValue(values, [...place, 'values'], (value, at) => {
        if (!existing.includes(value)) report(at, `label ${key}`, value, existing);
      });
    }
  }
}

function eachValue(
  values: string | readonly string[] | undefined,
  path: Path,
  look: (value: string, path: Path) => void,
): void {
  if (typeof values === 'string') {
    look(values, path);
    return;
  }
  for (const [index, value] of values?.entries() ?? []) look(value, [...path, index]);
}

function vocabularyOf(apps: readonly EdgeApp[], { clusters }: Fleet): Vocabulary {
  const labels = new Map<string, Set<string>>();
  for (const cluster of clusters) {
    for (const [label, value] of Object.entries(cluster.labels)) {
      labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
  }
  const sortedLabels = [...labels].sort(([a], [b]) => byCodeUnits(a, b));
  return {
    attributes: new Map(attributes.map((key) => [key, valuesOf(clusters, key)])),
    labels: new Map(sortedLabels.map(([label, values]) => [label, sorted(values)])),
    signals: sorted(clusters.flatMap((cluster) => Object.keys(cluster.signals))),
    apps: sorted(apps.map(({ name }) => name)),
  };
}

function valuesOf(clusters: readonly Cluster[], key: (typeof attributes)[number]) {
  return sorted(clusters.flatMap((cluster) => cluster[key] ?? []));
}

function sorted(values: Iterable<string>): readonly string[] {
  return [...new Set(values)].sort(byCodeUnits);
}

function duplicateApp(name: string): EdgeError {
  return edgeErrorOf({
    code: 'Duplicate',
    path: [],
    summary: `got a second app named ${quoted(name)}, expected every name once`,
    remedy: 'Rename one of the two, or give it once.',
  });
}
