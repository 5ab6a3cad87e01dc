/** Map gestures: what fingers, wheel, pointer and keys do to the view. */
import type { View } from './view';

/** What the map does in answer. */
export interface MapActions {
  readonly moved: () => void;
  readonly home: () => void;
  readonly pointAt: (x: number, y: number) => void;
  readonly leave: () => void;
  readonly pick: (x: number, y: number) => void;
  readonly step: (by: 1 | -1) => void;
  readonly clear: () => void;
  readonly toggle: () => void;
}

const KEY_STEP = 60;
const KEY_ZOOM = 1.4;
/** A pointer that moved less has clicked. */
const CLICK_PIXELS = 4;

/** Listens on the canvas. */
export function listen(canvas: HTMLCanvasElement, view: View, actions: MapActions): void {
  listenToPointer(canvas, view, actions);
  canvas.addEventListener(
    'wheel',
    (event) => {
      // A page that scrolls past must not zoom.
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return;
      event.preventDefault();
      view.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.006 : 0.0015)), at(event));
      actions.moved();
    },
    { passive: false },
  );
  canvas.addEventListener('dblclick', (event) => {
    view.zoom(2, at(event));
    actions.moved();
  });
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys(view, actions)[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function listenToPointer(canvas: HTMLCanvasElement, view: View, actions: MapActions): void {
  let last: readonly [number, number] | undefined;
  let way = 0;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    way = 0;
  });
  canvas.addEventListener('pointermove', (event) => {
    const here = at(event);
    if (last === undefined) {
      actions.pointAt(...here);
      return;
    }
    const [dx, dy] = [here[0] - last[0], here[1] - last[1]];
    way += Math.abs(dx) + Math.abs(dy);
    last = here;
    view.pan(dx, dy);
    actions.moved();
  });
  const end = (event: PointerEvent) => {
    if (last !== undefined && way < CLICK_PIXELS && event.type === 'pointerup')
      actions.pick(...at(event));
    last = undefined;
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', actions.leave);
}

function keys(view: View, actions: MapActions): Readonly<Record<string, () => void>> {
  const pan = (dx: number, dy: number) => () => {
    view.pan(dx, dy);
    actions.moved();
  };
  const zoom = (factor: number) => () => {
    view.zoom(factor);
    actions.moved();
  };
  return {
    ArrowLeft: pan(KEY_STEP, 0),
    ArrowRight: pan(-KEY_STEP, 0),
    ArrowUp: pan(0, KEY_STEP),
    ArrowDown: pan(0, -KEY_STEP),
    '+': zoom(KEY_ZOOM),
    '=': zoom(KEY_ZOOM),
    '-': zoom(1 / KEY_ZOOM),
    '0': actions.home,
    n: () => actions.step(1),
    p: () => actions.step(-1),
    b: actions.toggle,
    Escape: actions.clear,
  };
}

/** Where on the canvas an event is. */
const at = ({ offsetX, offsetY }: MouseEvent): readonly [number, number] => [offsetX, offsetY];
