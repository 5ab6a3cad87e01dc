/** Groups apps that are the same problem, so that one relaxation stands for all of them. */

import type { AppProblem, ComponentLoad } from '../problem/problem';
import { sizeRange } from '../problem/set-rules';

/** Groups of indices into `apps`, each by ascending index, in the order of their first. O(pairs of all apps). */
export function equalApps(apps: readonly AppProblem[]): number[][] {
  const byKey = new Map<string, number[][]>();
  const groups: number[][] = [];
  for (const [a, app] of apps.entries()) {
    const key = keyOf(app);
    const alike = byKey.get(key) ?? [];
    byKey.set(key, alike);
    const known = alike.find(([first]) => areEqual(apps[first], app));
    if (known !== undefined) {
      known.push(a);
      continue;
    }
    const group = [a];
    alike.push(group);
    groups.push(group);
  }
  return groups;
}

/** A text that equal apps share. Different apps may share it too. */
function keyOf(app: AppProblem): string {
  const { min, max } = sizeRange(app);
  const component = (one: ComponentLoad) =>
    [one.requestsPerSecondPerReplica, one.minReplicas, one.cpuMillicores, one.memoryMebibytes].join(
      ' ',
    );
  return [
    app.origins,
    app.capacity,
    app.headroom,
    app.constantCost,
    min,
    max,
    app.allowed.join(''),
    app.required.join(''),
    ...app.components.map(component),
  ].join(' ');
}

/** True when the joint relaxations of two apps with the same key are the same. */
function areEqual(a: AppProblem, b: AppProblem): boolean {
  return (
    isSame(a.requestsPerSecond, b.requestsPerSecond) &&
    isSame(a.openCost, b.openCost) &&
    isSame(a.cost, b.cost)
  );
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}
