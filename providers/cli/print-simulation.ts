/** What scenarios would come to, as a table: today, then the worst first. */
import type { AppDecision, PlacementDecision } from '../../constructs/model/decision';
import { bareMilliseconds, counted, signed, usd } from '../../constructs/model/numbers';
import type { ScenarioResult } from '../../constructs/placement/simulate';
import { columns, type Side } from './layout';
import type { Paint } from './terminal';

interface View {
  readonly paint: Paint;
  readonly width: number;
}

const sides: readonly Side[] = ['left', 'left', 'right', 'right', 'right', 'left'];

/** The table and a last line that counts; ends with a line break. */
export function simulationText(
  today: PlacementDecision,
  results: readonly ScenarioResult[],
  view: View,
): string {
  const { paint } = view;
  const several = today.apps.length > 1;
  const head = ['', several ? 'app' : '', 'mean', 'p95', 'USD/h', ''].map((text) =>
    paint('dim', text),
  );
  const rows = [
    head,
    ...today.apps.map((app, index) =>
      row(index === 0 ? paint('bold', 'today') : '', app, several, undefined, view),
    ),
    ...results.flatMap(({ name, decision }) =>
      decision.apps.map((app, index) => {
        const before = today.apps.find((one) => one.app === app.app);
        return row(index === 0 ? paint('bold', name) : '', app, several, before, view);
      }),
    ),
  ];
  const failed = results.filter(({ satisfied }) => !satisfied).length;
  const moved = results.filter(({ satisfied, changes }) => satisfied && changes > 0).length;
  const verdict = [
    counted(results.length, 'scenario'),
    failed > 0
      ? paint('red', `${failed} without a legal placement`)
      : paint('green', 'all have a legal placement'),
    moved > 0 ? `${moved} would move something` : 'none would move anything',
  ];
  return `${[...columns(rows, view.width, sides), '', `  ${verdict.join(', ')}`].join('\n')}\n`;
}

function row(
  name: string,
  app: AppDecision,
  several: boolean,
  before: AppDecision | undefined,
  { paint }: View,
): string[] {
  const which = several ? app.app : '';
  if (!app.satisfied) {
    const why = app.conflict?.summary ?? 'no placement satisfies the policy';
    return [name, which, '', '', '', `${paint('red', 'not satisfied')}: ${why}`];
  }
  const { latency, cost } = app;
  return [
    name,
    which,
    latency.p99 === 0 ? '' : `${bareMilliseconds(latency.meanMilliseconds)} ms`,
    latency.p99 === 0 ? '' : `${bareMilliseconds(latency.p95)} ms`,
    cost.usdPerHour === 0 ? '' : usd(cost.usdPerHour),
    before === undefined
      ? app.clusters.map((one) => one.name).join(' ')
      : moves(app, before, paint),
  ];
}

function moves(app: AppDecision, before: AppDecision, paint: Paint): string {
  const names = (one: AppDecision) => one.clusters.map((cluster) => cluster.name);
  const [had, has] = [names(before), names(app)];
  const added = has.filter((one) => !had.includes(one)).map((one) => paint('green', `+${one}`));
  const gone = had.filter((one) => !has.includes(one)).map((one) => paint('red', `-${one}`));
  const price = signed(usd(app.cost.usdPerHour - before.cost.usdPerHour));
  const money = /[1-9]/.test(price) ? `(${price} USD/h)` : '';
  const all = [...added, ...gone].join(' ');
  return all === '' ? paint('dim', 'stays as it is') : `${all} ${money}`.trim();
}
