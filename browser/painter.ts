/** Painter: keeps a picture of the scene that is larger than the map, so that a map in motion is a picture that moves. */
import type { Ink, Scene } from './scene';
import { type Size, View } from './view';

/** How far the picture goes beyond the map at each side, as a share of it. */
const MARGIN = 0.3;
/** After so long without motion the picture is drawn anew. */
const SETTLE_MILLISECONDS = 120;

/** Paints one canvas. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #picture = document.createElement('canvas');
  /** Where the picture looks. */
  readonly #pictured = new View();
  #isStale = true;
  #isAsked = false;
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    canvas: HTMLCanvasElement,
    private readonly view: View,
    private readonly scene: () => Scene,
    private readonly ink: () => Ink,
  ) {
    this.#canvas = canvas;
  }

  /** The scene, its colours or the size of the map are others than before. */
  renew(): void {
    this.#isStale = true;
    this.#ask();
  }

  /** The view has moved. */
  move(): void {
    this.#ask();
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.renew(), SETTLE_MILLISECONDS);
  }

  /** Draws now what would be drawn with the next frame. */
  now(): void {
    this.#isAsked = false;
    if (this.#isStale || !this.#covers()) this.#draw();
    this.#show();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      if (this.#isAsked) this.now();
    });
  }

  /** Whether the picture has all that the map shows, near enough to its scale. */
  #covers(): boolean {
    const { view } = this;
    const pictured = this.#pictured;
    const grown = view.scale / pictured.scale;
    if (grown > 1.8 || grown < 0.72) return false;
    const half = (size: number, scale: number) => size / 2 / scale;
    const isWithin = (at: number, inner: number, place: number, outer: number) =>
      Math.abs(at - place) + inner <= outer + 1e-9;
    const { size } = pictured;
    return (
      isWithin(
        view.x,
        half(view.size.width, view.scale),
        pictured.x,
        half(size.width, pictured.scale),
      ) &&
      isWithin(
        view.y,
        half(view.size.height, view.scale),
        pictured.y,
        half(size.height, pictured.scale),
      )
    );
  }

  #draw(): void {
    const { view } = this;
    const ratio = pixelRatio();
    const size: Size = {
      width: Math.ceil(view.size.width * (1 + 2 * MARGIN)),
      height: Math.ceil(view.size.height * (1 + 2 * MARGIN)),
    };
    resize(this.#picture, size, ratio);
    Object.assign(this.#pictured, { size, scale: view.scale, x: view.x, y: view.y });
    const context = this.#picture.getContext('2d');
    if (context !== null) this.scene().draw(context, this.#pictured, this.ink(), ratio);
    this.#isStale = false;
  }

  #show(): void {
    const { view } = this;
    const ratio = pixelRatio();
    resize(this.#canvas, view.size, ratio);
    const context = this.#canvas.getContext('2d');
    if (context === null) return;
    const pictured = this.#pictured;
    const grown = view.scale / pictured.scale;
    const [width, height] = [pictured.size.width * grown, pictured.size.height * grown];
    const x = (pictured.x - view.x) * view.scale + (view.size.width - width) / 2;
    const y = (pictured.y - view.y) * view.scale + (view.size.height - height) / 2;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.size.width, view.size.height);
    context.drawImage(this.#picture, x, y, width, height);
  }
}

/** Beyond two nobody sees a difference, and it costs. */
const pixelRatio = () => Math.min(2, devicePixelRatio);

function resize(canvas: HTMLCanvasElement, { width, height }: Size, ratio: number): void {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
}
