/** What scenarios would come to, as a table: today, then the worst first. */
import type { AppDecision, PlacementDecision } from '../../../../constructs/model/decision';
import {
  bareMilliseconds,
  counted,
  percent,
  signed,
  usd,
} from '../../../../constructs/model/numbers';
import type { ScenarioApp, ScenarioResult } from '../../../../constructs/placement';
import { columns, type Side } from '../layout';
import type { Paint } from '../terminal';

interface View {
  readonly paint: Paint;
  readonly width: number;
}

/** The numbers of an app in one row, today or in a scenario. */
interface AppNumbers {
  readonly app: string;
  readonly latency: Pick<AppDecision['latency'], 'meanMilliseconds' | 'p95' | 'p99'>;
  readonly usdPerHour: number;
  readonly clusters: readonly string[];
}

const sides: readonly Side[] = ['left', 'left', 'right', 'right', 'right', 'left'];

/** Scenarios without a placement of which the conflict is looked for: each takes a placement of its own. */
const MOST_EXPLAINED = 3;

/** The table of the `most` worst, and last lines that count and name the worst; ends with a line break. */
export function simulationText(
  today: PlacementDecision,
  results: readonly ScenarioResult[],
  view: View,
  most = Number.POSITIVE_INFINITY,
): string {
  const { paint } = view;
  const several = today.apps.length > 1;
  const which = (app: string) => (several ? app : '');
  const head = ['', several ? 'app' : '', 'mean', 'p95', 'USD/h', ''].map((text) =>
    paint('dim', text),
  );
  const before = today.apps.map(appNumbersOf);
  const rows = [
    head,
    ...today.apps.map((app, index) => [
      index === 0 ? paint('bold', 'today') : '',
      which(app.app),
      ...(app.satisfied
        ? numbers(before[index] as AppNumbers, (before[index] as AppNumbers).clusters.join(' '))
        : nothing(app.conflict?.summary, paint)),
    ]),
    ...results.slice(0, most).flatMap((result, rank) => {
      const conflicts =
        result.satisfied || rank >= MOST_EXPLAINED ? [] : result.decide().apps.map(summaryOf);
      return result.apps.map((app, index) => [
        index === 0 ? paint('bold', result.name) : '',
        which(app.app),
        ...(app.satisfied
          ? numbers(app, moves(app, before[index], paint))
          : nothing(conflicts[index], paint)),
      ]);
    }),
  ];
  const hidden = results.length - most;
  const rest =
    hidden > 0
      ? [`  ${paint('dim', `and ${counted(hidden, 'milder scenario')}; --show prints more`)}`]
      : [];
  const lines = [...columns(rows, view.width, sides), ...rest, ''];
  return `${[...lines, `  ${verdict(results, paint)}`, ...worst(today, results)].join('\n')}\n`;
}

function verdict(results: readonly ScenarioResult[], paint: Paint): string {
  const failed = results.filter(({ satisfied }) => !satisfied).length;
  const moved = results.filter(({ satisfied, changes }) => satisfied && changes > 0).length;
  return [
    counted(results.length, 'scenario'),
    failed > 0
      ? paint('red', `${failed} without a legal placement`)
      : paint('green', 'all have a legal placement'),
    moved > 0 ? `${moved} would move something` : 'none would move anything',
  ].join(', ');
}

/** The worst of those survived: what it does to the latency of the app that it slows most, and to the objective per request. */
function worst(today: PlacementDecision, results: readonly ScenarioResult[]): string[] {
  const result = results.find(({ satisfied }) => satisfied);
  if (result === undefined || result.harm <= 0 || results.length < 2) return [];
  const slowed = result.apps.map((after, a) => ({
    after: after.latency.p95,
    before: today.apps[a]?.latency.p95 ?? 0,
  }));
  const most = slowed.reduce((a, b) => (b.after - b.before > a.after - a.before ? b : a));
  const share = result.harm / Math.max(Math.abs(today.objective.value), 1);
  const p95 = `p95 ${bareMilliseconds(most.before)} -> ${bareMilliseconds(most.after)} ms`;
  return [`  worst survived: ${result.name} (${p95}, objective +${percent(share)})`];
}

function appNumbersOf({ app, latency, cost, clusters }: AppDecision): AppNumbers {
  return { app, latency, usdPerHour: cost.usdPerHour, clusters: clusters.map(({ name }) => name) };
}

function summaryOf({ conflict }: AppDecision): string | undefined {
  return conflict?.summary;
}

function nothing(why: string | undefined, paint: Paint): string[] {
  return ['', '', '', `${paint('red', 'not satisfied')}${why === undefined ? '' : `: ${why}`}`];
}

function numbers({ latency, usdPerHour }: AppNumbers, last: string): string[] {
  return [
    latency.p99 === 0 ? '' : `${bareMilliseconds(latency.meanMilliseconds)} ms`,
    latency.p99 === 0 ? '' : `${bareMilliseconds(latency.p95)} ms`,
    usdPerHour === 0 ? '' : usd(usdPerHour),
    last,
  ];
}

function moves(app: ScenarioApp, before: AppNumbers | undefined, paint: Paint): string {
  const added = app.added.map((one) => paint('green', `+${one}`));
  const gone = app.dropped.map((one) => paint('red', `-${one}`));
  const price = signed(usd(app.usdPerHour - (before?.usdPerHour ?? 0)));
  const money = /[1-9]/.test(price) ? `(${price} USD/h)` : '';
  const all = [...added, ...gone].join(' ');
  return all === '' ? paint('dim', 'stays as it is') : `${all} ${money}`.trim();
}
