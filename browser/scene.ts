/** Scene: everything the map shows in what is looked at, placed on the plane once, and drawn to any canvas. */
import { colorsOf } from './colors';
import type { Land } from './land';
import { greatCircle, project } from './projection';
import type { State } from './state';
import type { View } from './view';

/** Origins from the largest on that get a line to their cluster; more lines are a blot. */
const MAX_LINES = 1_500;
/** Lines that bend along the great circle. */
const MAX_BENT = 400;
const PIECES = 16;
const TURN = Math.PI * 2;

/** Colours of the theme, as the style sheet has them. */
export interface Ink {
  readonly sea: string;
  readonly land: string;
  readonly border: string;
  readonly text: string;
  readonly halo: string;
  readonly faint: string;
  readonly added: string;
  readonly dropped: string;
}

/** Something on the map that a pointer can find. */
export interface Spot {
  readonly kind: 'cluster' | 'origin';
  readonly number: number;
  readonly x: number;
  readonly y: number;
}

interface Mark extends Spot {
  readonly status: 'kept' | 'added' | 'dropped' | 'lost' | 'idle';
  readonly color: string;
}

/** What is on the map now. */
export class Scene {
  readonly spots: Spot[] = [];
  readonly #land: Land;
  readonly #state: State;
  readonly #marks: Mark[] = [];
  /** Origins by colour: x, y and radius in turn. */
  readonly #discs = new Map<string, { readonly values: number[]; readonly isFaint: boolean }>();
  readonly #lines = new Map<string, { readonly path: Path2D; readonly isFaint: boolean }>();

  constructor(state: State, land: Land) {
    this.#state = state;
    this.#land = land;
    const colors = this.#colors();
    this.#placeOrigins(colors);
    this.#placeClusters(colors);
  }

  /** Points that the map should show at first. */
  get extent(): readonly (readonly [number, number])[] {
    const marks = this.#marks.filter(({ status }) => status !== 'idle');
    const spots = this.spots.filter(({ kind }) => kind === 'origin');
    return [...marks, ...spots].map(({ x, y }) => [x, y] as const);
  }

  #colors(): ReadonlyMap<number, string> {
    const { details } = this.#state;
    const now = details?.chosen.map(({ cluster }) => cluster) ?? [];
    return colorsOf([...now, ...(details?.before?.clusters ?? [])]);
  }

  #placeOrigins(colors: ReadonlyMap<number, string>): void {
    const { origins, flows, look, data } = this.#state;
    if (origins === undefined) return;
    const { latitude, longitude, requestsPerSecond } = origins;
    const most = requestsPerSecond.reduce((a, b) => Math.max(a, b), 1e-9);
    const bySize = [...latitude.keys()].sort(
      (a, b) => (requestsPerSecond[b] ?? 0) - (requestsPerSecond[a] ?? 0) || a - b,
    );
    const largest = latitude.length > 2_000 ? 9 : 14;
    const lost = look.whatIf === undefined ? [] : (data.whatIfs?.[look.whatIf]?.lost ?? []);
    bySize.forEach((origin, rank) => {
      const cluster = flows?.cluster[origin] ?? -1;
      const color = colors.get(cluster) ?? '';
      const isFaint =
        (look.cluster !== undefined && look.cluster !== cluster) ||
        (lost.length > 0 && !lost.includes(cluster));
      const [x, y] = project(longitude[origin] ?? 0, latitude[origin] ?? 0);
      const radius = 1.3 + largest * Math.sqrt((requestsPerSecond[origin] ?? 0) / most);
      const key = `${color}${isFaint ? ' faint' : ''}`;
      let discs = this.#discs.get(key);
      if (discs === undefined) {
        discs = { values: [], isFaint };
        this.#discs.set(key, discs);
      }
      discs.values.push(x, y, radius);
      this.spots.push({ kind: 'origin', number: origin, x, y });
      if (rank < MAX_LINES && cluster >= 0) this.#line(origin, cluster, rank, color, isFaint);
    });
  }

  #line(origin: number, cluster: number, rank: number, color: string, isFaint: boolean): void {
    const { origins, data } = this.#state;
    const to = placeOf(data.clusters, cluster);
    if (origins === undefined || to === undefined) return;
    const from = [origins.longitude[origin] ?? 0, origins.latitude[origin] ?? 0] as const;
    const key = `${color}${isFaint ? ' faint' : ''}`;
    let line = this.#lines.get(key);
    if (line === undefined) {
      line = { path: new Path2D(), isFaint };
      this.#lines.set(key, line);
    }
    const pieces = rank < MAX_BENT ? PIECES : 4;
    let last: number | undefined;
    for (const [longitude, latitude] of greatCircle(from, to, pieces)) {
      const [x, y] = project(longitude, latitude);
      // Over the edge of the map a line goes on at the other side.
      if (last === undefined || Math.abs(longitude - last) > 180) line.path.moveTo(x, y);
      else line.path.lineTo(x, y);
      last = longitude;
    }
  }

  #placeClusters(colors: ReadonlyMap<number, string>): void {
    const { data, look, details, chosen } = this.#state;
    const statuses = new Map<number, Mark['status']>(chosen.map((one) => [one, 'kept']));
    if (look.when === 'after') {
      for (const { cluster, change } of details?.chosen ?? []) {
        const isFirst = (details?.before ?? undefined) === undefined;
        if (change === 'added' && !isFirst) statuses.set(cluster, 'added');
      }
      for (const { cluster } of details?.dropped ?? []) statuses.set(cluster, 'dropped');
    }
    const whatIf = look.whatIf === undefined ? undefined : data.whatIfs?.[look.whatIf];
    const app = data.apps[look.app]?.app;
    for (const one of whatIf?.apps ?? []) {
      if (one.app !== app) continue;
      for (const cluster of one.dropped) statuses.set(cluster, 'dropped');
      for (const cluster of one.added) statuses.set(cluster, 'added');
    }
    for (const cluster of whatIf?.lost ?? []) statuses.set(cluster, 'lost');
    for (let number = 0; number < data.clusters.name.length; number++) {
      const at = placeOf(data.clusters, number);
      if (at === undefined) continue;
      const [x, y] = project(...at);
      const status = statuses.get(number) ?? 'idle';
      this.#marks.push({ kind: 'cluster', number, x, y, status, color: colors.get(number) ?? '' });
    }
    // Those in use lie above the others.
    this.#marks.sort((a, b) => Number(b.status === 'idle') - Number(a.status === 'idle'));
    this.spots.push(...this.#marks);
  }

  /** Draws everything; `ratio` is pixels of the canvas for one of the page. */
  draw(context: CanvasRenderingContext2D, view: View, ink: Ink, ratio: number): void {
    const { width, height } = view.size;
    const unit = view.scale * ratio;
    const toPlane = () =>
      context.setTransform(
        unit,
        0,
        0,
        unit,
        (width / 2 - view.x * view.scale) * ratio,
        (height / 2 - view.y * view.scale) * ratio,
      );
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    toPlane();
    context.fillStyle = ink.sea;
    context.fill(this.#land.edge);
    context.fillStyle = ink.land;
    context.fill(this.#land.countries);
    context.strokeStyle = ink.border;
    context.lineWidth = 0.7 / view.scale;
    context.lineJoin = 'round';
    context.stroke(this.#land.countries);
    this.#drawLines(context, view);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawDiscs(context, view, ink);
    this.#drawMarks(context, view, ink);
    this.#drawNames(context, view, ink);
  }

  #drawLines(context: CanvasRenderingContext2D, view: View): void {
    context.lineWidth = 1 / view.scale;
    const dense = (this.#state.origins?.name.length ?? 0) > 300;
    for (const [key, { path, isFaint }] of this.#lines) {
      context.strokeStyle = key.replace(' faint', '');
      context.globalAlpha = isFaint ? 0.05 : dense ? 0.22 : 0.5;
      context.stroke(path);
    }
    context.globalAlpha = 1;
  }

  #drawDiscs(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const { width, height } = view.size;
    for (const [key, { values, isFaint }] of this.#discs) {
      context.fillStyle = key.replace(' faint', '') || ink.faint;
      context.globalAlpha = isFaint ? 0.12 : 0.62;
      context.beginPath();
      for (let at = 0; at < values.length; at += 3) {
        const radius = values[at + 2] ?? 0;
        const [x, y] = view.toScreen(values[at] ?? 0, values[at + 1] ?? 0);
        if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
        // Small ones as squares: at this size nobody sees the corners, and they cost a tenth.
        if (radius < 1.7) context.rect(x - radius, y - radius, radius * 2, radius * 2);
        else {
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, TURN);
        }
      }
      context.fill();
    }
    context.globalAlpha = 1;
  }

  #drawMarks(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const { cluster: selected } = this.#state.look;
    for (const mark of this.#marks) {
      const [x, y] = view.toScreen(mark.x, mark.y);
      const isSelected = mark.number === selected;
      if (mark.status === 'idle') {
        const half = isSelected ? 5 : 3;
        context.lineWidth = isSelected ? 2.5 : 1.4;
        context.strokeStyle = isSelected ? ink.text : ink.faint;
        context.fillStyle = ink.halo;
        context.beginPath();
        context.rect(x - half, y - half, half * 2, half * 2);
        context.fill();
        context.stroke();
        continue;
      }
      drawPin(context, x, y, mark, ink, isSelected);
    }
  }

  /** Names of clusters in use, as long as they have room. */
  #drawNames(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const { data, look } = this.#state;
    const taken: (readonly [number, number, number, number])[] = [];
    context.font = '600 12px system-ui, sans-serif';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    const used = this.#marks.filter(({ status }) => status !== 'idle');
    for (const mark of used) {
      const [x, y] = view.toScreen(mark.x, mark.y);
      taken.push([x - 8, y - 8, x + 8, y + 8]);
    }
    const first = (mark: Mark) => Number(mark.number === look.cluster);
    for (const mark of [...used].sort((a, b) => first(b) - first(a)).slice(0, 200)) {
      const name = data.clusters.name[mark.number] ?? '';
      const [x, y] = view.toScreen(mark.x, mark.y);
      const width = context.measureText(name).width;
      const places = [
        [x + 11, y],
        [x - 11 - width, y],
        [x - width / 2, y - 17],
        [x - width / 2, y + 17],
      ] as const;
      const free = places.find(([left, middle]) =>
        taken.every(
          ([a, b, c, d]) => left + width < a || left > c || middle + 7 < b || middle - 7 > d,
        ),
      );
      if (free === undefined) continue;
      const [left, middle] = free;
      taken.push([left, middle - 7, left + width, middle + 7]);
      context.lineWidth = 3.5;
      context.strokeStyle = ink.halo;
      context.strokeText(name, left, middle);
      context.fillStyle = ink.text;
      context.fillText(name, left, middle);
    }
  }
}

/** A cluster in use: a ring in its colour; a plus for a new one, a cross for one that leaves or is lost. */
function drawPin(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  { status, color }: Mark,
  ink: Ink,
  isSelected: boolean,
): void {
  const isGone = status === 'dropped' || status === 'lost';
  const radius = isSelected ? 9 : 7;
  context.beginPath();
  context.arc(x, y, radius, 0, TURN);
  context.fillStyle = isGone ? ink.halo : color || ink.added;
  context.fill();
  context.lineWidth = isSelected ? 3.5 : 2.5;
  context.strokeStyle = isGone ? ink.dropped : status === 'added' ? ink.added : ink.halo;
  context.stroke();
  if (status !== 'kept') {
    const arm = 3.4;
    context.beginPath();
    if (isGone) {
      context.moveTo(x - arm, y - arm);
      context.lineTo(x + arm, y + arm);
      context.moveTo(x + arm, y - arm);
      context.lineTo(x - arm, y + arm);
    } else {
      context.moveTo(x - arm, y);
      context.lineTo(x + arm, y);
      context.moveTo(x, y - arm);
      context.lineTo(x, y + arm);
    }
    context.lineWidth = 2;
    context.strokeStyle = isGone ? ink.dropped : ink.halo;
    context.stroke();
  }
  context.beginPath();
  context.arc(x, y, radius + 1.8, 0, TURN);
  context.lineWidth = 1;
  context.strokeStyle = ink.text;
  context.stroke();
}

function placeOf(
  { longitude, latitude }: State['data']['clusters'],
  cluster: number,
): readonly [number, number] | undefined {
  const [east, north] = [longitude[cluster], latitude[cluster]];
  return east == null || north == null ? undefined : [east, north];
}
