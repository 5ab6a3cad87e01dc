/** Locks: whether a committed decision is whole, belongs to these documents, and still says what would be chosen. */
import { byCodeUnits, digestOf } from '../model/canonical';
import type { AppDecision, PlacementDecision } from '../model/decision';
import { type Fleet, fleetDigest } from '../model/fleet';
import { EdgeError } from '../parsing';
import type { EdgeApp } from './edge-app';

/** The reasons why a lock cannot be replayed: a changed text, other apps, another fleet. */
export function lockErrors(
  lock: PlacementDecision,
  file: string | undefined,
  apps: readonly EdgeApp[],
  fleet: Fleet,
): readonly EdgeError[] {
  const { digest, ...rest } = lock;
  const mistakes: EdgeError[] = [];
  const from = file === undefined ? {} : { file };
  const say = (path: string, summary: string, remedy: string) =>
    mistakes.push(new EdgeError({ code: 'InvalidDocument', path, summary, remedy, ...from }));
  const again = 'Place again with -o to decide for what they say now.';
  if (digestOf(rest) !== digest) {
    const remedy = 'Restore the file as littoral wrote it, or place again with -o.';
    say('digest', 'the digest is not that of the decision: it was changed by hand', remedy);
  }
  const decided = lock.apps.map(({ app }) => app).sort(byCodeUnits);
  const given = apps.map(({ name }) => name).sort(byCodeUnits);
  if (decided.join() !== given.join()) {
    say('apps', `was decided for ${decided.join(', ')}, not for ${given.join(', ')}`, again);
  } else if (digestOf([...apps].sort((a, b) => byCodeUnits(a.name, b.name))) !== lock.inputs.apps) {
    const which = given.length === 1 ? `the app ${given[0]}` : 'one of the apps';
    say('inputs.apps', `${which} has changed since it was decided`, again);
  }
  if (fleetDigest(fleet) !== lock.inputs.fleet) {
    say('inputs.fleet', 'the fleet has changed since it was decided', again);
  }
  return mistakes;
}

/** How one app's clusters differ between a lock and what would be chosen now. */
export interface Drift {
  readonly app: string;
  readonly added: readonly string[];
  readonly dropped: readonly string[];
  /** Share of the objective that moving would save; undefined when nothing says what staying costs. */
  readonly gain?: number;
  readonly satisfied: boolean;
}

/** Compares chosen clusters app by app. */
export function driftOf(lock: PlacementDecision, now: PlacementDecision): readonly Drift[] {
  const names = [...new Set([...lock.apps, ...now.apps].map(({ app }) => app))].sort(byCodeUnits);
  return names.map((name) => {
    const [before, after] = [lock, now].map(({ apps }) => apps.find(({ app }) => app === name));
    const [had, has] = [before, after].map((app) => app?.clusters.map((one) => one.name) ?? []);
    const gain = gainOf(after);
    return {
      app: name,
      added: (has ?? []).filter((one) => !had?.includes(one)),
      dropped: (had ?? []).filter((one) => !has?.includes(one)),
      satisfied: after?.satisfied ?? true,
      ...(gain === undefined ? {} : { gain }),
    };
  });
}

/** True when clusters were added or dropped. */
export function isDrift({ added, dropped }: Drift): boolean {
  return added.length + dropped.length > 0;
}

/** The churn curve begins with the value of changing nothing. */
function gainOf(app: AppDecision | undefined): number | undefined {
  const staying = app?.churnCurve.find(({ changes }) => changes === 0)?.value;
  if (app === undefined || staying === undefined || staying === 0) return undefined;
  return (staying - app.objective.value) / Math.abs(staying);
}
