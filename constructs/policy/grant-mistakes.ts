/** Grant mistakes: what an app asks of a fleet that its team was not given. */
import type { Fleet } from '../model/fleet';
import { isGranted } from '../model/grants';
import { describeMatch, matches } from '../model/match';
import { type DocumentMistake, quoted, useOneOf } from '../parsing';
import type { NameUse } from './constraints/row';
import type { EdgeApp } from './edge-app';

/** Every mistake, at its place in the app. A fleet without grants gives every cluster to every app. */
export function grantMistakes(
  { team }: Pick<EdgeApp, 'team'>,
  fleet: Fleet,
  uses: readonly NameUse[],
): readonly Pick<DocumentMistake, 'code' | 'path' | 'summary' | 'remedy'>[] {
  const { grants, clusters } = fleet;
  if (grants === undefined) return [];
  const teams = [...new Set(grants.map((one) => one.team))];
  if (team === undefined) {
    return [
      {
        code: 'InvalidDocument',
        path: ['team'],
        summary: 'got no team, and the fleet grants its clusters to teams',
        remedy: `Add team: ${teams.length === 0 ? 'one that the fleet grants clusters to' : teams.slice(0, 6).join(', or ')}.`,
      },
    ];
  }
  if (!teams.includes(team)) {
    return [
      {
        code: 'UnknownName',
        path: ['team'],
        summary: `got team ${quoted(team)}, which the fleet grants no cluster to`,
        remedy: useOneOf(team, teams),
      },
    ];
  }
  const isOurs = clusters.map((cluster) => isGranted(fleet, team, cluster));
  if (!isOurs.includes(true)) {
    return [
      {
        code: 'Contradiction',
        path: ['team'],
        summary: `the grants to ${quoted(team)} match no cluster of the fleet`,
        remedy: 'Correct the grants of the fleet.',
      },
    ];
  }
  return uses.flatMap((use) => {
    if (!('match' in use) || use.mayBeAbsent === true) return [];
    const wanted = clusters.flatMap((cluster, index) =>
      matches(use.match, cluster) ? [{ name: cluster.name, isOurs: isOurs[index] === true }] : [],
    );
    if (wanted.length === 0 || wanted.some((one) => one.isOurs)) return [];
    const names = wanted.slice(0, 6).map(({ name }) => name);
    return {
      code: 'Contradiction' as const,
      path: use.path,
      summary: `got ${describeMatch(use.match)}, which means clusters that the team ${team} was not granted: ${names.join(', ')}${wanted.length > 6 ? ' ...' : ''}`,
      remedy: `Ask for a grant to ${team} in the fleet, or name clusters that it has.`,
    };
  });
}
