/** View: which part of the world the map shows, as a scale and the place of its centre. */
import { WORLD } from './projection';

/** Pixels of the map on the page. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const MAX_ZOOM = 80;

/** Where the map looks; `scale` is pixels for a unit of the plane. */
export class View {
  size: Size = { width: 1, height: 1 };
  scale = 1;
  x = 0;
  y = 0;

  /** The whole world fits. */
  get leastScale(): number {
    return Math.min(this.size.width / (2 * WORLD.x), this.size.height / (2 * WORLD.y));
  }

  toScreen(x: number, y: number): readonly [number, number] {
    const { width, height } = this.size;
    return [(x - this.x) * this.scale + width / 2, (y - this.y) * this.scale + height / 2];
  }

  toWorld(x: number, y: number): readonly [number, number] {
    const { width, height } = this.size;
    return [(x - width / 2) / this.scale + this.x, (y - height / 2) / this.scale + this.y];
  }

  pan(dx: number, dy: number): void {
    this.x -= dx / this.scale;
    this.y -= dy / this.scale;
    this.#clamp();
  }

  /** Zooms so that what is under the point stays there. */
  zoom(
    factor: number,
    at: readonly [number, number] = [this.size.width / 2, this.size.height / 2],
  ): void {
    const [x, y] = this.toWorld(...at);
    this.scale *= factor;
    this.#clamp();
    const [movedX, movedY] = this.toWorld(...at);
    this.x += x - movedX;
    this.y += y - movedY;
    this.#clamp();
  }

  /** Shows all of these points, with some room around them. */
  frame(points: readonly (readonly [number, number])[]): void {
    const xs = points.map(([x]) => x);
    const ys = points.map(([, y]) => y);
    if (points.length === 0) {
      xs.push(-WORLD.x, WORLD.x);
      ys.push(-WORLD.y, WORLD.y);
    }
    const [west, east, north, south] = [least(xs), most(xs), least(ys), most(ys)];
    const { width, height } = this.size;
    this.x = (west + east) / 2;
    this.y = (north + south) / 2;
    const spanX = Math.max(0.3, (east - west) * 1.14);
    const spanY = Math.max(0.2, (south - north) * 1.3);
    this.scale = Math.min(width / spanX, height / spanY);
    this.#clamp();
  }

  #clamp(): void {
    const least = this.leastScale;
    this.scale = Math.max(least, Math.min(least * MAX_ZOOM, this.scale));
    // The edge of the world may come to the middle of the map and no further.
    this.x = Math.max(-WORLD.x, Math.min(WORLD.x, this.x));
    this.y = Math.max(-WORLD.y, Math.min(WORLD.y, this.y));
  }
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
