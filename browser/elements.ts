/** Elements: builds parts of the page from text that is only ever text, so that no name in a document becomes markup. */

/** Attributes by name; `false` and undefined leave one out. */
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
/** What an element has inside. */
export type Child = Node | string | undefined;

/** An HTML element. */
export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return filled(document.createElement(tag), attributes, children);
}

/** An SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled<E extends Element>(
  element: E,
  attributes: Attributes,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A part of the page with its heading. */
export function section(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  const heading = html('h2', { id: `${id}-title` }, title);
  return html('section', { id, 'aria-labelledby': `${id}-title` }, heading, ...children);
}

/** A button that does something. */
export function button(
  label: string,
  act: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  const element = html('button', { type: 'button', ...attributes }, label);
  element.addEventListener('click', act);
  return element;
}

/** A dot in a colour; the colour is never the only sign. */
export function dot(color: string): HTMLElement {
  const element = html('span', { class: 'dot', 'aria-hidden': 'true' });
  element.style.background = color;
  return element;
}

/** A bar of a share, 0 to 1. */
export function bar(share: number, color?: string): HTMLElement {
  const inner = html('span', { class: 'bar-inner' });
  inner.style.width = `${Math.max(0, Math.min(1, share)) * 100}%`;
  if (color !== undefined) inner.style.background = color;
  return html('span', { class: 'bar', 'aria-hidden': 'true' }, inner);
}
