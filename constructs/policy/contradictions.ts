/** Contradictions: rules of one policy that can never hold together, whatever the fleet and the demand. */
import { type Path, pathText, quoted, type Report } from '../parsing';
import { rowsOf } from './constraints/constraints';
import { loadThresholds } from './constraints/counts';
import type { ContradictionContext } from './constraints/row';
import { scheduleMistake } from './freeze';
import type { WrittenPolicy } from './policy';

/** Reports every pair of rules that exclude each other. `path` is the place of the policy, `app` the name of its app. */
export function reportContradictions(
  policy: WrittenPolicy,
  path: Path,
  report: Report,
  app?: string,
): void {
  const contradict: ContradictionContext['contradict'] = (first, why, second, remedy) =>
    report({
      code: 'Contradiction',
      path: first.path,
      summary: `${first.words} ${why} ${second.words} (${pathText(second.path)})`,
      remedy,
      dependsOn: [second.path],
    });
  const { constraints } = policy;
  const at = (...steps: Path): Path => [...path, 'constraints', ...steps];
  const context: ContradictionContext = { constraints, app, at, contradict, report };
  for (const { row, value } of rowsOf(constraints)) row.contradictions?.(value, context);
  reportStability(policy, [...path, 'stability'], contradict);
  reportSchedules(policy, [...path, 'stability', 'freeze'], report);
}

function reportStability(
  { constraints, stability }: WrittenPolicy,
  path: Path,
  contradict: ContradictionContext['contradict'],
): void {
  const { enter, exit } = loadThresholds(constraints.minRequestsPerSecond, stability);
  if (enter < exit) {
    contradict(
      { path: [...path, 'enterRequestsPerSecond'], words: `enterRequestsPerSecond ${enter}` },
      'is below',
      { path: [...path, 'exitRequestsPerSecond'], words: `exitRequestsPerSecond ${exit}` },
      `Raise enterRequestsPerSecond to at least ${exit}, or lower exitRequestsPerSecond to at most ${enter}.`,
    );
  }
  stability.freeze.forEach((freeze, index) => {
    if ('cron' in freeze) return;
    const { from, until } = freeze;
    if (Date.parse(from) <= Date.parse(until)) return;
    contradict(
      { path: [...path, 'freeze', index, 'from'], words: `from ${from}` },
      'is after',
      { path: [...path, 'freeze', index, 'until'], words: `until ${until}` },
      'Swap from and until.',
    );
  });
}

function reportSchedules({ stability }: WrittenPolicy, path: Path, report: Report): void {
  stability.freeze.forEach((freeze, index) => {
    const mistake = 'cron' in freeze ? scheduleMistake(freeze) : undefined;
    if (mistake === undefined || !('cron' in freeze)) return;
    report({
      code: 'InvalidDocument',
      path: [...path, index, 'cron'],
      summary: `got ${quoted(freeze.cron)} in the time zone ${quoted(freeze.timeZone)}, expected a schedule: ${mistake}`,
      remedy:
        'Write five fields as in a crontab and an IANA time zone, e.g. 0 9 * * 1-5 and Europe/Berlin.',
    });
  });
}
