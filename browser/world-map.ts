/** World map: origins by size, clusters, and who serves whom, to pan and zoom by pointer and by keys. */
import { percent, threeDigits } from '../constructs/model/numbers';
import { button, html, section } from './elements';
import type { Land } from './land';
import { listen } from './map-gestures';
import { Painter } from './painter';
import { project } from './projection';
import { type Ink, Scene, type Spot } from './scene';
import { SpotGrid } from './spot-grid';
import type { State } from './state';
import { onThemeChange } from './theme';
import { View } from './view';

const WITHIN_PIXELS = 14;

/** The section with the map; undefined where nothing says where anything is. */
export function worldMap(state: State, land: Land): HTMLElement | undefined {
  if (state.data.clusters.latitude.every((one) => one === null)) return undefined;
  return new WorldMap(state, land).element;
}

class WorldMap {
  readonly element: HTMLElement;
  readonly #state: State;
  readonly #land: Land;
  readonly #view = new View();
  readonly #canvas = html('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'map',
    'aria-label': 'Map of origins and clusters',
    'aria-describedby': 'map-keys',
  });
  readonly #tip = html('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  readonly #said = html('p', { class: 'said', role: 'status' });
  readonly #frame = html('div', { class: 'map-frame' });
  readonly #painter: Painter;
  #scene: Scene;
  #grid: SpotGrid;
  #ink: Ink;

  constructor(state: State, land: Land) {
    this.#state = state;
    this.#land = land;
    this.#scene = new Scene(state, land);
    this.#grid = new SpotGrid(this.#scene.spots);
    this.#ink = inkOf(document.documentElement);
    this.#painter = new Painter(
      this.#canvas,
      this.#view,
      () => this.#scene,
      () => this.#ink,
    );
    this.#frame.append(this.#canvas, this.#tip, this.#controls());
    this.element = section(
      'map',
      'Who serves whom',
      this.#switches(),
      this.#frame,
      this.#said,
      legend(),
    );
    this.#listen();
  }

  #listen(): void {
    listen(this.#canvas, this.#view, {
      moved: () => this.#moved(),
      home: () => this.#home(),
      pointAt: (x, y) => this.#point(x, y),
      leave: () => this.#tip.toggleAttribute('hidden', true),
      pick: (x, y) => this.#pick(x, y),
      step: (by) => this.#step(by),
      clear: () => this.#state.change({ cluster: undefined, whatIf: undefined }),
      toggle: () => this.#toggle(),
    });
    this.#state.watch((look, before) => {
      this.#scene = new Scene(this.#state, this.#land);
      this.#grid = new SpotGrid(this.#scene.spots);
      if (look.app !== before.app) this.#view.frame(this.#scene.extent);
      this.#said.textContent = this.#sentence();
      this.#painter.renew();
    });
    onThemeChange(() => this.recolor());
    let isFirst = true;
    new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = this.#canvas;
      if (width === 0 || height === 0) return;
      this.#view.size = { width, height };
      if (isFirst) this.#view.frame(this.#scene.extent);
      else this.#view.zoom(1);
      isFirst = false;
      this.#painter.renew();
      this.#painter.now();
    }).observe(this.#canvas);
    this.#said.textContent = this.#sentence();
  }

  /** Paper is white. */
  recolor(): void {
    this.#ink = inkOf(document.documentElement);
    this.#painter.renew();
    this.#painter.now();
  }

  #moved(): void {
    this.#tip.hidden = true;
    this.#painter.move();
  }

  #home(): void {
    this.#view.frame(this.#scene.extent);
    this.#moved();
  }

  #toggle(): void {
    const { look, details } = this.#state;
    if (details?.before === undefined) return;
    this.#state.change({ when: look.when === 'after' ? 'before' : 'after' });
  }

  /** The next cluster in use, brought to the middle. */
  #step(by: 1 | -1): void {
    const { chosen, look, data } = this.#state;
    if (chosen.length === 0) return;
    const at = look.cluster === undefined ? -1 : chosen.indexOf(look.cluster);
    const next = at < 0 && by < 0 ? chosen.length - 1 : (at + by + chosen.length) % chosen.length;
    const cluster = chosen[next] ?? 0;
    const [east, north] = [data.clusters.longitude[cluster], data.clusters.latitude[cluster]];
    if (east != null && north != null) [this.#view.x, this.#view.y] = project(east, north);
    this.#state.change({ cluster });
  }

  #point(x: number, y: number): void {
    const spot = this.#grid.near(this.#view, x, y, WITHIN_PIXELS);
    this.#tip.hidden = spot === undefined;
    this.#canvas.classList.toggle('over', spot !== undefined);
    if (spot === undefined) return;
    this.#tip.replaceChildren(...this.#about(spot).map((line) => html('div', {}, line)));
    const isRight = x > this.#view.size.width / 2;
    this.#tip.style.left = `${x + (isRight ? -14 : 14)}px`;
    this.#tip.style.top = `${y + 14}px`;
    this.#tip.classList.toggle('left', isRight);
  }

  #about({ kind, number }: Spot): readonly string[] {
    const { data, origins, flows, details } = this.#state;
    if (kind === 'cluster') {
      const chosen = details?.chosen.find(({ cluster }) => cluster === number);
      const served =
        chosen === undefined ? 'not chosen' : `${threeDigits(chosen.requestsPerSecond)} requests/s`;
      return [state(data.clusters.name[number]), state(data.clusters.place[number]), served];
    }
    const rate = threeDigits(origins?.requestsPerSecond[number] ?? 0);
    const parts = flows?.divided.filter(([origin]) => origin === number) ?? [];
    const whole = flows?.cluster[number] ?? -1;
    const served =
      parts.length > 0
        ? parts.map(
            ([, cluster, share, ms]) =>
              `${percent(share)} by ${this.#state.nameOf(cluster)}, ${ms} ms`,
          )
        : whole < 0
          ? []
          : [`served by ${this.#state.nameOf(whole)}, ${flows?.milliseconds[number] ?? 0} ms`];
    return [state(origins?.name[number]), `${rate} requests/s`, ...served];
  }

  #pick(x: number, y: number): void {
    const spot = this.#grid.near(this.#view, x, y, WITHIN_PIXELS);
    const { flows, look } = this.#state;
    if (spot === undefined) {
      this.#state.change({ cluster: undefined, whatIf: undefined });
      return;
    }
    const cluster = spot.kind === 'cluster' ? spot.number : (flows?.cluster[spot.number] ?? -1);
    this.#state.change({ cluster: cluster < 0 || cluster === look.cluster ? undefined : cluster });
  }

  #sentence(): string {
    const { look, details, data } = this.#state;
    const when = look.when === 'before' ? 'Before this decision. ' : '';
    const whatIf = look.whatIf === undefined ? undefined : data.whatIfs?.[look.whatIf];
    if (whatIf !== undefined)
      return `${when}What if: ${whatIf.name}. Crosses are gone, pluses come.`;
    if (look.cluster === undefined)
      return `${when}Choose a cluster on the map or below to see whom it serves.`;
    const chosen = details?.chosen.find(({ cluster }) => cluster === look.cluster);
    const name = this.#state.nameOf(look.cluster);
    if (chosen === undefined) return `${when}${name}: not chosen.`;
    return `${when}${name}: ${threeDigits(chosen.requestsPerSecond)} requests/s; ${chosen.reason}.`;
  }

  #controls(): HTMLElement {
    const zoom = (factor: number) => () => {
      this.#view.zoom(factor);
      this.#moved();
    };
    return html(
      'div',
      { class: 'map-controls', role: 'group', 'aria-label': 'Zoom' },
      button('+', zoom(1.6), { 'aria-label': 'Zoom in' }),
      button('−', zoom(1 / 1.6), { 'aria-label': 'Zoom out' }),
      button('⤢', () => this.#home(), { 'aria-label': 'Show everything' }),
    );
  }

  /** Before and after, where there is a before. */
  #switches(): HTMLElement {
    const group = html('div', { class: 'switch', role: 'group', 'aria-label': 'Which decision' });
    const fill = () => {
      const { details, look } = this.#state;
      group.hidden = details?.before === undefined;
      const one = (when: 'before' | 'after', label: string) =>
        button(label, () => this.#state.change({ when }), {
          'aria-pressed': String(look.when === when),
        });
      const focused = group.contains(document.activeElement);
      group.replaceChildren(one('before', 'Before'), one('after', 'After'));
      if (focused) group.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
    };
    fill();
    this.#state.watch(fill);
    return group;
  }
}

const state = (text: string | undefined) => text ?? '';

function legend(): HTMLElement {
  const item = (kind: string, text: string) =>
    html('li', {}, html('span', { class: `key ${kind}`, 'aria-hidden': 'true' }), text);
  return html(
    'div',
    { class: 'legend' },
    html(
      'ul',
      {},
      item('origin', 'origin, by requests/s, in the colour of who serves it'),
      item('chosen', 'cluster in use'),
      item('added', 'new'),
      item('dropped', 'left or lost'),
      item('idle', 'not chosen'),
    ),
    html(
      'p',
      { id: 'map-keys' },
      'Keys on the map: arrows pan, + and − zoom, 0 shows everything, n and p step through clusters, b shows before and after, Escape clears. The wheel zooms once the map is focused.',
    ),
  );
}

function inkOf(element: Element): Ink {
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(`--map-${name}`).trim();
  return {
    sea: color('sea'),
    land: color('land'),
    border: color('border'),
    text: color('text'),
    halo: color('halo'),
    faint: color('faint'),
    added: color('added'),
    dropped: color('dropped'),
  };
}
