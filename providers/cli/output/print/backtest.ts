/** What a past would have come to, as tables: the policy beside never moving and the best, promises, and settings. */
import type { Backtest, SweepRow, Track } from '../../../../constructs/backtest';
import {
  counted,
  grouped,
  milliseconds,
  percent,
  signed,
  usd,
} from '../../../../constructs/model/numbers';
import { columns, type Side } from '../layout';
import type { Paint } from '../terminal';

interface View {
  readonly paint: Paint;
  readonly width: number;
}

/** Moves that are printed one by one. */
const MOST_MOVES = 10;

/** The whole text; ends with a line break. */
export function backtestText(result: Backtest, view: View): string {
  const { paint } = view;
  const { policy, never, best } = result;
  const promises = policy.broken.map(({ promise }) => promise);
  const lines = [
    `  ${counted(result.steps, 'step')} from ${result.from} to ${result.until}`,
    '',
    ...table(
      [
        [
          '',
          'moves',
          'churn',
          'objective',
          'against the best',
          'USD/h',
          'worst p95',
          'unsatisfied',
        ],
        trackRow('policy', policy, best),
        trackRow('never moving', never, best),
        trackRow('always the best', best, best),
      ],
      ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
      view,
    ),
    ...(promises.length === 0
      ? []
      : [
          '',
          ...table(
            [
              ['time below promises', 'policy', 'never moving', 'always the best'],
              ...promises.map((promise, at) => [
                promise,
                ...[policy, never, best].map((one) => percent(one.broken[at]?.share ?? 0)),
              ]),
            ],
            ['left', 'right', 'right', 'right'],
            view,
          ),
        ]),
    ...movesOf(policy, paint),
    ...forcedText(result),
    ...(result.sweep === undefined ? [] : ['', ...sweepText(result.sweep.rows, view)]),
    ...recommendation(result, paint),
  ];
  return `${lines.join('\n')}\n`;
}

function trackRow(name: string, track: Track, best: Track): string[] {
  const over = best.meanObjective === 0 ? 0 : track.meanObjective / best.meanObjective - 1;
  return [
    name,
    grouped(track.moves),
    grouped(track.churn),
    grouped(track.meanObjective),
    track === best ? '' : signed(percent(over)),
    usd(track.meanUsdPerHour),
    milliseconds(track.worstP95Milliseconds),
    percent(track.unsatisfiedShare),
  ];
}

function table(rows: readonly (readonly string[])[], sides: readonly Side[], view: View): string[] {
  const [head = [], ...rest] = rows;
  return columns(
    [head.map((text) => view.paint('dim', text)), ...rest].map((row) => [...row, '']),
    view.width,
    sides,
  );
}

function movesOf({ moved }: Track, paint: Paint): string[] {
  if (moved.length === 0) return [];
  const shown = moved.slice(0, MOST_MOVES).map(({ at, changes }) => {
    const apps = new Set(changes.map(({ app }) => app));
    const words = changes.map(({ app, change }) => (apps.size > 1 ? `${app} ${change}` : change));
    return `  ${paint('dim', at)}  ${words.join(' ')}`;
  });
  const more = moved.length - shown.length;
  const rest =
    more > 0 ? [paint('dim', `  and ${counted(more, 'move')} more; --json has them`)] : [];
  return ['', ...shown, ...rest];
}

function forcedText({ forcedSteps }: Backtest): string[] {
  if (forcedSteps === 0) return [];
  return [
    '',
    `  the first decision was not legal at ${counted(forcedSteps, 'step')}, and left for them`,
  ];
}

function sweepText(rows: readonly SweepRow[], view: View): string[] {
  return table(
    [
      [
        'minGain',
        'minDwellSeconds',
        'moves',
        'churn',
        'objective',
        'unsatisfied',
        'below a promise',
        '',
      ],
      ...rows.map((row) => [
        String(row.minGain),
        String(row.minDwellSeconds),
        grouped(row.moves),
        grouped(row.churn),
        grouped(row.meanObjective),
        percent(row.unsatisfiedShare),
        percent(row.brokenShare),
        row.efficient ? 'efficient' : '',
      ]),
    ],
    ['right', 'right', 'right', 'right', 'right', 'right', 'right', 'left'],
    view,
  );
}

function recommendation({ sweep }: Backtest, paint: Paint): string[] {
  if (sweep?.recommended === undefined) return [];
  const { minGain, minDwellSeconds } = sweep.recommended;
  const words = `stability: {minGain: ${minGain}, minDwellSeconds: ${minDwellSeconds}}`;
  return [
    '',
    `  ${paint('green', 'recommended')} ${paint('bold', words)}: the least churn within 1 % of the best objective of these settings`,
  ];
}
