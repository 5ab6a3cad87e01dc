/** One case of the bench of many apps in a process of its own, so that memory is its own: `many-one.js case NAME` or `curve NAME SIZE`. */
import { place } from '../../constructs/placement/decide/place';
import type { PlaceInput } from '../../constructs/policy/place-input';
import { verify } from '../../constructs/verification';
import { curves, manyCases } from './many-cases';
import { topScorers } from './top-scorers';

/** What was measured. Seconds are of the processor. */
export interface ManyMeasured {
  readonly seconds: number;
  /** Peak of the process, inputs included. */
  readonly megabytes: number;
  readonly workUnits: number;
  readonly gap: number;
  readonly placed: number;
  readonly apps: number;
  /** Of the decision as JSON. */
  readonly documentMegabytes: number;
  readonly isVerified: boolean;
  readonly verifySeconds: number;
  readonly topSeconds: number;
  /** The value divided by that of the rule of thumb; null without demand. */
  readonly topRatio: number | null;
}

function timed<T>(work: () => T): { readonly result: T; readonly seconds: number } {
  const cpu = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (user + system) / 1e6 };
}

function measure(input: PlaceInput): ManyMeasured {
  const { result: decision, seconds } = timed(() => place(input));
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const { apps, objective, engine } = decision;
  const checked = timed(() => verify(decision, input).valid);
  const top = timed(() =>
    topScorers(
      input,
      apps.map(({ clusters }) => clusters.length),
    ),
  );
  return {
    seconds,
    megabytes,
    workUnits: engine.workUnits,
    gap: objective.gap,
    placed: apps.filter(({ satisfied }) => satisfied).length,
    apps: apps.length,
    documentMegabytes: JSON.stringify(decision).length / 1e6,
    isVerified: checked.result,
    verifySeconds: checked.seconds,
    topSeconds: top.seconds,
    topRatio: top.result > 0 ? objective.value / top.result : null,
  };
}

/** Least seconds of a few runs, after one that warms up; the work units of one. */
function point(input: PlaceInput): { readonly seconds: number; readonly workUnits: number } {
  const first = timed(() => place(input));
  let { seconds } = first;
  for (let run = 0; run < 3 && first.seconds < 3; run++)
    seconds = Math.min(seconds, timed(() => place(input)).seconds);
  return { seconds, workUnits: first.result.engine.workUnits };
}

const [, , what, name, size] = process.argv;
const found = manyCases.find((one) => what === 'case' && one.name === name);
const curve = curves.find((one) => what === 'curve' && one.name === name);
const answer = found ? measure(found.input()) : curve && point(curve.input(Number(size)));
if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
