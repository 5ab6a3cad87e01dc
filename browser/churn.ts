/** Churn: what each number of moves would gain, as a curve and a slider. */
import { counted, percent, threeDigits } from '../constructs/model/numbers';
import type { ReportDetails } from '../constructs/report/report-data';
import { html, section, svg } from './elements';
import type { State } from './state';

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [560, 170, 34, 26];

/** The section with the curve; undefined where nothing moves. */
export function churnSection({ details }: State): HTMLElement | undefined {
  const curve = details?.churnCurve ?? [];
  if (details === undefined || curve.length < 2) return undefined;
  const gains = gainsOf(curve);
  const said = html('p', { class: 'big', role: 'status' });
  const slider = html('input', {
    type: 'range',
    min: 0,
    max: curve.length - 1,
    step: 1,
    value: curve.length - 1,
    'aria-label': 'Clusters that may be added or dropped',
  });
  const { chart, mark } = chartOf(curve, gains);
  const show = () => {
    const at = Number(slider.value);
    const text = sentence(curve, gains, at);
    said.textContent = text;
    slider.setAttribute('aria-valuetext', text);
    mark(at);
  };
  slider.addEventListener('input', show);
  show();
  return section(
    'churn',
    'What fewer moves would gain',
    said,
    chart,
    html(
      'div',
      { class: 'slider' },
      html('span', {}, 'stay'),
      slider,
      html('span', {}, 'this decision'),
    ),
  );
}

type Curve = ReportDetails['churnCurve'];

/** Share of the whole gain at each point. */
function gainsOf(curve: Curve): readonly number[] {
  const [stay, move] = [curve[0]?.value ?? 0, curve.at(-1)?.value ?? 0];
  const all = stay - move;
  return curve.map(({ value }) => (all <= 0 ? 1 : (stay - value) / all));
}

function sentence(curve: Curve, gains: readonly number[], at: number): string {
  const [point, gain] = [curve[at], gains[at]];
  if (point === undefined || gain === undefined) return '';
  const value = `objective ${threeDigits(point.value)}`;
  if (point.changes === 0) return `Without a change: ${value}.`;
  const changes = counted(point.changes, 'change');
  if (at === curve.length - 1)
    return `With ${changes}, as decided, you get all of the gain: ${value}.`;
  return `With ${changes} you get ${percent(gain)} of the gain: ${value}.`;
}

function chartOf(curve: Curve, gains: readonly number[]) {
  const most = Math.max(1, curve.at(-1)?.changes ?? 1);
  const x = (changes: number) => LEFT + 8 + ((WIDTH - LEFT - 24) * changes) / most;
  const y = (gain: number) => 10 + (HEIGHT - BOTTOM - 20) * (1 - gain);
  const points = curve.map(({ changes }, at) => [x(changes), y(gains[at] ?? 0)] as const);
  const line = points.map(([px, py], at) => (at === 0 ? `M${px} ${py}` : `H${px}V${py}`)).join('');
  const [first, last] = [points[0], points.at(-1)];
  const base = y(0);
  const area = `${line}V${base}H${first?.[0] ?? 0}Z`;
  const dots = points.map(([cx, cy]) => svg('circle', { cx, cy, r: 4, class: 'point' }));
  const ring = svg('circle', { r: 8, class: 'ring', cx: last?.[0] ?? 0, cy: last?.[1] ?? 0 });
  const chart = svg(
    'svg',
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: 'chart',
      role: 'img',
      'aria-label': 'Share of the gain by the number of changes',
    },
    ...[0, 0.5, 1].flatMap((gain) => [
      svg('line', { x1: LEFT, x2: WIDTH, y1: y(gain), y2: y(gain), class: 'grid' }),
      svg('text', { x: LEFT - 6, y: y(gain) + 4, 'text-anchor': 'end' }, `${gain * 100}%`),
    ]),
    svg('path', { d: area, class: 'area' }),
    svg('path', { d: line, class: 'line' }),
    ...dots,
    ...curve.map(({ changes }) =>
      svg('text', { x: x(changes), y: HEIGHT - 6, 'text-anchor': 'middle' }, String(changes)),
    ),
    ring,
  );
  const mark = (at: number) => {
    const [cx = 0, cy = 0] = points[at] ?? [];
    ring.setAttribute('cx', String(cx));
    ring.setAttribute('cy', String(cy));
  };
  return { chart, mark };
}
