/** Distributions: how many requests take how long, and which cluster costs how much. */
import { percent, usd } from '../constructs/model/numbers';
import type { ReportFlows, ReportOrigins } from '../constructs/report/report-data';
import { colorsOf } from './colors';
import { bar, dot, html, section, svg } from './elements';
import type { State } from './state';

const BINS = 24;
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 190, 40, 26];

/** Requests by latency, before and after; undefined where nothing says who serves whom. */
export function latencySection({ details, origins }: State): HTMLElement | undefined {
  const flows = details?.flows;
  if (flows === undefined || origins === undefined) return undefined;
  const before = details?.before?.flows;
  const all = [...flows.milliseconds, ...(before?.milliseconds ?? [])];
  const most = niceLimit(all.reduce((a, b) => Math.max(a, b), 1));
  const after = sharesOf(flows, origins, most);
  const was = before === undefined ? undefined : sharesOf(before, origins, most);
  const dashes =
    was === undefined ? '.' : '. Dashed line: the clusters before, for the origins they served.';
  return section(
    'latency',
    'How long requests take',
    histogram(after, was, most),
    html('p', { class: 'small' }, `Columns: share of the requests by latency${dashes}`),
  );
}

function histogram(
  after: readonly number[],
  was: readonly number[] | undefined,
  most: number,
): SVGElement {
  const highest = Math.max(...after, ...(was ?? []), 1e-9);
  const x = (bin: number) => LEFT + ((WIDTH - LEFT - 4) * bin) / BINS;
  const y = (share: number) => 10 + (HEIGHT - BOTTOM - 12) * (1 - share / highest);
  const width = (WIDTH - LEFT) / BINS - 2;
  const steps = (was ?? []).map(
    (share, bin) => `${bin === 0 ? 'M' : 'L'}${x(bin)} ${y(share)}H${x(bin + 1) - 1}`,
  );
  const lines = [0, 0.5, 1].flatMap((part) => {
    const height = y(highest * part);
    return [
      svg('line', { x1: LEFT, x2: WIDTH, y1: height, y2: height, class: 'grid' }),
      svg('text', { x: LEFT - 6, y: height + 4, 'text-anchor': 'end' }, percent(highest * part)),
    ];
  });
  const columns = after.map((share, bin) => {
    const height = Math.max(0, y(0) - y(share));
    return svg('rect', { x: x(bin), y: y(share), width, height, class: 'column' });
  });
  const labels = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const anchor = part === 1 ? 'end' : part === 0 ? 'start' : 'middle';
    const at = { x: x(BINS * part), y: HEIGHT - 6, 'text-anchor': anchor };
    return svg('text', at, `${most * part} ms`);
  });
  return svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: 'chart',
      role: 'img',
      'aria-label': latencyInWords(after, most),
    },
    ...lines,
    ...columns,
    steps.length === 0 ? undefined : svg('path', { d: steps.join(''), class: 'outline' }),
    ...labels,
  );
}

/** A limit whose quarters are whole numbers. */
function niceLimit(most: number): number {
  const steps = [
    20, 40, 60, 80, 100, 120, 160, 200, 240, 320, 400, 600, 800, 1000, 1200, 2000, 4000,
  ];
  return steps.find((step) => step >= most) ?? Math.ceil(most / 4000) * 4000;
}

/** Share of the requests in each bin. */
function sharesOf(flows: ReportFlows, origins: ReportOrigins, most: number): readonly number[] {
  const bins = new Array<number>(BINS).fill(0);
  const add = (milliseconds: number, requests: number) => {
    const bin = Math.min(BINS - 1, Math.floor((milliseconds / most) * BINS));
    bins[bin] = (bins[bin] ?? 0) + requests;
  };
  const divided = new Set(flows.divided.map(([origin]) => origin));
  let total = 0;
  origins.requestsPerSecond.forEach((requests, origin) => {
    if ((flows.cluster[origin] ?? -1) < 0) return;
    total += requests;
    if (!divided.has(origin)) add(flows.milliseconds[origin] ?? 0, requests);
  });
  for (const [origin, , share, milliseconds] of flows.divided) {
    add(milliseconds, (origins.requestsPerSecond[origin] ?? 0) * share);
  }
  return bins.map((requests) => (total > 0 ? requests / total : 0));
}

function latencyInWords(shares: readonly number[], most: number): string {
  const bins = shares
    .map((share, bin) => ({ share, from: (most * bin) / BINS, to: (most * (bin + 1)) / BINS }))
    .filter(({ share }) => share > 0.005)
    .map(
      ({ share, from, to }) => `${percent(share)} in ${Math.round(from)} to ${Math.round(to)} ms`,
    );
  return `Share of the requests by latency: ${bins.join(', ')}`;
}

/** Cost by cluster, the dearest first; undefined without prices. */
export function costSection(state: State): HTMLElement | undefined {
  const { details } = state;
  const priced = details?.chosen.filter(({ usdPerHour }) => (usdPerHour ?? 0) > 0) ?? [];
  if (details === undefined || priced.length === 0) return undefined;
  const colors = colorsOf(details.chosen.map(({ cluster }) => cluster));
  const most = Math.max(...priced.map(({ usdPerHour }) => usdPerHour ?? 0));
  const total = priced.reduce((sum, { usdPerHour }) => sum + (usdPerHour ?? 0), 0);
  const sorted = [...priced].sort((a, b) => (b.usdPerHour ?? 0) - (a.usdPerHour ?? 0)).slice(0, 15);
  const others = priced.length - sorted.length;
  return section(
    'cost',
    'What it costs',
    html(
      'ul',
      { class: 'rows' },
      ...sorted.map(({ cluster, usdPerHour }) =>
        html(
          'li',
          {},
          html(
            'span',
            {},
            dot(colors.get(cluster) ?? ''),
            html('strong', {}, state.nameOf(cluster)),
          ),
          bar((usdPerHour ?? 0) / most, colors.get(cluster)),
          html(
            'span',
            { class: 'amount' },
            `${usd(usdPerHour ?? 0)} USD/h, ${percent((usdPerHour ?? 0) / total)}`,
          ),
        ),
      ),
    ),
    others > 0
      ? html('p', { class: 'small' }, `and ${others} more, in the table below`)
      : undefined,
  );
}
