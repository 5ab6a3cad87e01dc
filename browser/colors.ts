/** Colours: one for each cluster in use, told apart also by those who see few colours, and the same now and before. */

/** After Okabe and Ito, and Tol's muted; readable on light and dark. */
const palette = [
  '#2f7ed8',
  '#e07b00',
  '#159a76',
  '#c2508f',
  '#8b6fd6',
  '#b59a00',
  '#d1495b',
  '#2aa3c4',
  '#7a8f2a',
  '#a2673f',
];

/** The colour of every cluster in `inOrder`; beyond the palette by the golden angle. */
export function colorsOf(inOrder: readonly number[]): ReadonlyMap<number, string> {
  return new Map([...new Set(inOrder)].map((cluster, index) => [cluster, colorAt(index)]));
}

function colorAt(index: number): string {
  const known = palette[index];
  if (known !== undefined) return known;
  const hue = (index * 137.508) % 360;
  return `hsl(${hue.toFixed(0)} 55% 52%)`;
}
