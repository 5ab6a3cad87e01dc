/** Page: builds the report from the data that lies in it. */
import type { ReportData } from '../constructs/report/report-data';
import { cardsSection } from './cards';
import { churnSection } from './churn';
import { costSection, latencySection } from './distributions';
import { html } from './elements';
import { fitSection } from './fit';
import { landOf } from './land';
import { limitsSection } from './limits';
import { appsSection, remarksOf, tilesOf } from './overview';
import { State } from './state';
import { clusterTable, originTable } from './tables';
import { themeButton } from './theme';
import { whatIfSection } from './what-ifs';
import { worldMap } from './world-map';

const text = (id: string) => document.getElementById(id)?.textContent ?? '';
const state = new State(JSON.parse(text('data')) as ReportData);
const { data } = state;

const title = html('h1', { id: 'title', tabindex: -1 });
const own = html('div', { class: 'own' });
const lead = html('div', { class: 'lead' });
const apps = appsSection(state);
const map = worldMap(state, landOf(text('land')));

/** The parts that are about one app. */
function fill(): void {
  state.forgetApp();
  const app = data.apps[state.look.app];
  title.textContent = app?.app ?? data.title;
  lead.replaceChildren(tilesOf(state), remarksOf(state));
  const parts = [
    cardsSection(state),
    churnSection(state),
    whatIfSection(state),
    latencySection(state),
    costSection(state),
    limitsSection(state),
    fitSection(state),
    clusterTable(state),
    originTable(state),
  ];
  own.replaceChildren(...parts.filter((part) => part !== undefined));
}

const decided = html(
  'p',
  { class: 'decided' },
  'Placement report · decided for ',
  html(
    'time',
    { datetime: data.now },
    data.now.replace('T', ' ').replace(/:00Z$/, ' UTC').replace('Z', ' UTC'),
  ),
);
const notes = [
  ...data.notes,
  ...(map === undefined
    ? ['Without a fleet nothing says where clusters are, so there is no map.']
    : []),
];
const header = html('header', {}, html('div', {}, decided, title), themeButton());
const main = html(
  'main',
  { id: 'report' },
  lead,
  ...[map, apps].filter((part) => part !== undefined),
  own,
);
const footer = html(
  'footer',
  {},
  ...notes.map((note) => html('p', {}, note)),
  html('p', {}, `Decision ${data.digest}, littoral ${data.version}. Land: Natural Earth.`),
);
fill();
state.watch((look, before) => {
  if (look.app !== before.app) fill();
});
document.getElementById('report')?.replaceWith(header, main, footer);
