/** Families of location problems that the literature generates at random, drawn again from their descriptions with seeds. */
import { type Facilities, facilityDocuments, type InstanceDocuments } from './public-data';

/** One drawn problem. */
export interface Drawn {
  readonly name: string;
  readonly problem: Facilities;
  readonly build: () => InstanceDocuments;
}

/** Numbers that follow from a seed alone (Park and Miller's minimal standard). */
class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 48271 + 11) % 2147483647;
    for (let i = 0; i < 3; i++) this.uniform(0, 1);
  }

  uniform(low: number, high: number): number {
    this.state = (this.state * 48271) % 2147483647;
    return low + (this.state / 2147483647) * (high - low);
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return Math.floor(this.uniform(low, high + 1));
  }

  many<T>(count: number, draw: () => T): T[] {
    return Array.from({ length: count }, draw);
  }

  points(count: number, low: number, high: number): (readonly [number, number])[] {
    return this.many(count, () => [this.uniform(low, high), this.uniform(low, high)] as const);
  }
}

const apart = ([x, y]: readonly [number, number], [v, w]: readonly [number, number]) =>
  Math.hypot(x - v, y - w);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

function drawn(name: string, problem: Facilities): Drawn {
  return { name, problem, build: () => facilityDocuments(problem) };
}

/** 100 x 1,000 like sets A to C of Beasley (EJOR 33, 1988): `load` of all capacity is about what `sites` sites need. */
export function beasley(seed: number, sites: number, openCost: number): Drawn {
  const dice = new Dice(seed);
  const [places, people] = [dice.points(100, 0, 1000), dice.points(1000, 0, 1000)];
  const demands = people.map(() => dice.whole(1, 115));
  const costs = people.map((person, u) =>
    places.map((place) => (demands[u] ?? 0) * apart(person, place) * dice.uniform(1, 1.25)),
  );
  const openCosts = places.map(() => Math.round(openCost * dice.uniform(0.8, 1.2)));
  const each = Math.round(sum(demands) / sites);
  const problem = { openCosts, demands, costs, capacities: places.map(() => each) };
  return drawn(`Beasley 100 x 1000, ${sites} sites at ${openCost}, seed ${seed}`, problem);
}

/** Single source, as Holmberg, Ronnqvist and Yuan (EJOR 113, 1999) draw them: `ratio` times as much room as demand. */
export function holmberg(seed: number, m: number, n: number, ratio: number): Drawn {
  const dice = new Dice(seed);
  const [places, people] = [dice.points(m, 10, 200), dice.points(n, 10, 200)];
  const demands = people.map(() => dice.whole(10, 50));
  const costs = people.map((person) => places.map((place) => Math.round(4 * apart(person, place))));
  const drawnRoom = places.map(() => dice.uniform(1, 3));
  const scale = (ratio * sum(demands)) / sum(drawnRoom);
  const capacities = drawnRoom.map((one) => Math.round(one * scale));
  const openCosts = places.map(() => dice.whole(300, 700));
  const problem = { openCosts, demands, costs, capacities, assignment: 'whole' as const };
  return drawn(`Holmberg ${m} x ${n}, ratio ${ratio}, seed ${seed}`, problem);
}

/** Single source with costs that follow no map, as Delmaire, Diaz, Fernandez and Ortega (INFOR 37, 1999) draw them. */
export function delmaire(seed: number, m: number, n: number, ratio: number): Drawn {
  const dice = new Dice(seed);
  const demands = dice.many(n, () => dice.whole(10, 50));
  const costs = dice.many(n, () => dice.many(m, () => dice.whole(10, 100)));
  const drawnRoom = dice.many(m, () => dice.uniform(0.8, 1.2));
  const scale = (ratio * sum(demands)) / sum(drawnRoom);
  const capacities = drawnRoom.map((one) => Math.round(one * scale));
  const openCosts = dice.many(m, () => dice.whole(200, 500));
  const problem = { openCosts, demands, costs, capacities, assignment: 'whole' as const };
  return drawn(`Delmaire ${m} x ${n}, ratio ${ratio}, seed ${seed}`, problem);
}

/**
 * Cornuejols, Sridharan and Thizy (EJOR 50, 1991): prices grow with the root of capacity, costs with distance. Yang, Chu
 * and Chen (EJOR 221, 2012) and the test bed of Avella and Boccia (COAP 43, 2009) are of this kind.
 */
export function cornuejols(
  seed: number,
  m: number,
  n: number,
  ratio: number,
  assignment: 'split' | 'whole' = 'whole',
): Drawn {
  const dice = new Dice(seed);
  const [places, people] = [dice.points(m, 0, 1), dice.points(n, 0, 1)];
  const demands = people.map(() => dice.whole(5, 35));
  const drawnRoom = places.map(() => dice.whole(10, 160));
  const openCosts = drawnRoom.map((one) =>
    Math.round(dice.uniform(0, 90) + dice.uniform(100, 110) * Math.sqrt(one)),
  );
  const scale = (ratio * sum(demands)) / sum(drawnRoom);
  const capacities = drawnRoom.map((one) => Math.max(1, Math.round(one * scale)));
  const costs = people.map((person, u) =>
    places.map((place) => (demands[u] ?? 0) * 10 * apart(person, place)),
  );
  const problem = { openCosts, demands, costs, capacities, assignment };
  return drawn(`Cornuejols ${m} x ${n}, ratio ${ratio}, ${assignment}, seed ${seed}`, problem);
}

/** Korkel (EJOR 39, 1989) and Ghosh (EJOR 150, 2003): costs between 1,000 and 2,000, symmetric or not; three levels of prices. */
export function korkelGhosh(seed: number, n: number, level: 'a' | 'b' | 'c', isSymmetric: boolean) {
  const dice = new Dice(seed);
  const [low, high] = { a: [100, 200], b: [1000, 2000], c: [10000, 20000] }[level] as [
    number,
    number,
  ];
  const costs = dice.many(n, () => dice.many(n, () => dice.whole(1000, 2000)));
  if (isSymmetric) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) (costs[i] as number[])[j] = costs[j]?.[i] ?? 0;
    }
  }
  const openCosts = dice.many(n, () => dice.whole(low, high));
  const kind = isSymmetric ? 'gs' : 'ga';
  const problem = { openCosts, demands: dice.many(n, () => 1), costs };
  return drawn(`Korkel-Ghosh ${kind}${n}${level}, seed ${seed}`, problem);
}

/** Bilde and Krarup (Annals of Discrete Mathematics 1, 1977): costs up to 1,000 that follow no map. */
export function bildeKrarup(seed: number, kind: 'B' | 'C' | 'D' | 'E', q = 1): Drawn {
  const dice = new Dice(seed);
  const [m, n] = kind === 'D' ? [30, 80] : [50, 100];
  const price = {
    B: () => dice.whole(1000, 10000),
    C: () => dice.whole(1000, 2000),
    D: () => 1000 * q,
    E: () => 1000 * q,
  }[kind];
  const openCosts = dice.many(m, price);
  const costs = dice.many(n, () => dice.many(m, () => dice.whole(0, 1000)));
  const problem = { openCosts, demands: dice.many(n, () => 1), costs };
  return drawn(`Bilde-Krarup ${kind}${q}, seed ${seed}`, problem);
}

/** Kochetov and Ivanenko (MIC 2003): ten legal candidates for every customer, all prices alike; a large gap of the relaxation. */
export function gapA(seed: number): Drawn {
  const dice = new Dice(seed);
  const costs = dice.many(100, () => {
    const row = Array<number>(100).fill(Number.POSITIVE_INFINITY);
    for (let left = 10; left > 0; ) {
      const f = dice.whole(0, 99);
      if (row[f] !== Number.POSITIVE_INFINITY) continue;
      row[f] = dice.whole(0, 4);
      left--;
    }
    return row;
  });
  const problem = {
    openCosts: Array<number>(100).fill(3000),
    demands: dice.many(100, () => 1),
    costs,
  };
  return drawn(`Gap-A, seed ${seed}`, problem);
}

/** Kochetov and Ivanenko (MIC 2003): candidates are the lines of a finite projective plane of prime order `k`, customers its points. */
export function projectivePlane(seed: number, k: number): Drawn {
  const dice = new Dice(seed);
  const triples: (readonly [number, number, number])[] = [[0, 0, 1]];
  for (let z = 0; z < k; z++) triples.push([0, 1, z]);
  for (let y = 0; y < k; y++) for (let z = 0; z < k; z++) triples.push([1, y, z]);
  const isOn = (a: readonly number[], b: readonly number[]) =>
    a.reduce((all, one, i) => all + one * (b[i] ?? 0), 0) % k === 0;
  const costs = triples.map((point) =>
    triples.map((line) => (isOn(point, line) ? dice.whole(0, 4) : Number.POSITIVE_INFINITY)),
  );
  const problem = {
    openCosts: triples.map(() => 3000),
    demands: triples.map(() => 1),
    costs,
  };
  return drawn(`Projective plane ${k}, seed ${seed}`, problem);
}
