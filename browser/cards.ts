/** Cards: every cluster in use with its share, its reason, and the clusters near it that were not chosen. */
import { counted, grouped, percent, threeDigits, usd } from '../constructs/model/numbers';
import type { ReportChosen } from '../constructs/report/report-data';
import { colorsOf } from './colors';
import { bar, button, dot, html, section } from './elements';
import { rejectionIn } from './rejection';
import type { State } from './state';

/** Cards that are shown at first. */
const FIRST = 12;

/** The section with the cards of the app that is looked at; undefined without any. */
export function cardsSection(state: State): HTMLElement | undefined {
  const { details } = state;
  if (details === undefined || details.chosen.length === 0) return undefined;
  const total = details.chosen.reduce((sum, one) => sum + one.requestsPerSecond, 0);
  const colors = colorsOf(details.chosen.map(({ cluster }) => cluster));
  const make = (one: ReportChosen) => card(state, one, total, colors.get(one.cluster) ?? '');
  const gone = details.dropped.map(({ cluster, reason }) =>
    html(
      'li',
      { class: 'card gone' },
      html('h3', {}, state.nameOf(cluster), html('span', { class: 'badge dropped' }, 'left')),
      html('p', {}, `${reason}.`),
    ),
  );
  const list = html('ul', { class: 'cards' }, ...details.chosen.slice(0, FIRST).map(make));
  const rest = [...details.chosen.slice(FIRST)];
  if (rest.length === 0) list.append(...gone.slice(0, FIRST));
  const hidden = rest.length + (rest.length === 0 ? Math.max(0, gone.length - FIRST) : gone.length);
  const more = button(`Show ${grouped(hidden)} more`, () => {
    const before = list.childElementCount;
    if (rest.length > 0) list.append(...rest.map(make), ...gone);
    else list.append(...gone.slice(FIRST));
    list.children[before]?.querySelector('button')?.focus();
    more.remove();
  });
  return section('clusters', 'Chosen clusters', list, hidden > 0 ? more : undefined);
}

function card(state: State, one: ReportChosen, total: number, color: string): HTMLElement {
  const { data, details } = state;
  const share = total > 0 ? one.requestsPerSecond / total : 0;
  const name = button(
    state.nameOf(one.cluster),
    () =>
      state.change({
        cluster: state.look.cluster === one.cluster ? undefined : one.cluster,
        whatIf: undefined,
      }),
    { class: 'link', 'aria-pressed': 'false' },
  );
  const isNew = one.change === 'added' && details?.before !== undefined;
  const facts = [
    `${threeDigits(one.requestsPerSecond)} requests/s (${percent(share)})`,
    counted(one.replicas, 'replica'),
    ...(one.usdPerHour === null || one.usdPerHour === 0 ? [] : [`${usd(one.usdPerHour)} USD/h`]),
  ];
  const element = html(
    'li',
    { class: 'card' },
    html(
      'h3',
      {},
      dot(color),
      name,
      isNew ? html('span', { class: 'badge added' }, 'new') : undefined,
    ),
    html('p', { class: 'place' }, data.clusters.place[one.cluster] ?? ''),
    bar(share, color),
    html('p', { class: 'facts' }, facts.join(' · ')),
    html('p', { class: 'reason' }, `${one.reason}.`),
    neighbours(state, one),
  );
  state.watchForApp((look) => {
    element.classList.toggle('selected', look.cluster === one.cluster);
    name.setAttribute('aria-pressed', String(look.cluster === one.cluster));
  });
  return element;
}

function neighbours(
  state: State,
  { neighbours: near, cluster }: ReportChosen,
): HTMLElement | undefined {
  const { details } = state;
  if (near.length === 0 || details === undefined) return undefined;
  return html(
    'details',
    {},
    html(
      'summary',
      {},
      'Why not a neighbour?',
      html('span', { class: 'hidden' }, ` of ${state.nameOf(cluster)}`),
    ),
    html(
      'ul',
      {},
      ...near.map(([other, kilometers]) =>
        html(
          'li',
          {},
          html('strong', {}, state.nameOf(other)),
          ` (${grouped(kilometers)} km): ${rejectionIn(details, other)?.reason ?? 'not chosen'}.`,
        ),
      ),
    ),
  );
}
