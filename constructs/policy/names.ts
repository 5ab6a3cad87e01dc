/** Names: those used by policies and overrides must exist in the fleet or among the apps. */
import { byCodeUnits } from '../model/canonical';
import type { Cluster, Fleet } from '../model/fleet';
import type { Match } from '../model/match';
import { EdgeError, edgeErrorOf, type Path, pathText, quoted, useOneOf } from '../parsing';
import { rowsOf } from './constraints/constraints';
import { type NameUse, namesOfMatches } from './constraints/row';
import type { EdgeApp } from './edge-app';

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

/** An error for every Match value, label, signal and app name that nothing defines, and for every app name given twice. */
export function checkNames(apps: readonly EdgeApp[], fleet: Fleet): readonly EdgeError[] {
  const vocabulary = vocabularyOf(apps, fleet);
  const errors: EdgeError[] = [];
  for (const [index, app] of apps.entries()) {
    const at = (path: Path) => `${app.name}: ${pathText(path)}`;
    if (apps.findIndex(({ name }) => name === app.name) < index)
      errors.push(duplicateApp(app.name));
    checkApp(app, vocabulary, (path, what, value, existing) => {
      const summary = `got ${what} ${quoted(value)}, which ${what === 'app' ? 'is not among the apps' : 'no cluster of the fleet has'}`;
      const remedy = useOneOf(value, existing);
      errors.push(new EdgeError({ code: 'UnknownName', path: at(path), summary, remedy }));
    });
  }
  return errors;
}

/** Names of one kind are reported together: matches, then labels, signals and apps. */
function checkApp(app: EdgeApp, vocabulary: Vocabulary, report: ReportName): void {
  const uses = namesIn(app);
  for (const use of uses) if ('match' in use) checkMatch(use, vocabulary, report);
  for (const use of uses) {
    if (!('label' in use) || vocabulary.labels.has(use.label)) continue;
    report(use.path, 'label', use.label, [...vocabulary.labels.keys()]);
  }
  for (const use of uses) {
    if (!('signal' in use) || vocabulary.signals.includes(use.signal)) continue;
    report(use.path, 'signal', use.signal, vocabulary.signals);
  }
  const others = vocabulary.apps.filter((other) => other !== app.name);
  for (const use of uses) {
    if (!('app' in use) || others.includes(use.app)) continue;
    report(use.path, 'app', use.app, others);
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
    ...below(['policy', 'tiers'], namesOfMatches(tiers)),
    ...below(['policy', 'objective', 'preferred'], namesOfMatches(objective.preferred)),
    ...Object.keys(objective.signals).map((name) => ({
      path: ['policy', 'objective', 'signals', name],
      signal: name,
    })),
    ...overrides.map(({ match }, index) => ({ path: ['overrides', index, 'match'], match })),
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
