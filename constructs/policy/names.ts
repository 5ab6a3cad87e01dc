/** Names: what policies and overrides mention must exist in the fleet, or among the apps. */
import { byCodeUnits } from '../model/canonical';
import type { Cluster, Fleet } from '../model/fleet';
import type { Match } from '../model/match';
import { EdgeError, edgeErrorOf, type Path, pathText, quoted, useOneOf } from '../parsing';
import type { EdgeApp } from './edge-app';

/** Every value that exists in a fleet, by what may be asked for; sorted. */
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

function checkApp(app: EdgeApp, vocabulary: Vocabulary, tell: ReportName): void {
  const { constraints, objective } = app.policy;
  for (const mention of matchesOf(app)) checkMatch(mention, vocabulary, tell);
  constraints.spread.forEach(({ by }, index) => {
    if (typeof by === 'string' || vocabulary.labels.has(by.label)) return;
    const path = ['policy', 'constraints', 'spread', index, 'by', 'label'];
    tell(path, 'label', by.label, [...vocabulary.labels.keys()]);
  });
  const signals = [
    ...Object.keys(constraints.signals).map((name) => ['constraints', name] as const),
    ...Object.keys(objective.signals).map((name) => ['objective', name] as const),
  ];
  for (const [part, name] of signals) {
    if (vocabulary.signals.includes(name)) continue;
    tell(['policy', part, 'signals', name], 'signal', name, vocabulary.signals);
  }
  for (const key of ['together', 'apart'] as const) {
    constraints[key].forEach((name, index) => {
      const others = vocabulary.apps.filter((other) => other !== app.name);
      if (others.includes(name)) return;
      tell(['policy', 'constraints', key, index], 'app', name, others);
    });
  }
}

function matchesOf({ policy, overrides }: EdgeApp): readonly MatchAtPath[] {
  const { constraints: c, objective, tiers } = policy;
  const constraints: Path = ['policy', 'constraints'];
  const listed = (list: readonly Match[], path: Path): readonly MatchAtPath[] =>
    list.map((match, index) => ({ path: [...path, index], match }));
  return [
    ...listed(c.mustInclude, [...constraints, 'mustInclude']),
    ...listed(c.mustNotInclude, [...constraints, 'mustNotInclude']),
    ...listed(c.chooseFrom ?? [], [...constraints, 'chooseFrom']),
    ...c.residency.map(({ clusters }, index) => ({
      path: [...constraints, 'residency', index, 'clusters'],
      match: clusters,
    })),
    ...listed(tiers, ['policy', 'tiers']),
    ...listed(objective.preferred, ['policy', 'objective', 'preferred']),
    ...overrides.map(({ match }, index) => ({ path: ['overrides', index, 'match'], match })),
  ];
}

function checkMatch({ path, match }: MatchAtPath, vocabulary: Vocabulary, tell: ReportName): void {
  for (const key of attributes) {
    const existing = vocabulary.attributes.get(key) ?? [];
    eachValue(match[key], [...path, key], (value, place) => {
      const what = key === 'name' ? 'cluster' : key;
      if (!existing.includes(value)) tell(place, what, value, existing);
    });
  }
  for (const [label, wanted] of Object.entries(match.labels ?? {})) {
    const place = [...path, 'labels', label];
    const existing = vocabulary.labels.get(label);
    if (existing === undefined) tell(place, 'label', label, [...vocabulary.labels.keys()]);
    else {
      eachValue(wanted, place, (value, at) => {
        if (!existing.includes(value)) tell(at, `label ${label}`, value, existing);
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
