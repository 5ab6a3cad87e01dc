/** What-ifs: the worst that could happen, each to be seen on the map. */
import { bareMilliseconds, signed, threeDigits, usd } from '../constructs/model/numbers';
import type { ReportWhatIf } from '../constructs/report/report-data';
import { bar, button, html, section } from './elements';
import type { State } from './state';

const FIRST = 8;

/** The section with the what-ifs; undefined where none were asked. */
export function whatIfSection(state: State): HTMLElement | undefined {
  const all = state.data.whatIfs;
  if (all === undefined || all.length === 0) return undefined;
  const most = Math.max(1e-12, ...all.map(({ delta }) => delta));
  const list = html('ol', { class: 'what-ifs' });
  const rows = all.map((one, index) => row(state, one, index, most));
  list.append(...rows.slice(0, FIRST));
  const rest = rows.slice(FIRST);
  const more = button(`Show ${rest.length} more`, () => {
    list.append(...rest);
    rest[0]?.querySelector('button')?.focus();
    more.remove();
  });
  return section(
    'what-ifs',
    'What if?',
    html(
      'p',
      {},
      'The worst first. Choose one to see on the map what is lost and where the app would go.',
    ),
    list,
    rest.length > 0 ? more : undefined,
  );
}

function row(state: State, one: ReportWhatIf, index: number, most: number): HTMLElement {
  const chooser = button(
    one.name,
    () => {
      const isShown = state.look.whatIf === index;
      state.change({ whatIf: isShown ? undefined : index, cluster: undefined, when: 'after' });
    },
    { class: 'link', 'aria-pressed': 'false' },
  );
  const element = html(
    'li',
    {},
    html(
      'div',
      { class: 'what-if' },
      chooser,
      one.satisfied
        ? bar(Math.max(0, one.delta) / most)
        : html('span', { class: 'badge dropped' }, 'no legal placement'),
      html('span', { class: 'amount' }, one.satisfied ? signed(threeDigits(one.delta)) : ''),
    ),
    html(
      'p',
      { class: 'detail' },
      ...one.apps.slice(0, 3).map((app) => html('span', {}, moves(state, app))),
    ),
  );
  state.watchForApp((look) => {
    chooser.setAttribute('aria-pressed', String(look.whatIf === index));
    element.classList.toggle('selected', look.whatIf === index);
  });
  return element;
}

function moves(state: State, app: ReportWhatIf['apps'][number]): string {
  const names = (clusters: readonly number[]) =>
    clusters.length > 6
      ? `${clusters.length} clusters`
      : clusters.map((one) => state.nameOf(one)).join(', ');
  const name = state.data.apps.length > 1 ? `${app.app}: ` : '';
  if (!app.satisfied) return `${name}would have no legal placement. `;
  const enters = app.added.length > 0 ? `enters ${names(app.added)}; ` : '';
  const leaves = app.dropped.length > 0 ? `leaves ${names(app.dropped)}; ` : '';
  const numbers = `mean ${bareMilliseconds(app.meanMilliseconds)} ms, p95 ${bareMilliseconds(app.p95)} ms, ${usd(app.usdPerHour)} USD/h`;
  return `${name}${enters}${leaves}${numbers}. `;
}
