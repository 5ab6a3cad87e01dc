/** Overview: what was decided in a few numbers, and the choice of the app that the page is about. */
import {
  bareMilliseconds,
  counted,
  grouped,
  percent,
  signed,
  threeDigits,
  usd,
} from '../constructs/model/numbers';
import { type Column, dataTable } from './data-table';
import { button, html, section } from './elements';
import type { State } from './state';

/** The numbers of the app that is looked at. */
export function tilesOf(state: State): HTMLElement {
  const { data, look, details } = state;
  const app = data.apps[look.app];
  const tiles = html('dl', { class: 'tiles' });
  if (app === undefined) return tiles;
  const tile = (title: string, value: string, note = '', kind = '') =>
    tiles.append(
      html(
        'div',
        { class: `tile ${kind}`.trim() },
        html('dt', {}, title),
        html('dd', {}, html('strong', {}, value), note === '' ? undefined : html('span', {}, note)),
      ),
    );
  if (!app.satisfied) {
    tile('Result', 'not satisfied', 'no placement satisfies the policy', 'bad');
    return tiles;
  }
  const added = details?.chosen.filter(({ change }) => change === 'added').length ?? 0;
  const dropped = details?.dropped.length ?? 0;
  const moves = details?.before === undefined ? '' : `${added} added, ${dropped} dropped`;
  tile('Clusters', `${grouped(app.clusters)} of ${grouped(data.fleetSize)}`, moves);
  tile('Requests', `${threeDigits(app.requestsPerSecond)}/s`);
  const { latency, cost } = details ?? {};
  if (latency !== undefined && latency.p99 > 0) {
    const { before } = latency;
    const was = (value: number | undefined) =>
      value === undefined ? '' : `before: ${bareMilliseconds(value)} ms`;
    tile(
      'Mean latency',
      `${bareMilliseconds(latency.meanMilliseconds)} ms`,
      was(before?.meanMilliseconds),
    );
    tile('95 of 100 within', `${bareMilliseconds(latency.p95)} ms`, was(before?.p95));
  }
  if (app.usdPerHour !== 0) {
    const delta =
      details?.before === undefined || cost === undefined ? '' : `${signed(usd(cost.delta))} USD/h`;
    tile('Cost', `${usd(app.usdPerHour)} USD/h`, delta);
  }
  const isProved = app.gap <= 0;
  tile(
    'Proof',
    isProved ? 'optimal' : `within ${percent(app.gap)}`,
    isProved ? 'no legal choice is better' : 'of the best that could be, proven',
    isProved ? 'good' : '',
  );
  return tiles;
}

/** Warnings, and why no placement is legal. */
export function remarksOf({ details }: State): HTMLElement {
  const box = html('div', { class: 'remarks' });
  if (details?.conflict !== undefined) {
    box.append(
      html('h2', {}, 'Rules that cannot hold together'),
      html('p', {}, details.conflict.summary),
      html(
        'ul',
        {},
        ...details.conflict.rules.map(({ path, rule, relaxation }) =>
          html('li', {}, html('code', {}, path), `: ${rule}. Would do: ${relaxation}.`),
        ),
      ),
    );
  }
  for (const text of details?.warnings ?? []) box.append(html('p', { class: 'warning' }, text));
  box.hidden = box.childElementCount === 0;
  return box;
}

/** All apps, each with a button that turns the page to it; undefined for one. */
export function appsSection(state: State): HTMLElement | undefined {
  const { data } = state;
  if (data.apps.length < 2) return undefined;
  const of = (row: number) => data.apps[row];
  const columns: readonly Column[] = [
    {
      title: 'App',
      text: (row) => appButton(state, row),
      key: (row) => of(row)?.app ?? '',
    },
    number('Clusters', (row) => of(row)?.clusters ?? 0, grouped),
    number('Requests/s', (row) => of(row)?.requestsPerSecond ?? 0, threeDigits),
    number('p95 ms', (row) => of(row)?.p95 ?? 0, bareMilliseconds),
    number('USD/h', (row) => of(row)?.usdPerHour ?? 0, usd),
    {
      title: 'Proof',
      text: (row) => {
        const app = of(row);
        if (app?.satisfied === false) return 'not satisfied';
        return app === undefined || app.gap <= 0 ? 'optimal' : `within ${percent(app.gap)}`;
      },
      key: (row) => (of(row)?.satisfied === false ? 10 : (of(row)?.gap ?? 0)),
    },
  ];
  return section(
    'apps',
    'Apps',
    dataTable(
      counted(data.apps.length, 'app'),
      columns,
      [...data.apps.keys()],
      (row) => of(row)?.app ?? '',
    ),
  );
}

function appButton(state: State, row: number): Node {
  const app = state.data.apps[row];
  if (app?.details === undefined) return document.createTextNode(app?.app ?? '');
  return button(
    app.app,
    () => {
      state.change({ app: row, when: 'after', cluster: undefined, whatIf: undefined });
      document.getElementById('title')?.focus();
    },
    { class: 'link' },
  );
}

/** A column of numbers. */
export function number(
  title: string,
  value: (row: number) => number,
  text: (value: number) => string,
): Column {
  return { title, isNumber: true, text: (row) => text(value(row)), key: value };
}
