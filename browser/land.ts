/** Land: outlines of countries as one path in the units of the map. */
import { project } from './projection';

/** The countries, and the edge of the world. */
export interface Land {
  readonly countries: Path2D;
  readonly edge: Path2D;
}

/** Reads rings, one a line: longitude and latitude in turn. */
export function landOf(text: string): Land {
  const countries = new Path2D();
  for (const line of text.split('\n')) {
    const numbers = line.trim().split(' ').map(Number);
    // Of Antarctica the table has only the line at the pole.
    if (numbers.length < 6 || numbers.includes(-90)) continue;
    let last = numbers[0] ?? 0;
    for (let at = 0; at + 1 < numbers.length; at += 2) {
      const latitude = numbers[at + 1] ?? 0;
      let longitude = numbers[at] ?? 0;
      // Corners on the date line are written on either side of it.
      if (Math.abs(longitude - last) > 180) longitude += longitude < last ? 360 : -360;
      last = longitude;
      const [x, y] = project(longitude, latitude);
      if (at === 0) countries.moveTo(x, y);
      else countries.lineTo(x, y);
    }
    countries.closePath();
  }
  return { countries, edge: edgeOf() };
}

function edgeOf(): Path2D {
  const edge = new Path2D();
  for (let latitude = -90; latitude <= 90; latitude += 2) edge.lineTo(...project(180, latitude));
  for (let latitude = 90; latitude >= -90; latitude -= 2) edge.lineTo(...project(-180, latitude));
  edge.closePath();
  return edge;
}
