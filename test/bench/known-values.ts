/** The best values known of problems that nobody published: proved here, most also by HiGHS, or else the best ever found. */

const known: Readonly<Record<string, number>> = {
  'generated graph 100, p = 10, seed 1': 4093,
  'generated graph 200, p = 20, seed 1': 4604,
  'generated graph 400, p = 40, seed 1': 4819,
  'generated graph 600, p = 60, seed 1': 4762,
  'generated graph 800, p = 80, seed 1': 4793,
  'generated plane 100, p = 10, seed 1': 10548,
  'generated plane 500, p = 20, seed 1': 38629,
  'generated plane 1000, p = 10, seed 1': 118619,
  'generated plane 1000, p = 50, seed 1': 47376,
  'generated plane 1500, p = 100, seed 1': 48386,
  'generated Bilde-Krarup B1, seed 1': 23984,
  'generated Bilde-Krarup C1, seed 1': 18069,
  'generated Bilde-Krarup D1, seed 1': 13391,
  'generated Bilde-Krarup E1, seed 1': 14920,
  'generated Korkel-Ghosh ga100a, seed 1': 105126,
  'generated Korkel-Ghosh ga100b, seed 1': 116161,
  'generated Korkel-Ghosh ga100c, seed 1': 150464,
  'generated Korkel-Ghosh gs250a, seed 1': 257699,
  'generated Korkel-Ghosh gs250b, seed 1': 275728,
  'generated Korkel-Ghosh gs250c, seed 1': 331989,
  'generated Gap-A, seed 1': 39153,
  'generated Gap-A, seed 2': 36152,
  'generated Projective plane 11, seed 1': 36233,
  'generated Holmberg 10 x 50, ratio 3, seed 1': 10082,
  'round trips of 246 cities, p = 3': 12058.49,
  'round trips of 246 cities, p = 5': 10114.34,
  'round trips of 246 cities, p = 7': 8772.78,
  'round trips of 246 cities, p = 10': 7353.06,
};

/** Undefined where nothing is known. */
export function bestKnown(name: string): number | undefined {
  return known[name];
}
