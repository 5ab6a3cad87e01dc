/** Contradictions: rules of one policy that can never hold together, whatever fleet and demand are. */
import { canonicalJson } from '../model/canonical';
import type { CountedMatch, Match } from '../model/match';
import { describeMatch } from '../model/match';
import { type Path, pathText, quoted, type Report } from '../parsing';
import type { WrittenPolicy } from './policy';

interface PlacedRule {
  readonly path: Path;
  /** The rule and its value in words, e.g. `minClusters 7`. */
  readonly words: string;
}

type Contradict = (first: PlacedRule, why: string, second: PlacedRule, remedy: string) => void;

/** Reports every pair of rules that exclude each other; `path` is where the policy is, `app` whose it is. */
export function reportContradictions(
  policy: WrittenPolicy,
  path: Path,
  report: Report,
  app?: string,
): void {
  const contradict: Contradict = (first, why, second, remedy) =>
    report({
      code: 'Contradiction',
      path: first.path,
      summary: `${first.words} ${why} ${second.words} (${pathText(second.path)})`,
      remedy,
      dependsOn: [second.path],
    });
  const constraints: Path = [...path, 'constraints'];
  clusterCounts(policy, constraints, contradict);
  matches(policy, constraints, contradict);
  spread(policy, constraints, contradict, report);
  signals(policy, constraints, contradict);
  companions(policy, constraints, contradict, report, app);
  stability(policy, path, contradict);
}

function clusterCounts(
  { constraints: c }: WrittenPolicy,
  path: Path,
  contradict: Contradict,
): void {
  const most = maxClusters(c.maxClusters, path);
  if (c.minClusters > c.maxClusters) {
    const first = { path: [...path, 'minClusters'], words: `minClusters ${c.minClusters}` };
    const remedy = `Lower minClusters to at most ${c.maxClusters}, or raise maxClusters to ${c.minClusters}.`;
    contradict(first, 'is above', most, remedy);
  }
  if (c.survive >= c.maxClusters) {
    const first = { path: [...path, 'survive'], words: `survive ${c.survive}` };
    const remedy = `Raise maxClusters to at least ${c.survive + 1}, or lower survive.`;
    contradict(first, 'leaves no cluster of', most, remedy);
  }
  c.mustInclude.forEach(({ count, ...match }, index) => {
    if (count <= c.maxClusters) return;
    const first = {
      path: [...path, 'mustInclude', index, 'count'],
      words: `mustInclude ${describeMatch(match)} with count ${count}`,
    };
    const remedy = `Lower the count to at most ${c.maxClusters}, or raise maxClusters to ${count}.`;
    contradict(first, 'is above', most, remedy);
  });
}

function matches({ constraints: c }: WrittenPolicy, path: Path, contradict: Contradict): void {
  const forbidden = new Map(
    c.mustNotInclude.map((match, index) => [canonicalMatch(match), index] as const),
  );
  c.mustInclude.forEach((match, index) => {
    const other = forbidden.get(canonicalMatch(match));
    if (other === undefined) return;
    const { count: _, ...plain } = match;
    contradict(
      { path: [...path, 'mustInclude', index], words: `mustInclude ${describeMatch(plain)}` },
      'is the same as',
      {
        path: [...path, 'mustNotInclude', other],
        words: `mustNotInclude ${describeMatch(plain)}`,
      },
      'Remove it from one of the two.',
    );
  });
}

function spread(
  { constraints: c }: WrittenPolicy,
  path: Path,
  contradict: Contradict,
  report: Report,
): void {
  c.spread.forEach(({ by, minGroups, maxPerGroup, maxSkew }, index) => {
    const here = [...path, 'spread', index];
    if (minGroups === undefined && maxPerGroup === undefined && maxSkew === undefined) {
      report({
        code: 'InvalidDocument',
        path: here,
        summary: 'got a spread without a limit, expected minGroups, maxPerGroup or maxSkew',
        remedy: 'Add one of minGroups, maxPerGroup, maxSkew.',
      });
    }
    if (minGroups === undefined || minGroups <= c.maxClusters) return;
    const name = typeof by === 'string' ? by : `label ${by.label}`;
    contradict(
      { path: [...here, 'minGroups'], words: `spread by ${name} with minGroups ${minGroups}` },
      'is above',
      maxClusters(c.maxClusters, path),
      `Lower minGroups to at most ${c.maxClusters}, or raise maxClusters to ${minGroups}.`,
    );
  });
}

function signals({ constraints: c }: WrittenPolicy, path: Path, contradict: Contradict): void {
  for (const [name, { min, max, leaveMin, leaveMax }] of Object.entries(c.signals)) {
    const at = (key: string, value: number) => ({
      path: [...path, 'signals', name, key],
      words: `${key} ${value}`,
    });
    if (leaveMin !== undefined && min !== undefined && leaveMin > min) {
      contradict(
        at('leaveMin', leaveMin),
        'is above',
        at('min', min),
        'Lower leaveMin or raise min.',
      );
    }
    if (leaveMax !== undefined && max !== undefined && leaveMax < max) {
      contradict(
        at('leaveMax', leaveMax),
        'is below',
        at('max', max),
        'Raise leaveMax or lower max.',
      );
    }
    if (min === undefined || max === undefined || min <= max) continue;
    contradict(
      { path: [...path, 'signals', name, 'min'], words: `min ${min}` },
      'is above',
      { path: [...path, 'signals', name, 'max'], words: `max ${max}` },
      'Lower min or raise max.',
    );
  }
}

function companions(
  { constraints: c }: WrittenPolicy,
  path: Path,
  contradict: Contradict,
  report: Report,
  app: string | undefined,
): void {
  for (const key of ['together', 'apart'] as const) {
    const index = app === undefined ? -1 : c[key].indexOf(app);
    if (index < 0 || app === undefined) continue;
    report({
      code: 'Contradiction',
      path: [...path, key, index],
      summary: `got ${quoted(app)}, the app itself, expected another app`,
      remedy: `Remove ${quoted(app)} from ${key}.`,
      dependsOn: [['name']],
    });
  }
  c.together.forEach((name, index) => {
    const other = c.apart.indexOf(name);
    if (other < 0) return;
    contradict(
      { path: [...path, 'together', index], words: `together with ${quoted(name)}` },
      'excludes',
      { path: [...path, 'apart', other], words: `apart from ${quoted(name)}` },
      'Remove the app from one of the two.',
    );
  });
}

function stability({ constraints, stability }: WrittenPolicy, path: Path, contradict: Contradict) {
  const least = constraints.minRequestsPerSecond;
  const enter = stability.enterRequestsPerSecond ?? least;
  const exit = stability.exitRequestsPerSecond ?? 0.8 * least;
  const here: Path = [...path, 'stability'];
  if (enter < exit) {
    contradict(
      { path: [...here, 'enterRequestsPerSecond'], words: `enterRequestsPerSecond ${enter}` },
      'is below',
      { path: [...here, 'exitRequestsPerSecond'], words: `exitRequestsPerSecond ${exit}` },
      `Raise enterRequestsPerSecond to at least ${exit}, or lower exitRequestsPerSecond to at most ${enter}.`,
    );
  }
  stability.freeze.forEach(({ from, until }, index) => {
    if (Date.parse(from) <= Date.parse(until)) return;
    contradict(
      { path: [...here, 'freeze', index, 'from'], words: `from ${from}` },
      'is after',
      { path: [...here, 'freeze', index, 'until'], words: `until ${until}` },
      'Swap from and until.',
    );
  });
}

/** The same text for Matches that select the same by their form: order and single-element lists do not matter. */
export function canonicalMatch(match: Match | CountedMatch): string {
  const { count: _, labels, ...attributes } = match as CountedMatch;
  const listed = (record: Readonly<Record<string, string | readonly string[] | undefined>>) =>
    Object.fromEntries(
      Object.entries(record).map(([key, value]) => [
        key,
        value === undefined ? undefined : [...new Set([value].flat())].sort(),
      ]),
    );
  return canonicalJson({ ...listed(attributes), labels: listed(labels ?? {}) });
}

function maxClusters(value: number, path: Path): PlacedRule {
  return { path: [...path, 'maxClusters'], words: `maxClusters ${value}` };
}
