/** Seeded worlds for the bench: places and people gathered around a few dozen centres, as on Earth. */

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const apiVersion = 'littoral.dev/v1alpha1';
const regions = ['africa', 'asia', 'europe', 'north-america', 'oceania', 'south-america'];
const providers = ['north', 'east', 'south', 'west'];

/** A Fleet and a Demand document as a program would have read them from JSON. */
export type World = ReturnType<typeof world>;

/** A world of `m` clusters and `n` origins; the same seed gives the same world. */
export function world(m: number, n: number, seed = 1) {
  const random = seeded(seed);
  const pick = pointAround(random);
  const clusters = [...Array(m).keys()].map((index) => {
    const { region, ...point } = pick();
    return {
      name: `c${String(index).padStart(6, '0')}`,
      ...point,
      region: regions[region % regions.length] as string,
      country: 'ZZ',
      provider: providers[Math.floor(random() * providers.length)] as string,
      labels: { tier: random() < 0.5 ? 'edge' : 'cloud' },
    };
  });
  const origins = [...Array(n).keys()].map((index) => {
    const { region: _, ...point } = pick();
    // A few origins have most of the requests: Pareto with exponent 1.2.
    const requestsPerSecond = rounded((1 - random()) ** (-1 / 1.2), 1e3);
    return { name: `o${String(index).padStart(6, '0')}`, ...point, requestsPerSecond };
  });
  const observedAt = '2026-11-21T05:30:00Z';
  return {
    fleet: { apiVersion, kind: 'Fleet', clusters },
    demand: { apiVersion, kind: 'Demand', observedAt, origins },
  };
}

/** Points within some degrees of forty centres between 45 degrees south and 60 north. */
function pointAround(random: () => number) {
  const centres = [...Array(40).keys()].map((region) => ({
    region,
    latitude: -45 + 105 * random(),
    longitude: -180 + 360 * random(),
  }));
  const spread = () => 12 * (random() + random() + random() - 1.5);
  return () => {
    const centre = centres[Math.floor(random() * centres.length)] as (typeof centres)[number];
    const longitude = centre.longitude + spread();
    return {
      region: centre.region,
      latitude: rounded(Math.max(-89, Math.min(89, centre.latitude + spread())), 1e4),
      longitude: rounded(((longitude + 540) % 360) - 180, 1e4),
    };
  };
}

const rounded = (value: number, digits: number) => Math.round(value * digits) / digits;
